"""Secrets that are words: passphrases, passwords with blanks, and those of an app."""

from __future__ import annotations

import pytest

from services.debugcog.redaction.redactor import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SSH_PASSPHRASE=purple monkey dishwasher lamp", "SSH_PASSPHRASE=[redacted]"),
        ("passphrase: purple monkey lamp\nprefix: x", "passphrase: [redacted]\nprefix: x"),
        ("passphrase = 'correct horse battery staple'", "passphrase = '[redacted]'"),
        ('{"passphrase": "open blue never river stop"}', '{"passphrase": "[redacted]"}'),
        ("DB_PASSWORD='Sommer in Bern 24'", "DB_PASSWORD='[redacted]'"),
        ("wifi_password: My Dog Rex 2019!", "wifi_password: [redacted]"),
        ("export DB_PASSWORD=My Dog Rex 2019!", "export DB_PASSWORD=[redacted]"),
        ("password zqxv hkwp mjfb rdtl failed", "password [redacted] failed"),
    ],
)
def test_a_password_of_several_words_goes_as_a_whole(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "passphrase: must not be empty",
        "{'password': 'Enter your new password'}",
        '"password": "The password of the user"',
        "password: 3 attempts left",
        "the password must have been used",
        "Password: reset by an admin of Mia",
    ],
)
def test_what_is_said_of_a_password_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DB_PASSWORD=[x8F]q8Zk3wTr5yB9", "DB_PASSWORD=[redacted]"),
        ("DB_PASSWORD=(x8F)q8Zk3wTr5yB9", "DB_PASSWORD=[redacted]"),
        ("password: {a}q8Zk3wTr5yB9", "password: [redacted]"),
        ("DB_PASSWORD=)q8Zk3wTr5yB9", "DB_PASSWORD=[redacted]"),
        ("DB_PASSWORD=,q8Zk3wTr5yB9", "DB_PASSWORD=[redacted]"),
        ("f(token=), then", "f(token=), then"),
        ("token=,expiration=3599", "token=,expiration=3599"),
    ],
)
def test_a_password_may_begin_with_a_bracket(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("lint pass: clean", "mypy pass: success", "game pass: Starfield", "XP pass: gold-tier"),
        *("pass: Modric -> Vinicius", "mountain pass: Brenner", "second pass: 12 of 14 tests"),
    ],
)
def test_a_pass_that_is_a_word_is_no_password(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pass: hunter2x", "pass: [redacted]"),
        ("{'user': 'mia', 'pass': 'sommer'}", "{'user': 'mia', 'pass': '[redacted]'}"),
        ("pass=sommer", "pass=[redacted]"),
    ],
)
def test_a_pass_that_looks_like_a_password_or_is_set_is_one(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{'token': 'Hello', 'logprob': -0.31, 'bytes': [72, 101, 108, 108, 111]}",
        *("token=' world' prob=0.9", "current_token='play' position=3", "token='▁the' id=31373"),
        *("Token: SOL (Solana), price $145.20", "reward token: gold", "token = Name"),
    ],
)
def test_a_token_that_is_one_word_is_that_of_a_model_or_a_parser(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/x?token=abcdef&page=2", "/x?token=[redacted]&page=2"),
        ("token='abcdefgh'", "token='[redacted]'"),
        ("token: q8Zk3", "token: [redacted]"),
    ],
)
def test_any_other_token_is_a_secret(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Token set to q8Zk3wTr5yB9nM2xw7Lp", "Token set to [redacted]"),
        ("Token value: q8Zk3wTr5yB9nM2xw7Lp", "Token value: [redacted]"),
        ("Token #1: q8Zk3wTr5yB9nM2xw7Lp", "Token #1: [redacted]"),
        ("token no. 2 is q8Zk3wTr5yB9nM2xw7Lp", "token no. 2 is [redacted]"),
        ("Password for user mia set to q8Zk3wTr5y", "Password for user mia set to [redacted]"),
        ("token->q8Zk3wTr5yB9nM2xw7Lp", "token->[redacted]"),
        ("Token #1: hello, token set to None", "Token #1: hello, token set to None"),
        ("$token->getValueOfTheToken()", "$token->getValueOfTheToken()"),
    ],
)
def test_a_sentence_tells_of_a_secret(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("API_KEY = 9f86d081884c7d659a2feaa0c55ad015", "API_KEY = [redacted]"),
        ("DISCORD_TOKEN=q8Zk3wTr5yB9nM2xw7Lp  # mine", "DISCORD_TOKEN=[redacted]  # mine"),
        ("token = get_token_of_user_81384788", "token = get_token_of_user_81384788"),
        ("token = response.json()['token']", "token = response.json()['token']"),
    ],
)
def test_a_key_that_somebody_wrote_without_quotes_is_hidden(line: str, expected: str) -> None:
    head, tail = '  File "/app/config.py", line 3\n    ', "\n    ^\nSyntaxError: invalid syntax"

    assert redact(f"{head}{line}{tail}") == f"{head}{expected}{tail}"

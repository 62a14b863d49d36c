"""What redaction takes out, what it leaves, and what it costs."""

from __future__ import annotations

import base64
import gc
import json
import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.redaction import tokens
from services.debugcog.redaction.redactor import LONGEST, Redactor, redact
from services.debugcog.redaction.tokens import redact_tokens
from tests.secret_samples import KEYED, KEYS, SHAPES, samples

SAMPLES = samples(2000, seed=8)
PIECES = st.sampled_from(
    ["token", "=", ": ", '"', "'", "\\", "\n", "[redacted]", " ", "Bearer ", "://a:", "@", "?key="]
)


def test_no_eight_characters_of_5000_synthetic_secrets_are_left() -> None:
    made = samples(5000)

    leaked = [sample.text for sample in made if sample.leaks_in(redact(sample.text))]

    assert len({sample.secret for sample in made}) == 5000
    assert leaked == []


WRITTEN: dict[str, Callable[[str], str]] = {
    "repr": repr,
    "repr of a repr": lambda text: repr(repr(text)),
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps({"body": text})),
    "bytes": lambda text: repr(text.encode()),
    "an exception": lambda text: f"KeyError({text!r})",
    "a sentence": lambda text: f"asked with {text} twice, n=1",
    "a line of a block": lambda text: f"first\n  then {text}\nlast",
    "quotes": lambda text: f"failed: '{text}'",
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_secret_is_found_however_its_text_is_written_down(way: str) -> None:
    texts = [(sample, redact(WRITTEN[way](sample.text))) for sample in samples(2000, seed=7)]

    assert [output for sample, output in texts if sample.leaks_in(output)] == []


@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    number=st.integers(0, 1999),
    way=st.sampled_from(sorted(WRITTEN)),
)
def test_no_text_around_a_secret_hides_it(before: str, after: str, number: int, way: str) -> None:
    sample = SAMPLES[number]

    output = redact(WRITTEN[way](f"{before}\n{sample.text}\n{after}"))

    assert not sample.leaks_in(output)


def test_the_samples_cover_every_shape_and_every_key_in_every_form() -> None:
    assert len(samples(5000)) // 2 >= max(len(SHAPES), len(KEYS) * len(KEYED))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2x, retry", "password=[redacted], retry"),
        ("{'token': 'abcdefgh', 'n': 1}", "{'token': '[redacted]', 'n': 1}"),
        ('{\\"api_key\\": \\"abcdefgh\\"}', '{\\"api_key\\": \\"[redacted]\\"}'),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: [redacted]"),
        ("Cookie: a=1; b=2\nHost: x", "Cookie: [redacted]\nHost: x"),
        ("/webhooks/12345/abc_DEF?wait=1", "/webhooks/12345/[redacted]?wait=1"),
        ("postgres://bot:s3cr3t@db/bot", "postgres://bot:[redacted]@db/bot"),
        ("/x?token=abcdef&page=2", "/x?token=[redacted]&page=2"),
        ("/x?page=2&sig=abcdef", "/x?page=2&sig=[redacted]"),
        ("author_token: x1y2z3", "author_token: [redacted]"),
        ("Bot q8Zk3wTr5yB9nM2xw7Lp4sJc was refused", "Bot [redacted] was refused"),
        ("asked as Bot Adaq8Zk3wTr5yB9nM2xw7", "asked as Bot [redacted]"),
        ("asked with Bot q8Zk3wTr5yB9nM2xw7Lp4sJc | 401", "asked with Bot [redacted] | 401"),
        ("{'Authorization': 'Bot KaraokeMeister_2000'}", "{'Authorization': 'Bot [redacted]'}"),
        ("Bearer AdaLovelace2026Beta42 is refused", "Bearer [redacted] is refused"),
        ("connection string: Server=x;Pwd=y", "connection string: [redacted]"),
        ("TOKENS=MTIzabc", "TOKENS=[redacted]"),
        ("password = 'it\\'s long'", "password = '[redacted]'"),
        ("token='cut here", "token='[redacted]"),
        (
            "[('Authorization', 'Bearer x1y2'), ('n', 1)]",
            "[('Authorization', '[redacted]'), ('n', 1)]",
        ),
        ("<password>x1y2</password>", "<password>[redacted]</password>"),
        ("run --token x1y2 --debug", "run --token [redacted] --debug"),
        ("password:\n  x1y2z3\nuser: bot", "password:\n[redacted]\nuser: bot"),
        ("secret: |\n  x1y2\n  z3\nuser: bot", "secret: |\n[redacted]user: bot"),
        ("next=%2Fx%3Ftoken%3Dx1y2&page=2", "next=%2Fx%3Ftoken%3D[redacted]&page=2"),
        ("secrets=['x1y2', 'z3'], n=1", "secrets=[redacted], n=1"),
        ("tokens:\n- q8Zk3wTr5y\n- B9nM2x\nprefix: x", "tokens:[redacted]\nprefix: x"),
        ('"jwt:\\npassword: nDmX~p5\\n"', '"jwt:[redacted] [redacted]"'),
        (r"'token=q8Zk3w\npassword: h2x9'", r"'token=[redacted] [redacted]'"),
        ("access_key:hunter2xyz@db:5432/a", "access_key:[redacted]@db:5432/a"),
        ("password='- hunter2'", "password='[redacted]'"),
        ("SMTP_PASSWORD=zqxv hkwp mjfb rdtl\nPORT=587", "SMTP_PASSWORD=[redacted]\nPORT=587"),
        ("password: must have some caps now", "password: must have some caps now"),
        (
            "'q8Zk3wTr5yB9nM2x' is too short\n\nOn instance['token']:\n    'q8Zk3wTr5yB9nM2x'",
            "'[redacted]' is too short\n\nOn instance['token']:\n[redacted]",
        ),
    ],
)
def test_only_the_secret_is_replaced(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tokens_input=5 tokens_output=17 max_tokens=4096 token_count: 3",
        "  Tokens: 1847",
        "Large context: 4200 tokens (recommended < 2500)",
        "the token expired",
        "author=mia, authored: yesterday, authority=none at all",
        "footprint=12.5 MB",
        "Failed to open the session: timeout after 5 s",
        "jwt.exceptions.ExpiredSignatureError: Signature has expired",
        "InvalidTokenError: bad padding",
        "session=None, token=None)",
        "discord.errors.LoginFailure: Improper token has been passed.",
        "KeyError: 'name'",
        "https://example.com/path?page=2&limit=5",
        "Bot initialization_finished",
        "Bot dyno-premium-7d9f8c6b5-x2k4q restarted",
        "Bot xX_DarkKnight_Xx99 joined guild 81384788765712384",
        "Bot AdaLovelace2026Beta42 is ready",
        "Bot KaraokeMeister_2000#0420 is ready!",
        "Bot q8Zk3wTr5yB9nM2x#0420 has connected",
        "Logged in as Bot GrooveMaster9000x#1234 (ID: 81384788765712384)",
        "Logged in as Bot LaMusiqueDeMia2026",
        "Bot MEE6-Clone-2026-dev | 12 guilds",
        "Bot Der_grosse_Musikbot#0 is online.",
        "task-manager-with-a-very-long-name",
        "the basics of ghosts",
        "Unclosed client_session: <aiohttp.client.ClientSession object at 0x7f8b9b4b>",
        "<Session closed> and --verbose, the token is gone, auth, session",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_source_lines_of_a_traceback_are_left_alone() -> None:
    text = (
        "Traceback (most recent call last):\n"
        '  File "/srv/bot/services/llm.py", line 112, in generate\n'
        "    session = aiohttp.ClientSession(headers=headers, auth=auth)\n"
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        '  File "/srv/bot/services/llm.py", line 45, in login\n'
        "    return await self.client.login(\n"
        "        token=self.token,\n"
        "        password=password,\n"
        "    )\n"
        "services.debugcog.errors.SessionError: closed\n"
    )

    assert redact(text) == text


def test_a_literal_in_a_source_line_and_the_message_below_are_not() -> None:
    text = (
        '  File "/srv/bot/services/llm.py", line 45, in login\n'
        '    connect(password="hunter2x")\n'
        "ValueError: password=hunter2x\n"
    )

    assert redact(text) == (
        '  File "/srv/bot/services/llm.py", line 45, in login\n'
        '    connect(password="[redacted]")\n'
        "ValueError: password=[redacted]\n"
    )


def test_no_shape_is_found_in_the_source_of_discord_py() -> None:
    files = sorted(Path(discord.__file__).parent.rglob("*.py"))
    hits = [
        (file.name, line)
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if redact_tokens(line) != line
    ]

    assert hits == []


def test_known_values_are_replaced_in_every_way_they_are_written() -> None:
    value = "pass wörd/1'+\n2"
    redactor = Redactor({"DB_PASSWORD": value, "OTHER": "ordinary-value"}, token="x" * 30)
    basic = base64.b64encode(f"user:{value}".encode()).decode()

    outputs = [
        redactor(f"a {value} b"),
        redactor(f"a {value!r} b"),
        redactor(f"a {quote(value, safe='')} b"),
        redactor(f"a {'x' * 30} b ordinary-value"),
    ]

    assert outputs == [
        "a [redacted] b",
        'a "[redacted]" b',
        "a [redacted] b",
        "a [redacted] b ordinary-value",
    ]
    assert "[redacted]" in redactor(f"a {basic} b")


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_known_value_is_found_inside_any_base64(before: str) -> None:
    redactor = Redactor({"API_KEY": "0123456789abcdef"})
    encoded = base64.b64encode(f"{before}0123456789abcdef and more".encode()).decode()

    output = redactor(encoded)

    assert "[redacted]" in output
    assert len(encoded) - len(output) >= 10


def test_short_values_and_the_keys_of_the_desktop_are_not_known_values() -> None:
    environ = {
        "TOKEN": "short",
        "PWD": "/srv/bots/mine",
        "XDG_SESSION_CLASS": "background",
        "MAX_TOKENS": "12345678",
        "GIT_AUTHOR_NAME": "Mia Miller",
    }
    text = "short /srv/bots/mine background 12345678 Mia Miller"

    assert Redactor(environ)(text) == text


def test_a_secret_on_the_border_of_a_text_that_is_too_long_goes_as_a_whole() -> None:
    secret = samples(2)[1]
    text = "x" * 5000 + " y" * ((LONGEST - 5010) // 2) + " " + secret.secret + " z" * 10

    output = redact(text)

    assert not secret.leaks_in(output)
    assert output.endswith(" more characters]")
    assert len(output) < LONGEST + 50


def test_a_failure_gives_nothing_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        raise RuntimeError(text)

    monkeypatch.setattr(tokens, "redact_tokens", broken)

    assert redact("password=hunter2x") == "[redacted]"
    assert [record.getMessage() for record in caplog.records] == [
        "Cannot redact a text: RuntimeError"
    ]
    assert caplog.records[0].name == "debugcog.redaction"
    assert caplog.records[0].exc_info is None
    assert caplog.records[0].levelno == logging.ERROR


def test_every_character_keeps_its_place_when_the_case_is_lowered() -> None:
    for code in range(sys.maxunicode + 1):
        assert len(chr(code).replace("İ", "i").lower()) == 1


@given(st.text() | st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@pytest.mark.thorough
@pytest.mark.parametrize(
    "piece",
    [
        *("token", "token=", "tokens=5", "token: a ", "token='", "passw", "api key ", 'token="\\'),
        *("eyJ", "eyJaaaaaaaa.", "://", "://a:", "@", "?key=", "MTIzNDU2Nzg5MDEyMzQ1Njc4", "sk-"),
        *("-----BEGIN PRIVATE KEY-----", "Bearer ", "A" * 22 + ".", "a.bcdefg.", "xoxb-", "İ"),
        *("{'value': '", "{'value': 'x', 'name': 'y', ", "tokens:\n- a\n", "'AUTH', ", "value=["),
        *('form-data; name="a"\n\n', "arn:aws:secret:", ":aaaaaaaa@", "tokens=[1, "),
        *(
            '"tokens": [\n',
            "tokens: {'a',\n",
            "secrets:\n  a: b\n",
            "[tokens]\na=b\n",
            "tokens:\n ",
        ),
        *("token='a'\n 'b'", "token='a\n│  ", 'token="""\na', "token='''", "tokens:\n  a:\n"),
        *("    token=x\n", "session: a\n", "webhooks/1/", "ghp_", "_live_", "\\", "auth" + "or"),
    ],
)
def test_hostile_text_costs_linear_time(piece: str) -> None:
    short = min(_thread_time(piece, 20_000) for _ in range(3))

    limit = 10 * short + 0.1  # linear: 5 times, quadratic: 25 times
    assert any(_thread_time(piece, 100_000) < limit for _ in range(2))


def _thread_time(piece: str, length: int) -> float:
    text = piece * (length // len(piece))
    gc.disable()  # a collection costs what the whole process holds
    try:
        started = time.thread_time()
        redact(text)
        return time.thread_time() - started
    finally:
        gc.enable()


def test_an_ordinary_traceback_costs_some_substring_searches() -> None:
    try:
        Path("/nowhere/at/all").read_text(encoding="utf-8")
    except OSError:
        text = (traceback.format_exc() * 4)[:2000]
    search = min(_timed(lambda: "sk-" in text) for _ in range(200))

    cost = min(_timed(lambda: redact(text)) for _ in range(200))

    assert cost < 80 * search  # about 35 searches


def _timed(work: object) -> float:
    assert callable(work)
    started = time.perf_counter()
    for _ in range(10):
        work()
    return time.perf_counter() - started


def test_a_secret_inside_a_string_of_a_source_line_is_no_code() -> None:
    text = (
        '  File "bot.py", line 3, in connect\n'
        '    conn = connect("host=db user=bot password=hunter2hunter2", token=token)\n'
    )

    assert redact(text) == (
        '  File "bot.py", line 3, in connect\n'
        '    conn = connect("host=db user=bot password=[redacted]", token=token)\n'
    )

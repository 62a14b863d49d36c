"""Statements of SQL, logins of servers, errors of pydantic: a value apart from its name."""

from __future__ import annotations

import json

import pytest

from services.debugcog.redaction.redactor import redact

SQLALCHEMY = (
    "(sqlite3.IntegrityError) UNIQUE constraint failed: hooks.id\n"
    "[SQL: INSERT INTO hooks (id, token, title) VALUES (?, ?, ?)]\n"
    "[parameters: (8138, '{}', 'friday-raid')]\n(Background on this error at: https://sqlalche.me/e/20)"
)
PYDANTIC = (
    "2 validation errors for Settings\nport\n  Input should be a valid integer [type=int_parsing, "
    "input_value='q8Zk3wTr5y', input_type=str]\n{}\n  String should match pattern 'sk-.*' "
    "[type=string_pattern_mismatch, input_value='{}', input_type=str]"
)
HIDES = (
    (SQLALCHEMY, "aCLtcAv8w51J"),
    (
        "[SQL: UPDATE guilds SET api_key=%(k)s WHERE id=5]\n[parameters: {{'k': '{}'}}]",
        "aCLtcAv8w51J",
    ),
    ("INSERT INTO users (name, password) VALUES ('mia', '{}')", "aCLtcAv8w51J"),
    (
        (
            "executing partial(<built-in execute>, 'INSERT INTO tokens (user_id, token) VALUES "
            "(?, ?)', (81384788765712384, '{}'))"
        ),
        "aCLtcAv8w51J",
    ),
    ("'SELECT * FROM tokens WHERE token = ?', ('{}',)", "aCLtcAv8w51J"),
    (
        '(\'UPDATE "u" SET "password" = %s WHERE ("u"."name" = %s)\', [\'{}\', \'mia\'])',
        "aCLtcAv8w51J",
    ),
    (
        (
            'null value in column "guild_id" of relation "api_tokens" violates a constraint\n'
            "DETAIL:  Failing row contains (17, {}, null, 2026-11-28)."
        ),
        "aCLtcAv8w51J",
    ),
    (".youtube.com\tTRUE\t/\tTRUE\t1760000000\tPREF\t{}", "q8Zk3wTr5yB9nM2xw7Lp"),
    (r"format of 'yt.txt': '.x.com\tTRUE\t/\tTRUE\t1760000000\tPREF\t{}'", "q8Zk3wTr5yB9nM2xw7"),
    ("<Cookie li_id={} for .linkedin.com/>", "q8Zk3wTr5yB9nM2xw7Lp"),
    ("CREATE USER bot IDENTIFIED BY '{}'", "hunter2x"),
    ("send: 'AUTH PLAIN {}\\r\\n'", "AG1pYQA5d2Nxd0d4c0REbEdKSlRD"),
    ("unknown command 'AUTH', with args beginning with: '{}'", "q8Zk3wTr5yB9nM2xw7Lp"),
    ("redis command ('AUTH', 'default', '{}') failed", "q8Zk3wTr5yB9nM2xw7Lp"),
    (
        '--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n{}\r\n--x--',
        "q8Zk3wTr5yB9nM2x",
    ),
    (
        'form-data; name="token"\nContent-Type: text/plain\n\n{}\n--x--',
        "q8Zk3wTr5yB9nM2x",
    ),
    ("Illegal header value b'{}\\n'", "q8Zk3wTr5yB9nM2xw7Lp4s"),
    ("reserved character(s) in header value: '{}\\n'", "q8Zk3wTr5yB9nM2xw7Lp4s"),
    ("(1062, \"Duplicate entry '{}' for key 'accounts.access_token'\")", "q8Zk3wTr5yB9nM2xw7Lp4s"),
    ("Duplicate entry '{}' for key 'token_UNIQUE'", "q8Zk3wTr5yB9nM2xw7Lp4s"),
    (
        'E11000 duplicate key error index: b.$token_1 dup key: {{ : "{}" }}',
        "q8Zk3wTr5yB9nM2xw7Lp4s",
    ),
    (PYDANTIC.replace("{}", "openai_api_key", 1), "q8Zk3w"),
    (PYDANTIC.replace("{}", "database.password", 1), "hunter2x"),
    (
        (
            "limit\n  Field required [type=missing, input_value={{'name': 'mia', 'api_...{}'}}, "
            "input_type=dict]"
        ),
        "n2bbBmxup9hsiBmqFny6ec",
    ),
    (
        "[type=missing, input_value=[{{'n': 1, 'name': 'tr...ey': '{}'}}], input_type=list]",
        "q8Zk3wTr5y",
    ),
    (
        "[type=x, input_value=Service(name='weather', api...{}', 1), input_type=Service]",
        "q8Zk3wTr5yB9",
    ),
)


@pytest.mark.parametrize(("text", "secret"), HIDES)
def test_a_value_is_hidden_by_a_name_that_stands_apart_from_it(text: str, secret: str) -> None:
    shown = text.format(secret)

    assert redact(shown) == text.format("[redacted]")
    assert redact(repr(shown)) == repr(text.format("[redacted]"))
    assert redact(json.dumps(shown)) == json.dumps(text.format("[redacted]"))


@pytest.mark.parametrize(
    "text",
    [
        "[SQL: INSERT INTO songs (url) VALUES (?)]\n[parameters: ('a', 'q8Zk3wTr5yB9nM2x')]",
        "[SQL: UPDATE a SET max_tokens=? WHERE id=?]\n[parameters: (4096, 'q8Zk3wTr5yB9nM2x')]",
        "[SQL: UPDATE a SET token=? WHERE id=?]\n[parameters: (None, 8138, 'friday-raid')]",
        "INSERT INTO stats (tokens, title) VALUES (12, 'q8Zk3wTr5yB9nM2x')",
        "'INSERT INTO songs (id, url) VALUES (?, ?)', (5, 'q8Zk3wTr5yB9nM2x')",
        "'UPDATE tokens SET max_tokens = ? WHERE id = ?', (4096, 'q8Zk3wTr5yB9nM2x')",
        "'UPDATE a SET token = ? WHERE name = ?', (None, 'friday-raid')",
        (
            'null value in column "guild_id" of relation "songs" violates not-null constraint\n'
            "DETAIL:  Failing row contains (17, q8Zk3wTr5yB9nM2x, null, 2026-11-28)."
        ),
        (
            'null value in column "name" of relation "tokens" violates not-null constraint\n'
            "DETAIL:  Failing row contains (17, friday-raid, 2026-11-28 12:00:01, null)."
        ),
        "reply: b'250-AUTH LOGIN PLAIN XOAUTH2 SCRAM-SHA-256-PLUS'",
        "Invalid header value b'application/json; charset=utf-8\\n'",
        "(1062, \"Duplicate entry 'mia2026x@example.com' for key 'users.users_email_key'\")",
        "Duplicate entry '81384788765712384-q8Zk3wTr5y' for key 'PRIMARY'",
        'E11000 duplicate key error index: b.$email_1 dup key: { : "mia2026x@example.com" }',
        "('AUTH', 'default', 'no-password') failed",
        'form-data; name="title"\r\n\r\nq8Zk3wTr5yB9nM2x\r\n--x--',
        'form-data; name="password"\r\n\r\n\r\n--x--',
        PYDANTIC.format("prefix", "q8Zk3wTr5yB9nM2x"),
        "[type=missing, input_value={'n': 'mia', 'guild_...81384788765712384'}, input_type=dict]",
        "[type=missing, input_value={'n': 'mia', 'text'...hello-to-everybody'}, input_type=dict]",
        "[type=url, input_value='https://x.example/a...d/q8Zk3wTr5yB9nM2x', input_type=str]",
        (
            "1 validation error for Settings\napi_key\n  Field required "
            "[type=missing, input_value={'prefix': '!', 'n': 1}, input_type=dict]"
        ),
    ],
)
def test_what_no_name_calls_a_secret_stays(text: str) -> None:
    assert redact(text) == text

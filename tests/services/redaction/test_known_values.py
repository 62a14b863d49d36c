"""Known values: which settings make one, and that a text hides it however it is printed."""

from __future__ import annotations

import base64
import html
import json
import pprint
import random
import re
import shlex
import string
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from services.debugcog.redaction.redactor import Redactor

ALNUM = string.ascii_letters + string.digits
ALPHABETS = {
    "letters and digits": ALNUM,
    "signs": ALNUM + "!$%*+./:@^_~-&<>\"'#?=;,()[]{}|`",
    "other letters": ALNUM + "äöüßéñ€漢字😀 !&/'\"",
    "blanks": ALNUM + "   -",
}


def lower_percents(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text)


def wrapped(text: str, joint: str) -> str:
    return joint.join(text[at : at + 20] for at in range(0, len(text), 20))


def in_base64(value: str, before: int = 50) -> str:
    return base64.encodebytes(b"x" * before + value.encode() + b"y" * 70).decode()


PRINTED: dict[str, Callable[[str], str]] = {
    "as it is": lambda value: f"a {value} b",
    "repr": lambda value: f"a {value!r} b",
    "repr of a repr": lambda value: repr(f"a {value!r} b"),
    "ascii": ascii,
    "bytes": lambda value: repr(value.encode()),
    "JSON": lambda value: json.dumps({"a": value}),
    "JSON with all letters": lambda value: json.dumps({"a": value}, ensure_ascii=False),
    "JSON in JSON": lambda value: json.dumps({"b": json.dumps({"a": value})}),
    "JSON in JSON in JSON": lambda value: json.dumps(json.dumps({"b": json.dumps([value])})),
    "repr of JSON": lambda value: repr(json.dumps({"a": value})),
    "JSON of a repr": lambda value: json.dumps(repr({"a": value})),
    "address": lambda value: f"x={quote(value, safe='')}&y",
    "path": lambda value: f"/x/{quote(value)}/y",
    "form": lambda value: f"x={quote_plus(value)}",
    "address in lower case": lambda value: lower_percents(quote(value, safe="")),
    "address in an address": lambda value: quote(quote(value, safe=""), safe=""),
    "HTML": lambda value: html.escape(f"<p>{value}</p>"),
    "HTML without quotes": lambda value: html.escape(value, quote=False),
    "JSON in HTML": lambda value: html.escape(json.dumps({"a": value})),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 of a pair": lambda value: base64.b64encode(f"u:{value}".encode()).decode(),
    "base64 of addresses": lambda value: base64.urlsafe_b64encode(f"abcd{value}".encode()).decode(),
    "base64 in an address": lambda value: quote(base64.b64encode(value.encode()).decode(), safe=""),
    "base64 in lines": in_base64,
    "base64 in lines, repr": lambda value: repr(in_base64(value, 51).encode()),
    "base64 in lines, JSON": lambda value: json.dumps({"a": in_base64(value, 52)}),
    "base64 of a mail": lambda value: in_base64(value).replace("\n", "\r\n    "),
    "hexadecimal": lambda value: value.encode().hex(),
    "hexadecimal in capitals": lambda value: value.encode().hex().upper(),
    "hexadecimal with colons": lambda value: value.encode().hex(":"),
    "hexadecimal in capitals with colons": lambda value: value.encode().hex(":").upper(),
    "wrapped": lambda value: wrapped("x" * 12 + value, "\n    "),
    "wrapped in a box": lambda value: wrapped("x" * 13 + value, " │\n│ "),
    "wrapped, repr": lambda value: repr(wrapped("x" * 14 + value, "\n")),
    "shell": shlex.quote,
    "shell with a backslash": lambda value: "'" + value.replace("'", r"'\''") + "'",
    "SQL": lambda value: "'" + value.replace("'", "''") + "'",
    "read as Latin-1": lambda value: value.encode().decode("latin-1"),
    "in a traceback of ours": lambda value: " ⏎ ".join(textwrap.wrap(value, 9)),
}


@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("way", PRINTED)
def test_a_known_value_is_hidden_however_it_is_printed(way: str, alphabet: str) -> None:
    source = random.Random(f"{way} {alphabet}")
    for length in (9, 12, 16, 24, 40):
        value = "K" + "".join(source.choices(ALPHABETS[alphabet], k=length - 2)) + "7"
        printed = PRINTED[way](value)

        output = Redactor({"DB_PASSWORD": value})(printed)

        assert "[redacted]" in output, printed
        assert not {value[at : at + 8] for at in range(length - 7)} & windows(output)


def windows(text: str) -> set[str]:
    return {text[at : at + 8] for at in range(len(text) - 7)}


def test_a_text_before_and_after_a_known_value_stays() -> None:
    redactor = Redactor({"API_KEY": 'a"b\\c-D9+e/f&g h'})

    outputs = [redactor(f"x {printed} y") for printed in (json.dumps(['a"b\\c-D9+e/f&g h']), "z")]

    assert outputs == ['x ["[redacted]"] y', "x z y"]


@pytest.mark.parametrize(
    "key",
    [
        *("DB_PASS", "LAVALINK_PASS", "SMTP_PASS", "PASSPHRASE", "PGPASSWORD", "dbPassword"),
        *("ENCRYPTION_KEY", "FERNET_KEY", "STEAM_KEY", "DEEPL_KEY", "OPENAI_KEY", "API_KEY"),
        *("BOT_TOKEN", "CLIENT_SECRET", "SENTRY_DSN", "SESSION_COOKIE", "WEBHOOK_SIGNATURE"),
        *("AWS_SECRET_ACCESS_KEY", "APP_ID", "TWILIO_AUTH", "JWT", "CREDENTIALS"),
        *("KEYPASS", "STOREPASS", "PGPASS", "MASTERKEY"),
        *("SESSION_SECRET_KEY", "FIELD_ENCRYPTION_KEY", "OBJECT_STORAGE_SECRET_KEY"),
        *("GUILD_DB_PASS", "SYNC_BOT_TOKEN", "LASTFM_SESSION_KEY", "OPENAIKEY", "SUDOPASS"),
    ],
)
def test_the_value_of_a_key_that_names_a_secret_is_known(key: str) -> None:
    redactor = Redactor({key: "k9Xw2vQ8rT5yB3nM"})

    assert redactor("connect failed, k9Xw2vQ8rT5yB3nM refused") == (
        "connect failed, [redacted] refused"
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("DB_PASSWORD", "discord_bot"), ("DB_PASSWORD", "music-bot-dev")),
        *(("DB_PASSWORD", "postgres"), ("DB_PASSWORD", "changeme"), ("AUTH_MODE", "required")),
        *(("SESSION_BACKEND", "redis-cluster"), ("TOKEN", "Production"), ("SECRET", "development")),
        *(("SECRET_FILE", "/run/secrets/discord"), ("PWD", "/srv/bots/mine"), ("PASS", "short7")),
        *(("AUTH_HOST", "auth.example.com"), ("AUTH_URL", "https://example.com/oauth2/authorize")),
        *(("WEBHOOK_HOST", "localhost:8080"), ("MAX_TOKENS", "12345678"), ("AUTH", "disabled")),
        *(("TOKEN_LIFETIME", "86400000"), ("PASSWORD_CHANGED", "2026-01-01"), ("KEY", "id_of_row")),
        *(
            ("SSH_AUTH_SOCK", "/tmp/ssh-XXXXXXq8Zk3w/agent.4711"),
            ("XDG_SESSION_CLASS", "background"),
        ),
        *(
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus"),
            ("COMPASS", "north-west-9x"),
        ),
        *(
            ("GIT_AUTHOR_NAME", "Mia Miller"),
            ("KEYBOARD_LAYOUT", "q8Zk3wTr5y"),
            ("TOKEN", "${TOKEN}"),
        ),
    ],
)
def test_what_is_common_or_no_secret_is_not_known(key: str, value: str) -> None:
    text = f"it says {value} and goes on"

    assert Redactor({key: value})(text) == text


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("postgres://bot:s3cr3t9xyz@db.internal/bot", "s3cr3t9xyz"),
        ("redis://:p%40ss%2Fw0rd9x@cache:6379/0", "p@ss/w0rd9x"),
        ("mongodb+srv://bot:a/b@c9dQ2x@c0.example.net/x?w=1", "a/b@c9dQ2x"),
        (
            "https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/q8Zk3wTr5yB9nM2x",
            "q8Zk3wTr5yB9nM2x",
        ),
        ("https://api.example.com/v1?page=2&token=q8Zk3wTr5y", "q8Zk3wTr5y"),
        ("Server=db;User Id=bot;Password=q8Zk3wTr5y;", "q8Zk3wTr5y"),
    ],
)
def test_a_secret_inside_a_setting_is_known_whatever_its_key(value: str, secret: str) -> None:
    redactor = Redactor({"BACKEND": value})

    assert secret not in redactor(f"login with {secret} failed")


@pytest.mark.parametrize(
    "key",
    ["STEAM_API", "KEY_OPENAI", "GITHUB_PAT", "DEEZER_ARL", "HASH_SALT", "LICENSE", "STRIPE_SK"],
)
def test_a_setting_that_is_given_a_key_is_known_by_a_name_that_means_much_in_a_text(
    key: str,
) -> None:
    redactor = Redactor({key: "k9Xw2vQ8rT5yB3nMk9Xw2vQ8"})

    assert redactor("k9Xw2vQ8rT5yB3nMk9Xw2vQ8 is refused") == "[redacted] is refused"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("STEAM_API", "https://api.steampowered.com/v1"),
        ("DISCORD_PUBLIC_KEY", "5f2b8c9d1e7a5f2b8c9d1e7a5f2b8c9d"),
        ("LICENSE", "GPL-3.0-or-later"),
        ("KEY_PREFIX", "discordbot:production:v2"),
        ("CACHE_KEY_OF_USERS", "k9Xw2vQ8rT5yB3nMk9Xw2vQ8"),
        ("TOKEN_CLASS", "bot.auth.AccessTokenV2"),
    ],
)
def test_a_setting_with_such_a_name_that_holds_no_key_is_not_known(key: str, value: str) -> None:
    assert Redactor({key: value})(f"it is {value} now") == f"it is {value} now"


@pytest.mark.parametrize(
    "value",
    [
        *("q8Zk3wTr5y,B9nM2xw7Lp4s", "q8Zk3wTr5y; B9nM2xw7Lp4s", '["q8Zk3wTr5y", "B9nM2xw7Lp4s"]'),
        *("mia:q8Zk3wTr5y", "'q8Zk3wTr5y'", '"q8Zk3wTr5y"', "q8Zk3wTr5y\nB9nM2xw7Lp4s\n"),
    ],
)
def test_each_secret_of_a_list_a_pair_or_one_in_quotes_is_known(value: str) -> None:
    redactor = Redactor({"API_TOKENS": value})

    assert redactor("401 for q8Zk3wTr5y of mia") == "401 for [redacted] of mia"
    assert redactor(f"read {value!r}").count("q8Zk3") == 0


def test_a_password_of_an_address_that_is_a_common_word_is_not_known() -> None:
    redactor = Redactor({"DATABASE_URL": "postgres://postgres:postgres@localhost/postgres"})

    assert redactor("postgres does not answer on localhost") == (
        "postgres does not answer on localhost"
    )


@pytest.mark.parametrize("value", [",OB%c9em)5sj]4?l1EtC", "E/uDv{@:0Im#Pdoi9~q%B6;0&FaRX"])
def test_a_value_with_what_looks_like_an_escape_is_found_where_a_line_parts_that(
    value: str,
) -> None:
    at = value.index("%") + 1
    assert "1EtC" not in (shown := Redactor({"DB_PASSWORD": value})(f"{value[:at]}\n{value[at:]}"))
    assert shown == "[redacted]"


def test_a_value_that_pprint_parts_into_several_literals_is_found() -> None:
    value = "Zk29xQ7tLp1/Wm48vB3sYn6"
    shown = pprint.pformat({"header": b"Token " + value.encode()}, width=30)

    assert shown.count(" b'") == 2
    hidden = Redactor({"DB_PASSWORD": value})(shown)
    assert not any(value[at : at + 4] in hidden for at in range(len(value) - 3))


@pytest.mark.parametrize(
    ("setting", "value", "secret"),
    [
        (
            "HEALTHCHECK_URL",
            "https://checks.example.org/ping/{}",
            "4f1c2a9e-7b3d-4c8a-9e21-0d5b6f7a8c93",
        ),
        ("STREAM_TO", "rtmp://a.rtmp.youtube.com/live2/{}", "vkki-kjet-wz7x-cws4-mi45"),
        ("GEMINI_KEYS", "p7Gh2kQx9LmW4tZb8RnV,{}", "eHa1fJs6dYc3VnR8bZt4"),
    ],
)
def test_the_secret_part_of_an_address_and_each_key_of_a_list_is_known(
    setting: str, value: str, secret: str
) -> None:
    redactor = Redactor({setting: value.format(secret)})

    assert redactor(f"no answer for {secret} yet") == "no answer for [redacted] yet"

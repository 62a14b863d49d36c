"""What can be a secret by its own shape, and what cannot."""

from __future__ import annotations

import random
import string

import pytest

from services.debugcog.redaction.values import is_common, is_opaque, is_plain
from services.debugcog.redaction.words import is_words

ALNUM = string.ascii_letters + string.digits

FIGURES = (
    *("12", "1847", "-3", "1,847", "0.5", "12.5%", "4096 MB", "30s", "5 min", "1h30m", "3/10"),
    *("2026-01-01", "2026-01-01T10:00:00Z", "2026-01-01 10:00:00,123", "10:30", "10.0.0.1:5432"),
    *("1.2.3", "v2.7.1rc1", "0x7f8b9b4b", "81384788765712384", "1e-5", "1_000"),
)
NOTHING = ("None", "True", "false", "null", "yes", "on", "N/A", "-", "***", "xxxx", "…", "")
PLACES = (
    *("/srv/bot/main.py", "~/bot/token.json", "./data/users.json", r"C:\Users\mia\bot\.env"),
    *("/run/secrets/db_password", "https://discord.com/oauth2/authorize", "db.example.com:5432"),
    *("localhost", "/home/mia/.cache/x9/t.json"),
)
PLACEHOLDERS = (
    "{token}",
    "%s",
    "%(token)s",
    "${TOKEN}",
    "$DISCORD_TOKEN",
    "<your token>",
    "[hidden]",
)
SAYINGS = (
    "expired",
    "must be at least 8 characters",
    "not set",
    "Invalid",
    "This field is required.",
)
NAMES = (
    *("user_id", "self.token", "worker-1", "us-east-1", "PromptTokensDetails", "main.py:run"),
    *("guild:81384788765712384:settings", "application/json", "RuntimeError", "HMAC-SHA256"),
    *("get_current_user", "UTF-8", "discord.ext.commands", "bot@example.com"),
)
SECRETS = (
    *("hunter2x", "s3cr3t-pw", "q8Zk3wTr5y", "5f2b8c9d1e7a", "x1y2-z3w4-q5v6", "dGVzdDpwYXNzdw=="),
    *("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "aB3$x/.kQ", "qwjkzrtpvbnmxlkd"),
)


@pytest.mark.parametrize("value", [*FIGURES, *NOTHING, *PLACES, *PLACEHOLDERS, *SAYINGS])
def test_what_can_be_no_secret_is_plain_and_not_opaque(value: str) -> None:
    assert is_plain(value)
    assert not is_opaque(value)


@pytest.mark.parametrize("value", NAMES)
def test_names_are_not_opaque_but_can_be_passwords(value: str) -> None:
    assert not is_opaque(value)
    assert not is_plain(value)


@pytest.mark.parametrize("value", SECRETS)
def test_what_is_neither_words_nor_figures_is_opaque(value: str) -> None:
    assert is_opaque(value)
    assert not is_plain(value)
    assert not is_common(value)


def test_words_are_common_and_sentences_are_not() -> None:
    assert [word for word in ("postgres", "Production", "required") if not is_common(word)] == []
    assert not is_common("correct horse battery staple")
    assert not is_common("responsibilitiesx")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("alphabet", "length", "most"),
    [
        *((ALNUM, 8, 100), (ALNUM, 12, 5), (ALNUM, 16, 0)),
        *((ALNUM + "!$%*+./:@^_~-", 8, 150), (ALNUM + "!$%*+./:@^_~-", 12, 3)),
        *((string.ascii_lowercase + string.digits, 16, 2), (string.digits + "abcdef", 32, 0)),
        (ALNUM + "-_", 16, 0),
    ],
)
def test_random_text_seldom_passes_for_words(alphabet: str, length: int, most: int) -> None:
    source = random.Random(length)
    made = ["".join(source.choices(alphabet, k=length)) for _ in range(50_000)]

    passed = sum(map(is_words, made))

    print(f"{passed} of {len(made):,} random texts of {length} characters pass for words")
    assert passed <= most

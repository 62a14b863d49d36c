r"""Any text becomes one that neither breaks a line nor brings a word that docs/logs.md counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.logfile.text import (
    COUNTED,
    MARGIN,
    escaped,
    first_line,
    shortened,
    split_lines,
    uncounted,
    without_secrets,
)

ANY_TEXT = st.text(
    st.characters() | st.sampled_from("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\x1b\u202e")
)


def plain(text: str) -> str:
    return text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grüße, 世界 👩‍👩‍👧 C:\\new", "Grüße, 世界 👩‍👩‍👧 C:\\new"),
        ("a\nb\rc\vd\fe", r"a\nb\rc\x0bd\x0ce"),
        ("a\x1cb\x1dc\x1ed\x85e\u2028f\u2029g", r"a\x1cb\x1dc\x1ed\x85e\u2028f\u2029g"),
        ("\x1b[31mred\x9b0m\x07\x00\x7f", r"\x1b[31mred\x9b0m\x07\x00\x7f"),
        ("abc\u202edcba\u2066\u200f\u061c", r"abc\u202edcba\u2066\u200f\u061c"),
        ("tab\there, lone \ud83d", r"tab\there, lone \ud83d"),
    ],
)
def test_breaks_escapes_and_overrides_are_written_out(text: str, expected: str) -> None:
    assert escaped(text) == expected


@given(ANY_TEXT)
def test_no_text_breaks_a_line_or_fails_to_be_encoded(text: str) -> None:
    result = escaped(text)
    assert len(result.splitlines()) <= 1
    assert not re.search("[\x00-\x1f\x7f-\x9f]", result)
    assert result.encode().decode() == result


def test_the_words_of_the_guides_commands_are_broken() -> None:
    text = "ERROR user_id=1 total_response_time 9 memory_usage_mb 5 Slow LLM\n"
    assert uncounted(text) == (
        r"\x45RROR user_id\x3d1 total_response\x5ftime 9 memory\x5fusage_mb 5 Slow\x20LLM\n"
    )


@given(st.lists(ANY_TEXT | st.sampled_from(list(COUNTED))).map("".join))
def test_no_text_below_a_record_holds_a_counted_word(text: str) -> None:
    assert not any(word in uncounted(text) for word in COUNTED)


@pytest.mark.parametrize(
    ("level", "text", "expected"),
    [
        ("INFO", "user_id=5 typed ERROR", r"user_id=5 typed \x45RROR"),
        ("ERROR", "ERROR from the API", "ERROR from the API"),
        ("INFO", "total_response_time 1234.5", "total_response_time 1234.5"),
        ("INFO", "user_id=5 memory_usage_mb 9e+02", "user_id=5 memory_usage_mb 9e+02"),
        ("INFO", "total_response_time is 9 s", r"total_response\x5ftime is 9 s"),
        ("ERROR", "No 'memory_usage_mb'", r"No 'memory\x5fusage_mb'"),
        ("INFO", "High response_time, memory_usage", "High response_time, memory_usage"),
        ("INFO", "total_response_time 9\nx", r"total_response\x5ftime 9\nx"),
        ("INFO", "hi\r\n[ERROR] user_id=1", r"hi\r\n[\x45RROR] user_id\x3d1"),
    ],
)
def test_a_message_is_counted_by_the_guides_commands_for_what_it_is(
    level: str, text: str, expected: str
) -> None:
    assert first_line(text, level) == expected


def test_lines_of_our_own_stay_lines_and_are_not_counted() -> None:
    assert split_lines('  File "x\ry"\n    ERROR', plain) == [r'  File "x\ry"', r"    \x45RROR"]


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert without_secrets("a" * 21, plain, limit=20) == "a" * 20 + "… (21 characters)"
    assert without_secrets("a" * 20, plain, limit=20) == "a" * 20


@given(st.integers(0, 3 * MARGIN), st.integers(0, 200))
def test_a_cut_never_leaves_a_part_of_a_secret(position: int, limit: int) -> None:
    secret = "".join(f"<{number:03}>" for number in range(200))
    text = "." * position + secret + "." * 100
    clean, _ = shortened(text, lambda text: text.replace(secret, "[redacted]"), limit)
    assert "<" not in clean
    assert len(clean) <= limit


def test_a_redactor_that_fails_lets_nothing_through() -> None:
    def broken(text: str) -> str:
        raise RuntimeError(text)

    assert without_secrets("password=hunter2", broken) == "[redacted]"

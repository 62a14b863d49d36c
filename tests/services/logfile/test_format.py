"""Every record becomes exactly one line that starts as a record, and indented lines below it."""

from __future__ import annotations

import logging
import math
import re
import sys
import time
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.logfile.entry import Block, entry_of
from services.debugcog.logfile.format import LineFormat
from services.debugcog.logfile.text import COUNTED

RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[[\w.-]+\] ", re.ASCII)
MOMENT = time.mktime((2026, 11, 23, 16, 10, 11, 0, 0, -1)) + 0.1235
HOSTILE = st.lists(
    st.text(st.characters(), max_size=10)
    | st.sampled_from("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\x1b\u202e\0")
    | st.sampled_from(["2026-11-23 16:10:11,123 [ERROR] x: ", *COUNTED, "%s", "password=12345678"])
).map("".join)


def record(
    message: object, *args: object, level: int = logging.ERROR, name: str = "services.tts"
) -> logging.LogRecord:
    made = logging.LogRecord(name, level, "tts.py", 45, message, args, None)
    made.created = MOMENT
    return made


def written(made: logging.LogRecord) -> str:
    return LineFormat(str)(entry_of(made))


def raised(error: BaseException) -> Any:
    try:
        raise error
    except BaseException:  # noqa: BLE001 - whatever it is, it is looked at
        return sys.exc_info()


def test_a_record_is_a_line_of_local_time_level_logger_and_message() -> None:
    assert written(record("Failed to generate TTS: %s after %d s", "timeout", 30)) == (
        "2026-11-23 16:10:11,123 [ERROR] services.tts: Failed to generate TTS: timeout after 30 s\n"
    )


def test_a_traceback_stands_indented_below_its_message() -> None:
    made = record("Failed to generate TTS")
    made.exc_info = raised(ValueError("ERROR\nuser_id=1"))
    line = raised.__code__.co_firstlineno + 2
    assert written(made) == (
        "2026-11-23 16:10:11,123 [ERROR] services.tts: Failed to generate TTS\n"
        "  Traceback (most recent call last):\n"
        f'    File "{__file__}", line {line}, in raised\n'
        "      raise error\n"
        r"  ValueError: \x45RROR\nuser_id\x3d1"
        "\n"
    )


def test_a_block_keeps_its_lines_and_each_is_one_line() -> None:
    block = Block("LLM Request:", ("Model: a\nb", "Tokens: 1847"))
    assert written(record(block, level=logging.DEBUG)) == (
        "2026-11-23 16:10:11,123 [DEBUG] services.tts: LLM Request:\n"
        r"  Model: a\nb"
        "\n  Tokens: 1847\n"
    )
    assert str(block) == "LLM Request:\n  Model: a\nb\n  Tokens: 1847"


def test_a_stack_and_a_traceback_formatted_elsewhere_are_indented() -> None:
    made = record("Here")
    made.exc_text = "Traceback:\n  ERROR\n2026-11-23 16:10:11,123 [ERROR] x: y"
    made.stack_info = "Stack (most recent call last):\n  File x"
    assert written(made).splitlines()[1:] == [
        "  Traceback:",
        r"    \x45RROR",
        r"  2026-11-23 16:10:11,123 [\x45RROR] x: y",
        "  Stack (most recent call last):",
        "    File x",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a: b [ERROR]", r"a\x3a b [\x45RROR]"),
        ("a\n2026", r"a\n2026"),
        ("n" * 300, "n" * 200 + "… (300 characters)"),
    ],
)
def test_a_loggers_name_cannot_move_the_fields_of_the_line(name: str, expected: str) -> None:
    line = written(record("x", name=name))
    assert line == f"2026-11-23 16:10:11,123 [ERROR] {expected}: x\n"


def test_a_levels_name_is_one_word() -> None:
    made = record("x")
    made.levelname = "INFO] a: b\n[ERROR"
    assert written(made) == "2026-11-23 16:10:11,123 [ERROR] services.tts: x\n"
    made.levelno = 35
    assert written(made) == "2026-11-23 16:10:11,123 [INFO__a__b__ERROR] services.tts: x\n"
    made.levelname = "\x1b[33mNOTICE\x1b[0m"
    assert written(made) == "2026-11-23 16:10:11,123 [NOTICE] services.tts: x\n"


class Broken:
    def __str__(self) -> str:
        raise SystemExit("no text")

    __repr__ = __str__


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (record("%d users", "no"), "services.tts: %d users (arguments do not fit: 'no')"),
        (record("%s: %d", Broken(), 3), "services.tts: <str() raised SystemExit>: 3"),
        (
            record("%d", Broken()),
            "services.tts: %d (arguments do not fit: <repr() raised SystemExit>)",
        ),
        (record(Broken()), "services.tts: <str() raised SystemExit>"),
    ],
)
def test_a_record_that_cannot_be_formatted_is_still_a_line(
    made: logging.LogRecord, expected: str
) -> None:
    assert re.fullmatch(RECORD.pattern + re.escape(expected) + "\n", written(made))


@pytest.mark.parametrize("created", [None, "now", math.nan, 1e30, -1e18, []], ids=repr)
def test_a_record_without_a_time_has_the_time_at_which_it_is_written(
    monkeypatch: pytest.MonkeyPatch, created: Any
) -> None:
    made = record("Lost %s", "x")
    made.created = created
    monkeypatch.setattr(time, "time", lambda: MOMENT)
    assert written(made) == "2026-11-23 16:10:11,123 [ERROR] services.tts: Lost x\n"


def test_notes_that_cannot_be_read_leave_the_message_and_the_traceback() -> None:
    def notes(_: BaseException) -> list[str]:
        raise OSError

    odd = type("Odd", (Exception,), {"__notes__": property(notes)})
    made = record("Message")
    made.exc_info = raised(odd())
    assert written(made).splitlines() == [
        "2026-11-23 16:10:11,123 [ERROR] services.tts: Message",
        "  Traceback (most recent call last):",
        f'    File "{__file__}", line {raised.__code__.co_firstlineno + 2}, in raised',
        "      raise error",
        f"  {__name__}.Odd",
    ]


def test_a_traceback_that_cannot_be_read_leaves_the_message() -> None:
    made = record("Message")
    made.exc_info = cast(Any, (OSError, OSError("disk"), "no traceback"))
    assert written(made).splitlines() == [
        "2026-11-23 16:10:11,123 [ERROR] services.tts: Message",
        "  [traceback cannot be formatted: AttributeError]",
    ]


def test_no_exception_in_hand_is_no_traceback() -> None:
    made = record("Message")
    made.exc_info = (None, None, None)
    assert written(made) == "2026-11-23 16:10:11,123 [ERROR] services.tts: Message\n"


def test_secrets_are_taken_out_of_message_name_traceback_and_block() -> None:
    form = LineFormat(lambda text: text.replace("hunter2", "[redacted]"))
    made = record(Block("hunter2", ("hunter2",)), name="hunter2")
    made.exc_info = (ValueError, ValueError("hunter2"), None)
    made.stack_info = "hunter2"
    assert form(entry_of(made)) == (
        "2026-11-23 16:10:11,123 [ERROR] [redacted]: [redacted]\n"
        "  [redacted]\n"
        "  ValueError: [redacted]\n"
        "  [redacted]\n"
    )


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.sampled_from([10, 20, 30, 40, 50]))
def test_no_text_makes_a_line_that_reads_as_a_record(
    message: str, name: str, error: str, redacted: str, level: int
) -> None:
    made = record(message, level=level, name=name)
    made.exc_info = (ValueError, ValueError(error), None)
    form = LineFormat(lambda text: text.replace("password=12345678", redacted))
    first, *below = form(entry_of(made)).splitlines()
    assert len(below) == 1
    assert RECORD.match(first)
    assert below[0].startswith("  ")
    assert not any(word in below[0] for word in COUNTED)
    assert ("ERROR" in first) == (level == 40)


@given(HOSTILE, HOSTILE)
def test_the_fourth_field_of_an_error_is_its_message(message: str, name: str) -> None:
    line = written(record(f"Fixed phrase: {message}", name=name))
    assert line.split(":")[3] == " Fixed phrase"

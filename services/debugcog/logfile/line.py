"""Text of a record, as the log file has it → LogLine."""

from __future__ import annotations

import logging
from datetime import datetime

from services.debugcog.frozen import frozen
from services.debugcog.level_names import plain_level
from services.debugcog.logfile.entry import INDENT
from services.debugcog.patterns import late_pattern

STAMP_LENGTH = len("2026-11-23 16:10:11,123")
_HEAD = late_pattern(
    r"[^\[\n]{23} \[(?P<level>[^\]\n]{1,20})\] (?P<logger>[^:\n]{0,300}): (?P<text>.*)"
)
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
UNNAMED = "Level_"
"""How the name of a level begins that has none; its number follows."""


@frozen
class LogLine:
    """One record of the log.

    Attributes:
        time: unix seconds; None where a line has no time that can be read.
        level: its name; empty in a line that somebody else wrote in another form.
        logger: its name.
        message: one line.
        below: the lines below it: a traceback, a stack.
        sequence: its number in ``LogLines``, or 0.
    """

    time: float | None
    level: str
    logger: str
    message: str
    below: tuple[str, ...] = ()
    sequence: int = 0


def log_line(text: str, sequence: int = 0) -> LogLine:
    """Read the text of a record: its first line, and those below it."""
    first, *rest = text.rstrip("\n").split("\n")
    below = tuple(line.removeprefix(INDENT) for line in rest)
    found = _HEAD.fullmatch(first)
    if found is None:
        return LogLine(time_of(first), "", "", first, below, sequence)
    return LogLine(time_of(first), found["level"], found["logger"], found["text"], below, sequence)


def known_levels() -> dict[str, int]:
    """Map the names of levels, as lines have them, to their numbers; those of the host too."""
    named = logging.getLevelNamesMapping().items()
    return {plain_level(name, number): number for name, number in named} | LEVELS


def number_of(level: str) -> int:
    """Return the number of a level by its name in a line; 0 where it is not known."""
    if level in LEVELS:
        return LEVELS[level]
    number = level.removeprefix(UNNAMED)
    if number != level and number.isascii() and number.isdigit():
        return int(number)
    return known_levels().get(level, 0)


def time_of(line: str) -> float | None:
    """Read the local time at the beginning of a line, in unix seconds; None where there is none."""
    try:
        return datetime.fromisoformat(line[:STAMP_LENGTH]).timestamp()
    except (ValueError, OverflowError):
        return None

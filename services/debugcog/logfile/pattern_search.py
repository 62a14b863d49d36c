"""Regular expression and log files or records → what matches, found by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.search import Found, RotatedError

PROGRAM = Path(__file__).with_name("pattern_program.py")
SPARE_SECONDS = 30.0
"""For the start of the process, on a busy machine too."""
WINDOWS_FLAGS: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


class PatternError(ValueError):
    """An expression cannot be used; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The regular expression cannot be used: {why}.")


def search_pattern(path: Path, wanted: LogFilter, limit: int, cursor: str, *, back: bool) -> Found:
    """Search as ``search`` or ``search_on`` do; it waits for a process, about a tenth of a second.

    Args:
        path: of the log file.
        wanted: what to look for; its text is not looked at.
        limit: records at most.
        cursor: where to begin.
        back: in time, or on.

    Raises:
        PatternError: the expression is none, or takes too long.
        RotatedError: the cursor's file is no longer there.
        OSError: the folder cannot be read.
    """
    answer = _ask(
        {
            "path": str(path),
            "level": wanted.level,
            "logger": wanted.logger,
            "pattern": wanted.pattern,
            "limit": limit,
            "cursor": cursor,
            "back": back,
        }
    )
    if "rotated" in answer:
        raise RotatedError(answer["rotated"])
    unread = OSError(*answer["unread"]) if answer["unread"] else None
    if unread and "lines" not in answer:
        raise unread
    lines = tuple(
        LogLine(time, level, logger, message, tuple(below))
        for time, level, logger, message, below in answer["lines"]
    )
    return Found(lines, answer["cursor"], answer["until"], unread, tuple(answer["places"]))


def matching(pattern: str, texts: Sequence[str]) -> tuple[bool, ...]:
    """Tell which texts an expression matches; it waits for a process.

    Raises:
        PatternError: the expression is none, or takes too long.
    """
    return tuple(_ask({"pattern": pattern, "texts": texts})["matches"])


def _ask(request: Mapping[str, Any]) -> dict[str, Any]:
    if getattr(sys, "frozen", False) or not sys.executable:  # that would start a second bot
        raise PatternError("there is no Python interpreter to search with")
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            (sys.executable, "-I", "-S", str(PROGRAM)),
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SPARE_SECONDS,
            creationflags=WINDOWS_FLAGS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PatternError(f"its process failed: {type(error).__name__}") from error
    if done.returncode:
        raise PatternError("it took longer than 1 s; make it simpler")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise PatternError(answer["refused"])
    return answer

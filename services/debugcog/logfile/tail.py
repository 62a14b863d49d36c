"""End of the log file → the last lines that were written before a moment."""

from __future__ import annotations

import time
from pathlib import Path

TAIL_BYTES = 32_768
LINES = 10
LINE_MAX = 200
STAMP, STAMP_LENGTH = "%Y-%m-%d %H:%M:%S", 19


def last_lines(path: Path, before: float) -> tuple[str, ...]:
    """Return the last lines of a run that ended before a moment; none where there is no file.

    Args:
        path: the log file.
        before: unix seconds; lines with a later stamp, and what is indented below them, are of
            the run that goes on now.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read(TAIL_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return ()
    whole = lines[1:] if size > TAIL_BYTES else lines
    kept: list[str] = []
    for line in whole:
        written = _stamp(line)
        if written is not None and written >= before:
            break
        kept.append(line[:LINE_MAX])
    return tuple(kept[-LINES:])


def _stamp(line: str) -> float | None:
    """Read the time at the beginning of a line; None where there is none."""
    second, rest = line[:STAMP_LENGTH], line[STAMP_LENGTH : STAMP_LENGTH + 4]
    try:
        written = time.mktime(time.strptime(second, STAMP))
    except (ValueError, OverflowError):
        return None
    return written + int(rest[1:]) / 1000 if rest[1:].isdecimal() else written

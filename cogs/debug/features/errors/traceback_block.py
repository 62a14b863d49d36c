"""Traceback → its first and last lines and always its final one, in so many characters."""

from __future__ import annotations

from services.debugcog.wording import clip, counted

FIRST_LINES = 5
LAST_LINES = 20
LINE_MAX = 200
FINAL_MAX = 1_000


def shortened(traceback: str, limit: int) -> str:
    """Cut a traceback in the middle: its first 5 and last 20 lines, and always its final one.

    Args:
        traceback: whose last line is ``Type: message``.
        limit: characters, above ``FINAL_MAX``.
    """
    *lines, final = traceback.rstrip().split("\n")
    lines, final = [clip(line, LINE_MAX) for line in lines], clip(final, FINAL_MAX)
    first, last = lines[:FIRST_LINES], lines[FIRST_LINES:][-LAST_LINES + 1 :]
    while len(_joined(lines, first, last, final)) > limit:
        (last or first).pop(0 if last else -1)
    return _joined(lines, first, last, final)


def _joined(lines: list[str], first: list[str], last: list[str], final: str) -> str:
    left_out = len(lines) - len(first) - len(last)
    middle = [f"  [… {counted(left_out, 'line')} left out …]"] if left_out else []
    return "\n".join([*first, *middle, *last, final])

"""Records of the log → lines of a block of code that a phone can read, as many as fit."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from cogs.debug.ui.escaping import BACKTICK, visible
from services.debugcog.frozen import frozen
from services.debugcog.logfile.excerpt import excerpt
from services.debugcog.logfile.line import LogLine
from services.debugcog.wording import clip

FENCE = "```"
MESSAGE_MAX = 300
BELOW_MAX = 160
"""Characters of a message, and of each line below it, that are shown."""
HIT = "▶ "


@frozen
class Fitted:
    """The records that fit.

    Attributes:
        text: the block; empty without records.
        first: index of the first one.
        end: index behind the last one.
    """

    text: str
    first: int
    end: int


def newest_fitting(lines: Sequence[LogLine], limit: int) -> Fitted:
    """Show the newest records in ``limit`` characters at most."""
    return _fitted(lines, limit, range(len(lines) - 1, -1, -1))


def oldest_fitting(lines: Sequence[LogLine], limit: int) -> Fitted:
    """Show the oldest records in ``limit`` characters at most."""
    return _fitted(lines, limit, range(len(lines)))


def fitting_around(lines: Sequence[LogLine], hit: int, limit: int) -> Fitted:
    """Show a record, marked, and as many before as after it."""
    reach = range(1, len(lines))
    order = [hit, *(index for step in reach for index in (hit + step, hit - step))]
    return _fitted(lines, limit, [one for one in order if 0 <= one < len(lines)], hit)


def _fitted(
    lines: Sequence[LogLine], limit: int, order: Iterable[int], hit: int | None = None
) -> Fitted:
    """Take records in an order, each next to one that is taken, until one does not fit."""
    room = limit - 2 * len(FENCE) - 2
    texts: dict[int, str] = {}
    for index in order:
        text = clip(
            _record(lines[index], HIT if index == hit else ""), room if not texts else limit
        )
        day = _day(lines[index])
        size = len(text) + len(day) + 2  # a line that names the day may come before it
        if size > room and texts:
            break
        texts[index] = text
        room -= size
    if not texts:
        return Fitted("", 0, 0)
    first, end = min(texts), max(texts) + 1
    shown, before = [], _day(lines[first])
    for index in range(first, end):
        day = _day(lines[index])
        if day and day != before:
            shown.append(day)
        before = day or before
        shown.append(texts[index])
    return Fitted("\n".join((FENCE, *shown, FENCE)), first, end)


def _record(line: LogLine, mark: str) -> str:
    """Write a record and what stands below it."""
    if line.time is None or not line.level:
        head = line.message
    else:
        clock = time.strftime("%H:%M:%S", time.localtime(line.time))
        head = f"{clock} {line.level} {line.logger}: {line.message}"
    below = [f"  {_line(one, BELOW_MAX)}" for one in excerpt(line.below)]
    return "\n".join((mark + _line(head, MESSAGE_MAX), *below))


def _line(text: str, limit: int) -> str:
    shown = visible(text[: 2 * limit]).replace("`", BACKTICK)
    return clip(shown.replace("\t", "  ").replace("\n", " "), limit)


def _day(line: LogLine) -> str:
    """Name the day of a record, for a line between two days."""
    return "" if line.time is None else time.strftime("— %d %b %Y —", time.localtime(line.time))

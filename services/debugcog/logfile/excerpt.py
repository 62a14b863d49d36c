"""Many lines below a record → the few that say most, with notes on what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from services.debugcog.host_files import HostFiles
from services.debugcog.patterns import late_pattern
from services.debugcog.wording import counted

FIRST, LAST = 2, 8
"""Lines that are shown of many: a traceback says at its end what happened."""
FRAMES_MAX = 2
"""Frames of the host's own that are shown though they stand in the middle; the innermost ones."""
FRAME = late_pattern(r'[ |+]*File "([^"]+)", line \d')
CUT = "…"
HOST = HostFiles(Path())


def excerpt(below: Sequence[str]) -> tuple[str, ...]:
    """Leave most of many lines out, but none of the host's code that a library has called."""
    if len(below) <= FIRST + LAST + 1:
        return tuple(below)
    kept = sorted(islice(dict.fromkeys(_order(below)), FIRST + LAST))
    return tuple(_with_notes(below, kept))


def _order(below: Sequence[str]) -> Iterator[int]:
    """Order the lines by what they say."""
    frames = [at for at, line in enumerate(below) if _is_own_frame(line)]
    if not frames:
        yield from range(FIRST)
    yield len(below) - 1
    for at in frames[: -FRAMES_MAX - 1 : -1]:
        yield at
        yield from _said_after(below, at)
    yield from range(len(below) - 1, -1, -1)


def _is_own_frame(line: str) -> bool:
    frame = FRAME.match(line)
    return frame is not None and HOST.is_file_in_app(frame[1])


def _said_after(below: Sequence[str], at: int) -> Iterator[int]:
    """Find the source line of a frame, where there is one, and the text of its exception."""
    for after in range(at + 1, len(below)):
        is_text = not below[after].startswith((" ", "|", "+"))
        if is_text or (after == at + 1 and not FRAME.match(below[after])):
            yield after
        if is_text:
            return


def _with_notes(below: Sequence[str], kept: Sequence[int]) -> Iterator[str]:
    after = 0
    for at in kept:
        left_out = at - after
        if left_out == 1:
            yield below[after]
        elif left_out:
            yield f"{CUT} {counted(left_out, 'line')} {CUT}"
        yield below[at]
        after = at + 1

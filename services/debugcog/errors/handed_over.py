"""Record that Python's own modules log for others → the frames of those who say it, and of whom.

An event loop is told what is wrong, and logs it; a loop, a thread or an executor may be handed
``log.error`` itself. The line that logs is then one of Python's own, the same for all.
"""

from __future__ import annotations

from types import FrameType

from services.debugcog.errors.loaded_functions import Site
from services.debugcog.patterns import late_pattern
from services.debugcog.whole_parts import is_below

HANDING = ("asyncio", "threading", "concurrent.futures", "services.debugcog.errors")
"""Modules that log what they are given, and ours that stand in front of them."""
TELL = "call_exception_handler"
TOLD = "default_exception_handler"
FRAMES_MAX = 20
"""Frames of such modules above one another."""
COROUTINE = late_pattern(r"\bcoro=<([^()\n]{1,200})\(\)")
"""Of a task, among what a loop is told."""


def is_handed_over(site: Site) -> bool:
    """Return whether a line logs what others have given it."""
    return is_below(str(site.names.get("__name__")), HANDING)


def parts_of(text: str, function: str) -> tuple[str, str]:
    """Return what was said, and the coroutine of which it was said, if that is told.

    Args:
        text: of the record.
        function: that has logged it.
    """
    if function != TOLD:
        return text, ""
    said, _, more = text.partition("\n")
    coroutine = COROUTINE.search(more)
    return said, coroutine[1] if coroutine else ""


def told_by(frame: FrameType, callers: int) -> list[FrameType]:
    """List the frame that has told a loop, and its callers; innermost first.

    Nothing where Python itself has, as for a task that is destroyed.

    Args:
        frame: that has logged it.
        callers: how many frames at most.
    """
    found: FrameType | None = frame
    for _ in range(FRAMES_MAX):
        if found is None or not is_below(str(found.f_globals.get("__name__")), HANDING):
            break
        found = found.f_back
    frames: list[FrameType] = []
    if found is None or TELL not in found.f_code.co_names:
        return frames
    while found is not None and len(frames) < callers:
        frames.append(found)
        found = found.f_back
    return frames

"""Traceback and its length when last seen → frames added by raising it again, if any.

Some code keeps one exception object and raises it at each call; that is one error each time. Python
puts the steps of a new raise in front of the old ones, as it does while an exception goes up from
caller to caller. A ``raise`` statement in a frame of its own distinguishes the two.
"""

from __future__ import annotations

import dis
from types import CodeType, TracebackType

from services.debugcog.whole_parts import is_below

STEPS_MAX = 5_000
HANDED_ON = ("asyncio", "concurrent.futures")
"""Modules whose ``raise`` passes on what was raised elsewhere, in a task or a thread."""
RAISE = dis.opmap["RAISE_VARARGS"]


def steps(trace: TracebackType | None) -> list[TracebackType]:
    """List the steps of a traceback, outermost first."""
    found: list[TracebackType] = []
    while trace is not None and len(found) < STEPS_MAX:
        found.append(trace)
        trace = trace.tb_next
    return found


def raised_again(now: list[TracebackType], before: int) -> list[TracebackType]:
    """Return the steps of the last raise; nothing when it is the one that was seen.

    Args:
        now: the steps.
        before: how many there were when it was seen; a traceback that is shorter was taken off.
    """
    if len(now) < before:
        return now
    for at in range(min(len(now) - before, len(now) - 1)):
        if _is_raise(now[at]) and now[at].tb_frame is not now[at + 1].tb_frame:
            return now[: at + 1]
    return []


def _is_raise(step: TracebackType) -> bool:
    """Return whether a frame has executed ``raise error``; a bare ``raise`` leaves no step."""
    code: CodeType = step.tb_frame.f_code
    module = str(step.tb_frame.f_globals.get("__name__"))
    return code.co_code[step.tb_lasti] == RAISE and not is_below(module, HANDED_ON)

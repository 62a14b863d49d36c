"""Traceback now and when last seen → the steps of the last raise, if that is another than was seen.

Some code keeps one exception object and raises it at each call; that is one error each time. Python
puts the steps of a new raise in front of the old ones, as it does while an exception goes up from
caller to caller. A ``raise`` statement in a frame of its own distinguishes the two. A task that has
failed takes the steps off with which it was awaited before.
"""

from __future__ import annotations

import dis
from types import CodeType, TracebackType

from services.debugcog.whole_parts import is_below

STEPS_MAX = 5_000
HANDED_ON = ("asyncio", "concurrent.futures")
"""Modules whose ``raise`` passes on what was raised elsewhere, in a task or a thread."""
KEPT = ("concurrent.futures",)
"""Those of them that keep the steps with which they have handed it on before; a result that is
asked for again is handed on once more, to other code than that of a thread."""
RAISE = dis.opmap["RAISE_VARARGS"]


def steps(trace: TracebackType | None) -> list[TracebackType]:
    """List the steps of a traceback, outermost first."""
    found: list[TracebackType] = []
    while trace is not None and len(found) < STEPS_MAX:
        found.append(trace)
        trace = trace.tb_next
    return found


def raised_again(
    now: list[TracebackType], before: TracebackType | None, *, is_handled: bool = False
) -> list[TracebackType]:
    """Return the steps of the last raise; nothing when it is the one that was seen.

    Args:
        now: the steps.
        before: the traceback when it was seen.
        is_handled: it is still being handled, as far as one knows. Then only the statement that
            has raised it first raises it again; another one is a part of the handling.
    """
    new = len(now) - 1
    if before is not None:
        found = next((at for at, step in enumerate(now) if step is before), None)
        if found is None:
            return now if _is_other(now, steps(before), is_handled) else []
        new = min(new, found)
    for at in range(new):
        if _is_anew(now, at, is_handled):
            return now[: at + 1]
    return []


def _is_other(now: list[TracebackType], before: list[TracebackType], is_handled: bool) -> bool:
    """Return whether a traceback that was replaced is of another raise, not the rest of one."""
    if not now or len(now) >= STEPS_MAX or any(step is now[0] for step in before):
        return False
    if not is_handled:
        return True
    is_new = now[-1] is not before[-1] and _is_raise(now[-1])
    return is_new and _are_of_one_statement(now[-1], before[-1])


def _is_anew(now: list[TracebackType], at: int, is_handled: bool) -> bool:
    """Return whether a step is that of a ``raise`` of what was raised and caught before."""
    step, following = now[at], now[at + 1]
    if not _is_raise(step):
        return False
    if _hands_on(step):
        is_repeated = any(_are_of_one_statement(step, each) for each in now[at + 1 :])
        return is_repeated and _hands_on(step, KEPT) and not _hands_on(following)
    if is_handled:
        return _are_of_one_statement(step, now[-1])
    return step.tb_frame is not following.tb_frame or step.tb_lasti == following.tb_lasti


def is_raise(step: TracebackType) -> bool:
    """Return whether a frame of the host's or a library has executed ``raise error``."""
    return _is_raise(step) and not _hands_on(step)


def _is_raise(step: TracebackType) -> bool:
    """Return whether a frame has executed ``raise error``; a bare ``raise`` leaves no step."""
    code: CodeType = step.tb_frame.f_code
    return code.co_code[step.tb_lasti] == RAISE


def _hands_on(step: TracebackType, modules: tuple[str, ...] = HANDED_ON) -> bool:
    return is_below(str(step.tb_frame.f_globals.get("__name__")), modules)


def _are_of_one_statement(step: TracebackType, other: TracebackType) -> bool:
    return step.tb_frame.f_code is other.tb_frame.f_code and step.tb_lasti == other.tb_lasti

"""Stall → the sentences that name who blocked the event loop."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline, short
from services.debugcog.stalls.stall import Stall, StallSummary
from services.debugcog.wording import counted

FUNCTION_MAX = 80
PLACE_MAX = 120


def blocked_by(stall: Stall) -> str:
    """Name function, place, duration and, where it is known, what it did and what helps."""
    hint = f": {stall.hint}" if stall.hint else ""
    return f"Blocked by {who(stall)} for {stall.duration}{hint}"


def worst_stall(stall: Stall) -> str:
    """Tell how long the longest stall was, and who blocked where that was seen."""
    by = f": {who(stall)}" if stall.function else ""
    return f"worst {stall.duration}{by}"


def stall_count(stalls: StallSummary) -> str:
    """Count the stalls of a window."""
    return f"{stalls.count}+ stalls" if stalls.more else counted(stalls.count, "stall")


def who(stall: Stall) -> str:
    """Name function, place and, where it is not the loop's, the thread."""
    thread = f" in thread {short(stall.thread, FUNCTION_MAX)}" if stall.thread else ""
    place = short(stall.place, PLACE_MAX)
    return f"{inline(stall.function, FUNCTION_MAX)} ({place}){thread}"

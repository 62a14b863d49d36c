"""Stall → the sentences that name who blocked the event loop."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline, short
from services.debugcog.stalls.stall import Stall, StallSummary

FUNCTION_MAX = 80
PLACE_MAX = 120


def blocked_by(stall: Stall) -> str:
    """Name function, place, duration and, where it is known, what it did and what helps."""
    hint = f": {stall.hint}" if stall.hint else ""
    return f"Blocked by {_who(stall)} for {stall.duration}{hint}"


def worst_stall(stall: Stall) -> str:
    """Tell how long the longest stall was, and who blocked where that was seen."""
    who = f": {_who(stall)}" if stall.function else ""
    return f"worst {stall.duration}{who}"


def stall_count(stalls: StallSummary) -> str:
    """Count the stalls of a window."""
    return "1 stall" if stalls.count == 1 else f"{stalls.count}{'+' * stalls.more} stalls"


def _who(stall: Stall) -> str:
    thread = f" in thread {short(stall.thread, FUNCTION_MAX)}" if stall.thread else ""
    place = short(stall.place, PLACE_MAX)
    return f"{inline(stall.function, FUNCTION_MAX)} ({place}){thread}"

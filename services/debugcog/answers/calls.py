"""Call → CallLine: one call as answers show it, and why Discord waited for it."""

from __future__ import annotations

from services.debugcog.answers.figure import Figure
from services.debugcog.calls.call import ANSWERED, NEAR_MS, Call, Kind, Outcome, Problem
from services.debugcog.frozen import frozen
from services.debugcog.stalls.stall import Stall
from services.debugcog.units import human

PROBLEMS: dict[Problem, str] = {
    "unknown": "not acknowledged in time (10062)",
    "twice": "acknowledged twice (40060)",
    "error": "acknowledgement refused",
    "never": "never acknowledged",
}
PARTS = ("gateway", "event loop", "code")
"""What an acknowledgement waits for, in this order."""
UNHANDLED = (
    "nothing handles it: its view has timed out, or was not added again after a restart"
    " (`bot.add_view`)"
)


@frozen(kw_only=True)
class CallLine:
    """One call.

    Attributes:
        id: of the interaction or message.
        kind: of what it is.
        name: of the command, or of what else handled it.
        at: when Discord created it, in unix seconds by this machine's clock.
        duration: of the handler.
        outcome: of the handler.
        acknowledged: how long Discord waited for the acknowledgement, or for the attempt at one.
        split: of that, by ``PARTS``; without a value where there was none.
        problem: of the acknowledgement, in words; empty where there was none.
        reason: what took the time, or what went wrong, in a sentence; empty where all was well.
        user_id: who used it.
        guild_id: where; None in direct messages.
        channel_id: likewise.
        message_id: the message that caused it.
        error: id for ``/debug errors``; empty where there was none.
        traced: whether its trace is kept.
    """

    id: int
    kind: Kind
    name: str
    at: float
    duration: Figure
    outcome: Outcome
    acknowledged: Figure
    split: tuple[Figure, Figure, Figure]
    problem: str
    reason: str
    user_id: int | None
    guild_id: int | None
    channel_id: int | None
    message_id: int | None
    error: str
    traced: bool


def call_line(call: Call, stall: Stall | None = None, *, traced: bool | None = None) -> CallLine:
    """Show a call.

    Args:
        call: that has ended.
        stall: the worst one of the event loop; it is named where it was in the way.
        traced: whether its trace is kept, where the call itself does not tell.
    """
    split = (call.gateway_ms, call.loop_ms, call.code_ms)
    gateway, loop, code = (Figure(value, "ms") for value in split)
    return CallLine(
        id=call.id,
        kind=call.kind,
        name=call.name,
        at=call.at,
        duration=Figure(call.ms, "ms"),
        outcome=call.outcome,
        acknowledged=Figure(call.acknowledged_ms, "ms"),
        split=(gateway, loop, code),
        problem=PROBLEMS.get(call.problem, ""),
        reason=_reason(call, stall) if call.troubled else "",
        user_id=call.user_id,
        guild_id=call.guild_id,
        channel_id=call.channel_id,
        message_id=call.message_id,
        error=call.error,
        traced=bool(call.spans) if traced is None else traced,
    )


def is_answered(line: CallLine) -> bool:
    """Return whether Discord waits for an acknowledgement of such a call."""
    return line.kind in ANSWERED


def _reason(call: Call, stall: Stall | None) -> str:
    """Say what took the time, or what went wrong."""
    waited = call.acknowledged_ms
    if call.outcome == "unhandled":
        return UNHANDLED
    if waited is None:
        return f"the handler ended after {human(call.ms, 'ms')} without an answer"
    if call.problem == "twice":
        return "something else has answered it: does the bot run twice?"
    if call.problem == "error" and waited < NEAR_MS:
        return "the log has Discord's answer"
    if waited < NEAR_MS:
        took = human(waited, "ms")
        return f"Discord did not know it after only {took}: does the bot run twice?"
    return _longest(call, waited, stall)


def _longest(call: Call, waited: float, stall: Stall | None) -> str:
    """Name the part that took longest."""
    parts = (call.gateway_ms, call.loop_ms, call.code_ms or 0.0)
    ms, part = max(zip(parts, PARTS, strict=True))
    of = f"{human(ms, 'ms')} of {human(waited, 'ms')}"
    if part == "gateway":
        return f"it took {of} to reach the bot"
    if part == "code":
        return f"its code took {of}; defer the response first"
    return f"the event loop was busy for {of}{_by(call, waited, stall)}"


def _by(call: Call, waited: float, stall: Stall | None) -> str:
    """Name who blocked the event loop while a call waited for it, if that was seen."""
    if stall is None or not stall.function:
        return ""
    overlaps = stall.began < call.at + waited / 1000 and call.at < stall.began + stall.seconds
    return f", blocked by {stall.function} ({stall.place})" if overlaps else ""

"""Call: one interaction, command or message that the host handled; frozen, with its spans."""

from __future__ import annotations

from typing import Literal

from services.debugcog.frozen import frozen

Kind = Literal["slash", "menu", "prefix", "component", "modal", "autocomplete", "message"]
COMMANDS: tuple[Kind, ...] = ("slash", "menu", "prefix")
ANSWERED: tuple[Kind, ...] = ("slash", "menu", "component", "modal", "autocomplete")
"""Kinds that Discord waits for an acknowledgement of."""
Outcome = Literal["done", "failed", "refused", "unhandled"]
"""A refused call did not run, or could not be understood; nobody took up an unhandled one."""
Problem = Literal["", "unknown", "twice", "error", "never"]
"""Of an acknowledgement: Discord answered 10062, 40060 or something else, or there was none."""

LIMIT_MS = 3000.0
"""https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback"""
NEAR_MS = 2000.0
"""From here on an acknowledgement comes near the limit."""

COMMAND, INTERACTION, ACKNOWLEDGEMENT = "command", "interaction", "acknowledgement"
"""Metrics of calls: time of a command, time of another interaction's handler, and from the
creation of an interaction to its acknowledgement."""
HANDLER = "handler"
"""Label of the latter two: the name of the call."""


@frozen
class Span:
    """A timed block, a traced call or a request to Discord inside a call.

    Attributes:
        service: name of the metric or of the traced service.
        detail: labels, or what was called; may be empty.
        start_ms: from the start of the call.
        ms: how long it took.
        failed: it raised.
        lane: number of the task or thread that it ran in; 0 is the call's own.
    """

    service: str
    detail: str
    start_ms: float
    ms: float
    failed: bool
    lane: int


@frozen
class ServiceSum:
    """All spans of one service in a call, also those that are not kept one by one.

    Attributes:
        service: its name.
        calls: how many.
        failed: of these.
        ms: of all of them together.
        slowest_ms: the slowest.
    """

    service: str
    calls: int
    failed: int
    ms: float
    slowest_ms: float


@frozen(kw_only=True)
class Call:
    """What was handled.

    Attributes:
        id: of the interaction or message.
        kind: of what it is.
        name: as people type the command; or of the view, form or listener.
        at: when Discord created it, by this machine's clock, in unix seconds.
        ms: how long the handler ran; 0.0 where none did.
        outcome: of the handler.
        gateway_ms: from its creation to this process, without what the event loop kept it waiting.
        loop_ms: for which the event loop was busy with something else before the handler began.
        code_ms: from the handler's start to the acknowledgement, or to the attempt at one; None
            where there was none.
        problem: of the acknowledgement.
        user_id: who used it.
        guild_id: where; None in direct messages.
        channel_id: likewise.
        message_id: the message that caused it, in that channel.
        error: id of the error for ``/debug errors``; empty where there was none.
        spans: in the order in which they ended, a bounded number.
        left_out: spans beyond the bound.
        services: all spans, added up.
    """

    id: int
    kind: Kind
    name: str
    at: float
    ms: float = 0.0
    outcome: Outcome = "done"
    gateway_ms: float = 0.0
    loop_ms: float = 0.0
    code_ms: float | None = None
    problem: Problem = ""
    user_id: int | None = None
    guild_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    error: str = ""
    spans: tuple[Span, ...] = ()
    left_out: int = 0
    services: tuple[ServiceSum, ...] = ()

    @property
    def acknowledged_ms(self) -> float | None:
        """Return how long Discord waited for the acknowledgement, or for the attempt at one."""
        return None if self.code_ms is None else self.gateway_ms + self.loop_ms + self.code_ms

    @property
    def troubled(self) -> bool:
        """Return whether it was acknowledged late or not at all."""
        return bool(self.problem) or (self.acknowledged_ms or 0.0) >= NEAR_MS

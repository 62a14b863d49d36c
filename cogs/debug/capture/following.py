"""Following: one call while it goes on, from its arrival to its end; and the kind of one."""

from __future__ import annotations

from typing import Any

import discord

from services.debugcog.calls.call import Call, Kind, Outcome, Problem, ServiceSum, Span
from services.debugcog.calls.running import Running

KINDS: dict[discord.InteractionType, Kind] = {
    discord.InteractionType.autocomplete: "autocomplete",
    discord.InteractionType.component: "component",
    discord.InteractionType.modal_submit: "modal",
}


def kind_of(interaction: discord.Interaction[Any]) -> Kind:
    """Return the kind of an interaction."""
    data: dict[str, Any] = dict(interaction.data or {})
    return KINDS.get(interaction.type) or ("slash" if data.get("type", 1) == 1 else "menu")


class Following(Running):
    """A call that goes on; times are of ``time.perf_counter()`` unless they say otherwise.

    Args:
        number: id of the interaction or message.
        kind: of the call.
        received: when it arrived.
        at: when Discord created it, in unix seconds.
        way: seconds from there to its arrival.
        blocked: of these, seconds for which the event loop was late.

    Attributes:
        name: as the metrics' label has it; empty until a handler begins.
        handled: whether something is known to handle it.
        listeners: that run for it now.
        error: what its handler has raised, until its end.
        error_id: of that.
        ms: how long its handler ran.
        outcome: of the handler.
        acknowledged: when Discord took the response; None until then.
        problem: of the acknowledgement.
        is_told: whether the metric of acknowledgements has it.
    """

    __slots__ = (
        *("_answered", "_begun", "_place", "_services", "_taken"),
        *("acknowledged", "at", "blocked", "error", "error_id", "handled", "id", "is_told"),
        *("kind", "listeners", "ms", "name", "outcome", "problem", "received", "way"),
    )

    def __init__(
        self, number: int, kind: Kind, received: float, at: float, way: float, blocked: float
    ) -> None:
        super().__init__(received)
        self.id = number
        self.kind: Kind = kind
        self.received = received
        self.way = way
        self.name = ""
        self.handled = False
        self.listeners = 0
        self.error: BaseException | None = None
        self.error_id = ""
        self.ms = 0.0
        self.outcome: Outcome = "done"
        self.acknowledged: float | None = None
        self.problem: Problem = ""
        self.is_told = False
        self.at = at
        self.blocked = min(blocked, way)
        self._begun = False
        self._answered: float | None = None
        self._place: tuple[int | None, int | None, int | None, int | None] = (None,) * 4
        self._taken: tuple[Span, ...] = ()
        self._services: tuple[ServiceSum, ...] = ()

    def place(
        self,
        user_id: int | None,
        guild_id: int | None,
        channel_id: int | None,
        message_id: int | None,
    ) -> None:
        """Note who used it, and where."""
        self._place = (user_id, guild_id, channel_id, message_id)

    def begin_once(self, now: float) -> None:
        """Note that the first of what handles it begins in this task."""
        if not self._begun:
            self._begun = True
            self.begin(now)

    @property
    def is_unstarted(self) -> bool:
        """Return whether nothing has begun to handle it."""
        return not self._begun

    @property
    def is_running(self) -> bool:
        """Return whether its handler, or a listener, still runs."""
        return self.listeners > 0 or (self.handled and not self.finished)

    def end(self, now: float, outcome: Outcome) -> None:
        """Take the time of its handler, and no more spans."""
        self.ms = (now - self.start) * 1000.0 if self._begun else 0.0
        self.outcome = outcome
        self.error = None  # a task that it has started may keep this for ever, and frames with it
        self._taken, self._services = self.finish()

    def answer(self, now: float, problem: Problem) -> None:
        """Note what became of its acknowledgement."""
        self.problem = problem
        self._answered = now
        if not problem:
            self.acknowledged = now

    def call(self) -> Call:
        """Return what is kept of it."""
        user_id, guild_id, channel_id, message_id = self._place
        waited = max(0.0, self.start - self.received) if self._begun else 0.0
        return Call(
            id=self.id,
            kind=self.kind,
            name=self.name,
            at=self.at,
            ms=self.ms,
            outcome=self.outcome,
            gateway_ms=(self.way - self.blocked) * 1000.0,
            loop_ms=(self.blocked + waited) * 1000.0,
            code_ms=None if self._answered is None else (self._answered - self.start) * 1000.0,
            problem=self.problem,
            user_id=user_id,
            guild_id=guild_id,
            channel_id=channel_id,
            message_id=message_id,
            error=self.error_id,
            spans=self._taken,
            left_out=self.left_out,
            services=self._services,
        )

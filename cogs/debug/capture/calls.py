"""Interactions, prefix commands and messages of the host → CallRecords of each, when it ends.

A call begins where the gateway's event is handled and ends when its handler has ended and Discord
has been answered, or can no longer be. All of it happens on the bot's event loop.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

import discord

from cogs.debug.capture.call_records import CODES, CallRecords
from cogs.debug.capture.following import Following, kind_of
from cogs.debug.ui.component_interaction import component_interaction_of, is_hosts
from cogs.debug.ui.own_commands import is_own
from services.debugcog.calls.call import ANSWERED, COMMANDS, LIMIT_MS, Kind, Outcome, Problem
from services.debugcog.calls.clock_offset import ClockOffset
from services.debugcog.calls.loop_delays import LoopDelays
from services.debugcog.calls.running import ACTIVE
from services.debugcog.errors.records import Context
from services.debugcog.guard import guard

OPEN_MAX = 1_000
"""Calls that are followed at once; the oldest is forgotten first."""
SETTLED_SECONDS = LIMIT_MS / 1000 + 0.5
"""From its arrival on; then nobody can acknowledge an interaction any more."""
UNSTARTED_SECONDS = 60.0
"""Likewise, for one whose handler has not begun: the event loop is late."""
PROBLEMS = {code: problem for problem, code in CODES.items()}


class Calls:
    """Follows calls from Discord to their end.

    Args:
        records: get what is known of them.
        delays: of the event loop.
        clock: unix time in seconds.
    """

    def __init__(
        self, records: CallRecords, delays: LoopDelays, clock: Callable[[], float] = time.time
    ) -> None:
        self._records = records
        self._delays = delays
        self._clock = clock
        self._offset = ClockOffset()
        self._open: dict[int, Following] = {}

    @guard(None)
    def received(self, interaction: discord.Interaction[Any]) -> None:
        """Begin with an interaction, where the gateway's event is handled."""
        controls = component_interaction_of(interaction)
        if is_own(interaction) or (controls is not None and not is_hosts(interaction)):
            return
        following = self._arrived(interaction.id, kind_of(interaction))
        following.place(
            interaction.user.id,
            interaction.guild_id,
            interaction.channel_id,
            interaction.message.id if interaction.message else None,
        )
        self._add(following)

    @guard(cast("Following | None", None))
    def listening(self, event: str, args: tuple[Any, ...], listener: object) -> Following | None:
        """Return the call that a listener is a part of; None where it is of no call."""
        if event == "on_interaction":
            found = self._open.get(args[0].id)
            if found is not None:
                found.listeners += 1
                found.begin_once(perf_counter())
            return found
        if event != "on_message":
            return None
        message = args[0]
        following = self._arrived(message.id, "message")
        following.listeners = 1
        following.name = getattr(listener, "__qualname__", event)
        guild = message.guild
        following.place(
            message.author.id, guild.id if guild else None, message.channel.id, message.id
        )
        following.begin_once(perf_counter())
        return following

    @guard(None)
    def listened(self, following: Following, error: BaseException | None) -> None:
        """Note that a listener has ended."""
        following.listeners -= 1
        if following.kind != "message":
            self._settle(following)
        elif error is not None or not following.is_empty:
            self._ended(following, "done" if error is None else "failed", error)
            following.name = self._records.label(following.name)
            self._records.keep(following)

    @guard(None)
    def start(self, number: int, context: Context, kind: Kind, name: str) -> None:
        """Start the clock of a handler, and let what runs in this task belong to it.

        Args:
            number: id of the interaction or message.
            context: of it.
            kind: of the call.
            name: of the command, or of what else handles it.
        """
        following = self._open.get(number)
        if following is None:
            following = self._in_message(number, kind) or self._arrived(number, kind)
            following.place(
                context.user_id, context.guild_id, context.channel_id, context.message_id
            )
            self._add(following)
        following.kind, following.name = kind, self._records.label(name)
        following.handled = True
        following.begin_once(perf_counter())
        ACTIVE.set(following)

    @guard(None)
    def failed(self, number: int, error: BaseException, found: str | None) -> None:
        """Note what a handler that goes on to its end has raised, and its id for /debug errors."""
        following = self._open.get(number)
        if following is not None and not following.finished:
            following.error, following.error_id = error, found or ""

    @guard(None)
    def end(
        self, number: int, context: Context, error: BaseException | None = None, found: str = ""
    ) -> None:
        """Stop the clock, once.

        Args:
            number: id of the interaction or message.
            context: of it.
            error: what made the handler fail.
            found: id of it for /debug errors.
        """
        following = self._open.get(number)
        if following is None or following.finished:
            return
        error = following.error if error is None else error
        following.error_id = found or following.error_id
        self._ended(following, "done" if error is None else "failed", error)
        if following.kind in COMMANDS:
            self._records.tell(context, following)
        self._settle(following)

    @guard(None)
    def refused(self, number: int, context: Context) -> None:
        """Note that a command was refused, or could not be understood: it did not run."""
        following = self._open.get(number)
        if following is not None and not following.finished:
            self._ended(following, "refused", None)
            self._records.tell(context, following)
            self._settle(following)

    @guard(None)
    def forget(self, number: int) -> None:
        """Note that a handler has ended without a word, as one that was refused before it ran."""
        following = self._open.get(number)
        if following is not None and not following.finished:
            self._ended(following, "refused", None)
            self._settle(following)

    @guard(None)
    def acknowledged(self, number: int, asked: float, made: int | None) -> None:
        """Note that Discord has taken the first response to an interaction.

        Args:
            number: id of the interaction.
            asked: unix seconds at which it was sent.
            made: id of the message that Discord has made for it; None where it has made none.
        """
        following = self._open.get(number)
        if following is None or following.acknowledged is not None:
            return
        self._offset.accepted(number, asked, LIMIT_MS / 1000)
        if made is not None and made > number:
            self._offset.made(made, asked, self._clock())
        self._answered(following, "")

    @guard(None)
    def not_acknowledged(self, number: int, error: BaseException) -> None:
        """Note that Discord has refused the first response to an interaction."""
        following = self._open.get(number)
        if following is not None and following.acknowledged is None:
            code = error.code if isinstance(error, discord.HTTPException) else 0
            self._answered(following, PROBLEMS.get(code, "error"))

    @guard(None)
    def settle(self) -> None:
        """Close what nobody can acknowledge any more; to be called every few seconds."""
        for following in tuple(self._open.values()):
            self._settle(following)

    def _arrived(self, number: int, kind: Kind) -> Following:
        """Make a call of what has arrived just now."""
        now = perf_counter()
        way = self._offset.arrived(number, self._clock())
        blocked = self._delays.between(now - way, now)
        return Following(number, kind, now, self._clock() - way, way, blocked)

    def _add(self, following: Following) -> None:
        if len(self._open) >= OPEN_MAX:
            del self._open[next(iter(self._open))]
        self._open[following.id] = following

    @staticmethod
    def _in_message(number: int, kind: Kind) -> Following | None:
        """Make the call of a prefix command that this task has found in a message."""
        outer = ACTIVE.get()
        if not isinstance(outer, Following) or outer.id != number:
            return None
        return Following(number, kind, perf_counter(), outer.at, outer.way, outer.blocked)

    def _ended(self, following: Following, outcome: Outcome, error: BaseException | None) -> None:
        """Take the time of a handler, as a metric too, unless it did not run."""
        following.end(perf_counter(), outcome)
        if outcome == "refused" or following.kind == "message":
            return
        self._records.time(following, error)

    def _answered(self, following: Following, problem: Problem) -> None:
        """Note that Discord has answered the response; after its refusal, another may come."""
        following.answer(perf_counter(), problem)
        if following.name and problem != "error":
            self._records.time_answer(following)
        self._settle(following)

    def _settle(self, following: Following) -> None:
        """Close a call that has ended and that Discord has been answered, or cannot be any more."""
        if following.kind not in ANSWERED:
            is_over = following.finished
        elif following.is_running:
            return
        else:
            waits = UNSTARTED_SECONDS if following.is_unstarted else SETTLED_SECONDS
            is_late = perf_counter() - following.received + following.way > waits
            is_over = following.acknowledged is not None or following.problem != "" or is_late
        if is_over:
            self._close(following)

    def _close(self, following: Following) -> None:
        if self._open.pop(following.id, None) is None:  # closed, or too many of them
            return
        if not following.finished:
            is_answered = following.acknowledged is not None
            following.end(perf_counter(), "done" if is_answered else "unhandled")
            by = "on_interaction" if is_answered else f"unhandled:{following.kind}"
            following.name = following.name or self._records.label(by)
        if following.kind in ANSWERED:
            if following.acknowledged is None and not following.problem:
                following.problem = "never"
            self._records.time_answer(following)
        self._records.keep(following)

"""Call that has ended → metrics, CallBook, sums by day, and lines of the log."""

from __future__ import annotations

from collections.abc import Callable

from cogs.debug.capture.following import Following
from services.debugcog.activity.days import EVERYBODY, DayCounter
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.call import (
    ACKNOWLEDGEMENT,
    COMMAND,
    COMMANDS,
    HANDLER,
    INTERACTION,
    Call,
    Problem,
)
from services.debugcog.errors.records import Context
from services.debugcog.guard import own_logger
from services.debugcog.timeseries.metric_names import label_text
from services.debugcog.timeseries.timer import Timer

NAMES_MAX = 1_000
CODES: dict[Problem, int] = {"unknown": 10062, "twice": 40060}
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json"""

log = own_logger("debugcog.commands")


class LateError(Exception):
    """Stands for an acknowledgement that failed, where metrics count failures."""


class CallRecords:
    """Passes on what is known of a call.

    Args:
        timer: of MetricsService.
        book: gets every call when it has ended.
        days: gets their sums; None where nothing is counted.
    """

    def __init__(
        self, timer: Callable[..., Timer], book: CallBook, days: DayCounter | None
    ) -> None:
        self._timer = timer
        self._book = book
        self._days = days
        self._names: dict[str, str] = {}

    def label(self, name: str) -> str:
        """Write a name as the label of the metrics has it."""
        found = self._names.get(name)
        if found is None:
            if len(self._names) >= NAMES_MAX:
                self._names.clear()
            found = self._names[name] = label_text(HANDLER, name)
        return found

    def time(self, following: Following, error: BaseException | None) -> None:
        """Record how long a handler ran, up to now."""
        if following.kind in COMMANDS:
            timer = self._timer(COMMAND, **{COMMAND: following.name})
        else:
            timer = self._timer(INTERACTION, **{HANDLER: following.name})
        kind = None if error is None else type(error)
        timer.since(following.start).__exit__(kind, error, None)

    def time_answer(self, following: Following) -> None:
        """Record how long Discord has waited for an acknowledgement, up to now, once."""
        if not following.is_told:
            following.is_told = True
            timer = self._timer(ACKNOWLEDGEMENT, **{HANDLER: following.name})
            error = LateError() if following.problem else None
            began = timer.since(following.received - following.way)
            began.__exit__(type(error) if error else None, error, None)

    def tell(self, context: Context, following: Following) -> None:
        """Write the line of a command."""
        log.info(
            "Command %s: user_id=%s guild_id=%s %s after %.0f ms",
            context.command,
            context.user_id,
            context.guild_id,
            following.outcome,
            following.ms,
        )

    def keep(self, following: Following) -> None:
        """Keep and count a call when all is known of it."""
        call = following.call()
        self._book.keep(call)
        if self._days is not None:
            self._count(self._days, call, following)
        if call.problem:
            log.warning(
                "%s was not acknowledged (%s): gateway %.0f ms, event loop %.0f ms, code %.0f ms",
                call.name,
                CODES.get(call.problem, call.problem),
                call.gateway_ms,
                call.loop_ms,
                call.ms if call.code_ms is None else call.code_ms,
            )

    @staticmethod
    def _count(days: DayCounter, call: Call, following: Following) -> None:
        user_id = call.user_id or EVERYBODY
        if call.outcome != "refused" and call.kind not in ("message", "autocomplete"):
            days.count(
                "command" if call.kind in COMMANDS else "component",
                call.name,
                user_id,
                failed=call.outcome == "failed",
                ms=call.ms,
                slowest_ms=call.ms,
                late=call.troubled,
            )
        for one in call.services:
            days.count(
                "service",
                one.service,
                EVERYBODY,
                calls=one.calls,
                failed=one.failed,
                ms=one.ms,
                slowest_ms=one.slowest_ms,
            )
        for (model, which), amount in following.tokens.items():
            days.tokens(model, user_id, which, amount)

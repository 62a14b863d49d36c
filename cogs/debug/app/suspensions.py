"""Times in which the process stood still → log line, change for incidents, notice, sentences."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

from services.debugcog.alerting import suspensions
from services.debugcog.frozen import slotted
from services.debugcog.guard import own_logger
from services.debugcog.process.suspension import SuspensionWatch
from services.debugcog.timeseries.timer import Timer

if TYPE_CHECKING:
    import sqlite3

    from services.debugcog.steady_clock import Timestamp

    Note = Callable[[sqlite3.Connection, Timestamp], None]

log = own_logger("debugcog.runtime")

SHOWN_SECONDS = 3600.0


@slotted
class SuspensionReports:
    """Tells of each time once, and lets no timer count it.

    Attributes:
        watch: notices them.
        act: keeps what it is told, between two evaluations of the rules.
        scale: what every duration of alerts is multiplied by.
    """

    watch: SuspensionWatch
    act: Callable[[Note], Awaitable[object]]
    scale: float = 1.0
    _before: Callable[[float, float], float] | None = field(default=None, init=False)

    def start(self) -> None:
        """Watch, and let timers ask."""
        self._before, Timer.suspended = Timer.suspended, self.watch.lost
        self.watch.start()

    def close(self) -> None:
        """Stop watching."""
        if self._before is not None and Timer.suspended == self.watch.lost:
            Timer.suspended = self._before  # else another bot of this process has taken over
        self.watch.close()

    async def tell(self) -> None:
        """Tell of those that are new."""
        for one in self.watch.take():
            log.warning(
                "%s: nothing ran, and no rule counts that time", suspensions.sentence(one.seconds)
            )
            note = partial(
                suspensions.note_suspension, seconds=one.seconds, ended=one.ended, scale=self.scale
            )
            await self.act(note)

    def sentences(self, when: Callable[[float], str]) -> list[str]:
        """Say which were there in the last hour; ``when`` writes a moment."""
        now = time.time()
        return [
            f"{suspensions.sentence(one.seconds)}, until {when(one.ended)}."
            for one in self.watch.recent[-3:]
            if now - one.ended < SHOWN_SECONDS
        ]

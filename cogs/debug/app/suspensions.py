"""Times in which the process stood still → log line, change for incidents, notice, sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from cogs.debug.ui.times import ago
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.suspensions import note_suspension, sentence
from services.debugcog.process.suspension import SuspensionWatch
from services.debugcog.timeseries.timer import Timer

log = logging.getLogger("debugcog.runtime")

SHOWN_SECONDS = 3600.0


@dataclass(slots=True)
class SuspensionReports:
    """Tells of each time once, and lets no timer count it.

    Attributes:
        watch: notices them.
        evaluator: keeps what it is told, between two evaluations.
        scale: what every duration of alerts is multiplied by.
    """

    watch: SuspensionWatch
    evaluator: Evaluator
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
            log.warning("%s: nothing ran, and no rule counts that time", sentence(one.seconds))
            note = partial(note_suspension, seconds=one.seconds, ended=one.ended, scale=self.scale)
            await self.evaluator.act(note)

    def sentences(self) -> list[str]:
        """Say which were there in the last hour, for /debug alerts."""
        now = time.time()
        return [
            f"{sentence(one.seconds)}, until {ago(one.ended)}."
            for one in self.watch.recent[-3:]
            if now - one.ended < SHOWN_SECONDS
        ]

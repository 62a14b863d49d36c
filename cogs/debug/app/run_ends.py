"""How runs end: what the last one has left, and what the next one will find of this one."""

from __future__ import annotations

import faulthandler  # noqa: F401 - of crash_trace, which a thread runs: see ProcessSampler.prepare
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from services.debugcog.alerting import death, evaluator
from services.debugcog.answers import growth
from services.debugcog.errors.exits import ExitNotes
from services.debugcog.logfile.text import shortened
from services.debugcog.process import crash_trace
from services.debugcog.process import vitals as process_vitals
from services.debugcog.timeseries import trend

if TYPE_CHECKING:
    from services.debugcog.alerting.death import Evidence
    from services.debugcog.metrics import MetricsService
    from services.debugcog.process.crash_trace import CrashTrace
    from services.debugcog.process.vitals import Vitals


LINE_MAX = 200
"""Characters of a log line that is shown."""


class RunEnds:
    """The evidence of the last run, and the notes of this one.

    Args:
        metrics: has the memory of earlier runs, once their history is restored.
        redact: removes secrets.
        clock: unix seconds.
    """

    def __init__(
        self,
        metrics: MetricsService,
        redact: Callable[[str], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._metrics = metrics
        self._redact = redact
        self._clock = clock
        self._trace: CrashTrace | None = None
        self._notes = ExitNotes(self._note)

    def read(self, path: Path, lines: Callable[[], Sequence[str]]) -> Evidence:
        """Read what the last run left.

        Args:
            path: of the trace.
            lines: reads the last ones of the log.
        """
        self._trace = crash_trace.CrashTrace(path)
        return death.Evidence(
            trace=self._redact(self._trace.read()),
            log=tuple(shortened(line, self._redact, LINE_MAX)[0] for line in lines()),
            vitals=self.vitals(),
            trend=self._trend,
        )

    def vitals(self) -> Vitals:
        """Read how the system stands."""
        return process_vitals.read_vitals(self._trace is not None and self._trace.traced)

    def open(self) -> None:
        """Begin the trace of this run, in place of the last one's."""
        if self._trace is not None:
            self._trace.open()

    def close(self) -> None:
        """End the trace: this run ends well."""
        if self._trace is not None:
            self._trace.close()

    def watch(self) -> Callable[[], None]:
        """Note how the process ends, from now on; on the main thread. Return what undoes it."""
        self._notes.install()
        return self._notes.uninstall

    def _note(self, text: str) -> None:
        if self._trace is not None:
            self._trace.note(self._redact(text))

    def _trend(self, started: float, ended: float) -> str:
        window = self._clock() - ended + trend.HOUR
        points = partial(self._metrics.points, percentiles=False)
        return growth.before_end(points(evaluator.MEMORY, window), started, ended)

"""Runtime: all parts of DebugCog, started in order and closed in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from discord.ext import commands

from cogs.debug.app.access import Access
from cogs.debug.app.alerting import Alerting
from cogs.debug.app.error_reports import ErrorReports
from cogs.debug.app.suspensions import SuspensionReports
from cogs.debug.capture.gateway import GatewaySampler
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.times import ago
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.levels import LogLevels
from services.debugcog.logfile.tail import last_lines
from services.debugcog.logfile.text import Redact
from services.debugcog.logs import Logging, share_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.process.crash_trace import CrashTrace
from services.debugcog.process.samplers import LagSampler, ProcessSampler
from services.debugcog.process.termination import Termination
from services.debugcog.setting_warnings import setting_warnings
from services.debugcog.settings import Settings
from services.debugcog.shield import shielded
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.state.database import Database
from services.debugcog.ticker import Ticker
from services.debugcog.timeseries.history import History

T = TypeVar("T")
log = logging.getLogger("debugcog.runtime")

LAG_INTERVAL = 0.25
GATEWAY_INTERVAL = 5.0
HISTORY_INTERVAL = 10.0
SUSPENSION_INTERVAL = 1.0
HOOKS_INTERVAL = 2.0
STATE_INTERVAL = 2.0
EXIT_SECONDS = 1.0
WRITE_BACK_SECONDS = 3.0
"""For state that lives in memory; without any it takes none of them."""
FAULTS_SHOWN = 5
"""Rules and gauges that fail and are named."""
START_RESOLUTION = 1.0
"""Seconds by which a process may be told to have started too soon: the boot has no fraction."""


def _own_thread() -> ThreadPoolExecutor:
    """Make the runtime's thread; the loop's own pool may be full of the host's work."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="debugcog-runtime")


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The parts, as ``app.build`` has built and wired them."""

    bot: commands.Bot
    settings: Settings
    access: Access
    misspelt: tuple[tuple[str, str], ...]
    metrics: MetricsService
    owns_metrics: bool
    put_to_use: Callable[[], Callable[[], None]]
    database: Database
    history: History
    warnings: PerformanceWarnings
    redact: Redact
    process: ProcessSampler
    lag: LagSampler
    stalls: StallWatch
    gateway: GatewaySampler
    suspensions: SuspensionReports
    charts: ChartWorker
    errors: ErrorReports
    alerting: Alerting
    levels: LogLevels = field(init=False)
    _logs: Logging = field(init=False)
    _built: float = field(default_factory=time.time)
    _thread: ThreadPoolExecutor = field(default_factory=_own_thread)
    _started: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Start every part; when one fails, or the start is cancelled, all are closed again."""
        try:
            await self._start(self._started)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every part, the last one first; twice is harmless."""
        await shielded(self._started.aclose())

    async def _start(self, stack: AsyncExitStack) -> None:
        """Start every part; what closes it is noted first, for a start that breaks off midway."""
        stack.callback(self._thread.shutdown)
        if self.owns_metrics:
            stack.push_async_callback(self.off_loop, self.metrics.close)
        stack.push_async_callback(self.off_loop, self.database.close)
        logs, leave = share_logging(self.settings, self.redact)
        self._logs, self.levels = logs, logs.levels
        stack.push_async_callback(self.off_loop, leave)
        self._log_setting_warnings()
        stack.callback(self.put_to_use())
        await self.off_loop(self.database.open)
        if self.settings.metrics_enabled:
            await self.history.restore()
            stack.push_async_callback(self.history.save, final=True)
        stack.push_async_callback(self.off_loop, self.levels.close)
        stack.callback(setattr, self.metrics, "strict", self.metrics.strict)
        self.metrics.strict = self.metrics.strict or self.settings.is_debug
        stack.callback(self.warnings.close)
        self.warnings.watch(self.metrics)
        stack.push_async_callback(self.charts.close)
        stack.push_async_callback(self.off_loop, self.errors.close)
        stack.callback(self.errors.release)
        self.errors.start()
        crash = CrashTrace(self.database.path.with_suffix(".crash"))
        stack.push_async_callback(self.alerting.close)
        trace, lines = await self.off_loop(lambda: (crash.read(), self._last_lines()))
        await self.alerting.start(self.redact(trace), [self.redact(line) for line in lines])
        stack.push_async_callback(self.off_loop, crash.close)
        await self.off_loop(crash.open)  # only now would the next run ask for it
        termination = Termination(lambda: self._terminated(logs))
        stack.callback(termination.uninstall)
        termination.install()
        await self.alerting.service.loaded(self.settings.release)
        stack.push_async_callback(self.off_loop, self.suspensions.close)
        self.suspensions.start()
        for ticker in self._tickers():
            stack.push_async_callback(ticker.close)
            ticker.start()
        stack.push_async_callback(self.off_loop, self.stalls.close)
        stack.callback(self.stalls.release)
        self.stalls.start()

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Run what may block on the runtime's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def troubles(self) -> list[str]:
        """List what keeps alerts from being made or kept, in sentences."""
        troubles = []
        if not self.settings.metrics_enabled:
            troubles.append("No rule is evaluated: `METRICS_ENABLED` is false.")
        if self.alerting.service.failures:
            troubles.append(
                f"{self.alerting.service.failures} evaluations failed; the log says why."
            )
        troubles += self.suspensions.sentences()
        if self.database.trouble:
            troubles.append(plain(f"State file: {self.database.trouble}"))
        return troubles + self._faults()

    def _faults(self) -> list[str]:
        """List what of the host's code fails, and how, in sentences."""
        faults = [("Rule", one) for one in self.alerting.evaluator.faults]
        faults += [("Gauge", one) for one in self.metrics.gauges.faults]
        told = [
            f"{kind} {inline(one.name, 60)} fails: {inline(self.redact(one.text), 120)} "
            f"(first {ago(one.since)}, {one.count} times)"
            for kind, one in faults[:FAULTS_SHOWN]
        ]
        more = len(faults) - FAULTS_SHOWN
        return [*told, f"{more} more of them fail; the log names all."] if more > 0 else told

    def _last_lines(self) -> tuple[str, ...]:
        """Read what the last run wrote at its end; this one may write to the file already."""
        if not self.settings.log_to_file:
            return ()
        before = min(self._built, self.process.started + START_RESOLUTION)
        return last_lines(self.settings.log_file_path, before)

    def _terminated(self, logs: Logging) -> None:
        self.errors.store.flush(EXIT_SECONDS)
        self.alerting.evaluator.end()
        with contextlib.suppress(TimeoutError):
            self.database.write_back().result(WRITE_BACK_SECONDS)  # on its thread, so after that
        log.warning("The bot is ended by SIGTERM")
        self.metrics.fold()  # the last response times are lines of the log
        logs.flush(EXIT_SECONDS)

    def _sample_process(self) -> None:
        self.process.sample()
        self.process.sample_start()

    def _put_back(self) -> None:
        """Put back what the host, or a library, has taken away or covered: handlers and hooks."""
        self._logs.ensure()
        self.errors.catch()

    def _heartbeat(self) -> None:
        self.lag.sample(LAG_INTERVAL)
        self.stalls.beat()

    def _log_setting_warnings(self) -> None:
        """Warn of settings that are read but will not do what was meant."""
        for warning in setting_warnings(self.settings, self.misspelt):
            log.warning("%s", warning)

    def _tickers(self) -> tuple[Ticker, ...]:
        every = self.settings.metrics_collection_interval
        often = min(GATEWAY_INTERVAL, every)  # the gateway's rule looks at three samples of both
        return (
            Ticker("process", every, self._sample_process),
            Ticker("lag", LAG_INTERVAL, self._heartbeat),
            Ticker("gateway", often, self.gateway.sample),
            Ticker("suspensions", SUSPENSION_INTERVAL, self.suspensions.tell),
            Ticker("hooks", HOOKS_INTERVAL, self._put_back),
            Ticker("history", HISTORY_INTERVAL, self.history.save),
            Ticker("state", STATE_INTERVAL, self.alerting.evaluator.take_in),
        )

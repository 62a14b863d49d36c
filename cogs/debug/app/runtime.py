"""Runtime: all parts of DebugCog, started in order and closed in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import field
from typing import TYPE_CHECKING, TypeVar

from discord.ext import commands

from cogs.debug.app.access import Access
from cogs.debug.app.error_reports import ErrorReports
from cogs.debug.app.inspecting import Inspecting
from cogs.debug.app.log_reading import LogReading
from cogs.debug.app.run_ends import RunEnds
from cogs.debug.app.suspensions import SuspensionReports
from cogs.debug.app.upkeep import SAMPLE_INTERVAL, Upkeep
from cogs.debug.app.usage import Usage
from cogs.debug.capture.gateway import GatewaySampler
from services.debugcog.answers.published import Publisher
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.exceptions import type_name
from services.debugcog.frozen import slotted
from services.debugcog.guard import own_logger
from services.debugcog.levels import LogLevels
from services.debugcog.loaded_code import loaded_code
from services.debugcog.logfile.tail import last_lines
from services.debugcog.logfile.text import Redact
from services.debugcog.logs import Logging, share_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.process.own_cost import CostMeter, OwnCost
from services.debugcog.process.samplers import LagSampler, ProcessSampler
from services.debugcog.process.termination import Termination
from services.debugcog.setting_warnings import warn_of_settings
from services.debugcog.settings import Settings
from services.debugcog.shield import shielded
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.state.database import Database
from services.debugcog.ticker import Beat, Ticker, is_here

if TYPE_CHECKING:
    from cogs.debug.app.alerting import Alerting
    from cogs.debug.app.dashboard import Dashboard
    from cogs.debug.app.kept import Kept
    from cogs.debug.capture.task_loops import TaskLoops
    from services.debugcog.answers.sources import Sources
    from services.debugcog.heartbeat import Heartbeat

T = TypeVar("T")
log = own_logger("debugcog.runtime")

LAG_INTERVAL = 0.25
GATEWAY_INTERVAL, HISTORY_INTERVAL = 5.0, 10.0
HOOKS_INTERVAL = STATE_INTERVAL = 2.0
PUBLISH_INTERVAL = SUSPENSION_INTERVAL = 1.0
NO_ALERTS = "No alerts until the cog is loaded again: its start failed"
HOLD_AFTER = 1.0
"""Seconds after the load; code that has not run by then is read, for an upgrade may change it."""
EXIT_SECONDS = 1.0
WRITE_BACK_SECONDS = 3.0  # for state that lives in memory; without any it takes none of them
START_RESOLUTION = 1.0
"""Seconds by which a process may be told to have started too soon: the boot has no fraction."""


@slotted(kw_only=True)
class Runtime:
    """The parts, as ``app.build`` has built and wired them."""

    bot: commands.Bot
    settings: Settings
    access: Access
    misspelt: tuple[tuple[str, str], ...]
    metrics: MetricsService
    close_metrics: Callable[[], None] | None
    put_to_use: Callable[[], Callable[[], None]]
    database: Database
    warnings: PerformanceWarnings
    redact: Redact
    process: ProcessSampler
    lag: LagSampler
    stalls: StallWatch
    log_reading: LogReading
    gateway: GatewaySampler
    suspensions: SuspensionReports
    charts: ChartWorker
    errors: ErrorReports
    make_alerting: Callable[[], Alerting]
    make_kept: Callable[[], Kept]
    upkeep: Upkeep
    usage: Usage
    ends: RunEnds
    inspections: Inspecting
    loops: Callable[[], TaskLoops]
    cost: CostMeter
    sources: Sources
    publisher: Publisher
    dashboard: Dashboard | None
    heartbeat: Heartbeat | None
    alerting: Alerting = field(init=False)
    kept: Kept = field(init=False)
    levels: LogLevels = field(init=False)
    _logs: Logging = field(init=False)
    _ticking: tuple[Ticker | Beat, ...] = ()
    _run: Future[None] = field(default_factory=Future)
    _rest: asyncio.Task[None] | None = None
    is_open: bool = False
    failure: str = ""
    _built: float = field(default_factory=time.time)
    _thread: ThreadPoolExecutor = field(  # the loop's own pool may be full of the host's work
        default_factory=lambda: ThreadPoolExecutor(1, "debugcog-runtime")
    )
    _started: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Watch from now on; what earlier runs have left is read after that, by a thread.

        When a part fails, all are closed again.
        """
        try:
            self._watch(self._started)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close every part, the last one first; twice is harmless."""
        await shielded(self._close())

    async def whole(self) -> None:
        """Wait until what begins after the load has begun: the end of this run would be told."""
        if self._rest is not None and not self._rest.done() and is_here(self._rest):
            await asyncio.wait((self._rest,))

    async def _close(self) -> None:
        await self.whole()
        await self._started.aclose()

    def _watch(self, stack: AsyncExitStack) -> None:
        """Start what sees errors, log lines and values; the state file may take its time.

        What closes a part is noted before it starts, for a start that breaks off midway.
        """
        stack.callback(self._thread.shutdown)
        stack.callback(self.log_reading.close)
        if self.close_metrics:
            stack.push_async_callback(self.off_loop, self.close_metrics)
        stack.push_async_callback(self.off_loop, self.database.close)
        logs, leave = share_logging(self.settings, self.redact)
        self._logs, self.levels, self.log_reading.logs = logs, logs.levels, logs
        stack.push_async_callback(self.off_loop, leave)
        warn_of_settings(self.settings, self.misspelt)
        stack.callback(self.put_to_use())
        stack.push_async_callback(self._keep)
        stack.callback(setattr, self.metrics, "strict", self.metrics.strict)
        self.metrics.strict = self.metrics.strict or self.settings.is_debug
        stack.callback(self.warnings.close)
        self.warnings.watch(self.metrics)
        stack.push_async_callback(self.charts.close)
        stack.push_async_callback(self.off_loop, self.errors.close)
        stack.callback(self.errors.release)
        self.errors.start()
        stack.push_async_callback(self.upkeep.close)
        self.upkeep.catch()
        stack.push_async_callback(self._end_run)
        stack.push_async_callback(self.off_loop, self.ends.close)
        stack.callback(self.ends.watch())
        termination = Termination(lambda: self._terminated(logs))
        stack.callback(termination.uninstall)
        termination.install()
        stack.push_async_callback(self.off_loop, self.suspensions.close)
        self.suspensions.start()
        stack.callback(self.inspections.close)
        stack.callback(self.usage.stop)
        self.usage.start()
        stack.push_async_callback(self.off_loop, self.stalls.close)
        stack.callback(self.stalls.release)
        self.stalls.start()
        self.lag.sample(LAG_INTERVAL)
        self._tick(stack, Beat("lag", LAG_INTERVAL, self._heartbeat))
        loop = asyncio.get_running_loop()
        stack.callback(loop.call_later(HOLD_AFTER, self._thread.submit, loaded_code().hold).cancel)
        self._run = self._thread.submit(self._begin_run, self.database.begin())
        self._rest = loop.create_task(self._start_rest(stack), name="debugcog-start")

    def _begin_run(self, opening: Future[None]) -> None:
        """Read what earlier runs have left, and note this one; without the loop, which may hang."""
        self.alerting, self.kept = self.make_alerting(), self.make_kept()
        opening.result()
        self.is_open = True
        self.kept.restore()
        path = self.database.path.with_suffix(".crash")
        self.alerting.evaluator.load(self.ends.read(path, self._last_lines))
        self.ends.open()  # only now would the next run ask for it

    async def _start_rest(self, stack: AsyncExitStack) -> None:
        """Start what needs the state file, and what works by the clock."""
        try:
            self.process.prepare()  # a thread must not import while a reload walks sys.modules
            await asyncio.shield(asyncio.wrap_future(self._run))
            self.alerting.start()
            await self.alerting.service.loaded(self.settings.release, self.process.started)
            self._tick(stack, *self._tickers())
            if self.dashboard is not None:
                stack.push_async_callback(self.off_loop, self.dashboard.close)
                self.dashboard.start()
            if self.heartbeat is not None:
                stack.push_async_callback(self.off_loop, self.heartbeat.close)
                self.heartbeat.start()
            self.cost.started()
        except Exception as error:
            self.failure = f"{NO_ALERTS} ({type_name(type(error))}); the log has the traceback."
            log.error("%s", NO_ALERTS, exc_info=error)

    def _tick(self, stack: AsyncExitStack, *tickers: Ticker | Beat) -> None:
        self._ticking += tickers
        for ticker in tickers:
            stack.push_async_callback(ticker.close)
            ticker.start()

    async def _keep(self) -> None:
        """Write what is in memory, unless the state file was never open."""
        if self.is_open:
            await self.off_loop(self.kept.save)
            await self.kept.save_metrics(final=True)

    async def _end_run(self) -> None:
        if self.is_open:
            await self.alerting.close()

    async def off_loop(self, work: Callable[[], T]) -> T:
        """Run what may block on the runtime's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def own_cost(self) -> OwnCost:
        """Add up what the cog takes itself; some ms, so not on the event loop."""
        return self.cost.read(sum(ticker.seconds for ticker in self._ticking))

    def _last_lines(self) -> tuple[str, ...]:
        """Read what the last run wrote at its end; this one may write to the file already."""
        if self._logs.path is None:
            return ()
        started = self.process.started + START_RESOLUTION
        before = min(self._built, self._logs.began, started)
        return last_lines(self._logs.path, before)

    def _terminated(self, logs: Logging) -> None:
        with contextlib.suppress(Exception):  # told where it is awaited
            self._run.result(WRITE_BACK_SECONDS)
        self.errors.store.flush(EXIT_SECONDS)
        if self.is_open:
            self.alerting.evaluator.end()
            with contextlib.suppress(Exception):  # a disk that fails is no reason to stay
                self._thread.submit(self.kept.save).result(WRITE_BACK_SECONDS)
        with contextlib.suppress(TimeoutError):
            self.database.write_back().result(WRITE_BACK_SECONDS)  # on its thread, so after that
        log.warning("SIGTERM received: the bot is shutting down")
        self.metrics.settle()  # the last response times are lines of the log
        logs.flush(EXIT_SECONDS)

    async def _sample_process(self) -> None:
        await self.off_loop(self.process.sample)
        self.process.sample_start()

    def _put_back(self) -> None:
        """Put back what the host, or a library, has taken away or covered: handlers and hooks."""
        self._logs.ensure()
        self.errors.catch()
        self.usage.calls.calls.settle()
        self.upkeep.catch()

    async def _save_news(self) -> None:
        if self.kept.has_news:
            await self.off_loop(self.kept.save)

    def _heartbeat(self) -> None:
        self.lag.sample(LAG_INTERVAL)
        self.stalls.beat()

    def _tickers(self) -> tuple[Ticker | Beat, ...]:
        every = self.settings.metrics_collection_interval
        often = min(GATEWAY_INTERVAL, every)  # the gateway's rule looks at three samples of both
        publish = Ticker("publish", PUBLISH_INTERVAL, self.publisher.publish)
        return (
            *((publish,) if self.dashboard is not None else ()),
            Ticker("process", every, self._sample_process),
            Beat("tasks", SAMPLE_INTERVAL, self.upkeep.sample),
            Ticker("gateway", often, self.gateway.sample),
            Ticker("suspensions", SUSPENSION_INTERVAL, self.suspensions.tell),
            Ticker("hooks", HOOKS_INTERVAL, self._put_back),
            Ticker("history", HISTORY_INTERVAL, self.kept.save_metrics),
            Ticker("usage", HISTORY_INTERVAL, self._save_news),
            Ticker("state", STATE_INTERVAL, self.alerting.evaluator.take_in),
        )

"""Handlers of /debug memory and its controls: memory, a census, or allocations as a Reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from cogs.debug.features.memory import census_reply, tracing_reply
from cogs.debug.features.memory.actions import (
    CensusLater,
    ShowMemory,
    StartTracing,
    TakeCensus,
    Trace,
)
from cogs.debug.features.memory.reply import memory_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply, problem
from services.debugcog.answers.allocations import allocations_answer
from services.debugcog.answers.caches import Caches
from services.debugcog.answers.census import census_answer
from services.debugcog.answers.memory import memory as answer
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.inspection.forked import UNAVAILABLE, ChildError, is_available
from services.debugcog.inspection.inspections import Inspections
from services.debugcog.units import human
from services.debugcog.windows import Window

MINUTES_MAX = 60


@frozen(kw_only=True)
class MemoryHandlers:
    """What /debug memory and its controls do.

    Attributes:
        sources: of the figures.
        publisher: reads what only the bot's thread may read.
        caches: of discord.py.
        inspections: counts objects and traces allocations.
        redact: removes secrets from lines of source.
    """

    sources: Sources
    publisher: Publisher
    caches: Caches
    inspections: Inspections
    redact: Callable[[str], str]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowMemory, asked(lambda action: self.memory(action.window))),
            Control(TakeCensus, asked(lambda action: self.census(action.window))),
            Control(CensusLater, asked(self.census_later)),
            Control(Trace, asked(self.trace)),
            Control(StartTracing, asked(self.start_tracing)),
        )

    async def open(self, window: Window, what: str) -> Reply:
        """Do what the command asks for."""
        if what == "census":
            return await self.census(window)
        if what == "tracemalloc start":
            return await self.trace(Trace("start", window))
        if what == "tracemalloc show":
            return await self.trace(Trace("show", window))
        if what == "tracemalloc stop":
            return await self.trace(Trace("stop", window))
        return await self.memory(window)

    async def memory(self, window: Window) -> Reply:
        """Show the memory of a window."""
        self.sources.process.sample()
        caches = await self.caches.counts()
        found = await answer(self.sources, self.publisher.now(), window)
        return memory_reply(replace(found, caches=caches))

    async def census(self, window: Window) -> Reply:
        """Count the objects, and show what grew in a window."""
        refusal = await self._refusal()
        if refusal:
            return problem(refusal)
        try:
            await self.inspections.census()
        except ChildError as error:
            return problem(str(error))
        return await self._census(window)

    async def census_later(self, action: CensusLater) -> Reply:
        """Count them again later, and say when."""
        minutes = min(max(action.minutes, 1), MINUTES_MAX)
        self.inspections.census_later(minutes * 60)
        show = self._census if self.inspections.censuses else self.census
        return await show(action.window)

    async def _census(self, window: Window) -> Reply:
        taken, is_own = self.inspections.censuses, self.inspections.host.is_file_in_app
        found = await self.sources.off_loop(partial(census_answer, taken, window, is_own))
        return census_reply.census_reply(found, self.inspections.due)

    async def trace(self, action: Trace) -> Reply:
        """Ask before tracing begins, show what it has found, or end it."""
        allocations = self.inspections.allocations
        if allocations.is_hosts:
            return problem(tracing_reply.HOSTS)
        if action.what == "stop":
            was_running = allocations.running
            self.inspections.trace_no_more()
            return tracing_reply.stopped(action.window, was_running=was_running)
        if not allocations.running:
            return tracing_reply.asking(action.window)
        refusal = await self._refusal()
        if refusal:
            return problem(refusal)
        try:
            held = await self.inspections.held()
        except ChildError as error:
            return problem(str(error))
        work = partial(allocations_answer, held, self.inspections.host, self.redact)
        return tracing_reply.held(
            await self.sources.off_loop(work), allocations.left, action.window
        )

    async def start_tracing(self, action: StartTracing) -> Reply:
        """Trace allocations for so many minutes."""
        minutes = min(max(action.minutes, 1), MINUTES_MAX)
        if not self.inspections.trace(minutes * 60):
            return problem(tracing_reply.HOSTS)
        return tracing_reply.started(minutes, action.window)

    async def _refusal(self) -> str:
        """Say why no child can be forked; a child may need as much memory as the process has."""
        if not is_available():
            return UNAVAILABLE
        work = partial(self.sources.process.report, 0)
        report = await self.sources.off_loop(work)
        need, room = report.rss_mb, report.system_available_mb
        if need is None or room is None or room >= need:
            return ""
        return (
            f"Not done: for a moment it may need up to {human(need, 'MB')} more memory, "
            f"and {human(room, 'MB')} are free."
        )

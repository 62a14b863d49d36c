"""Action and argument → Reply: what a command shows and what a control does, without Discord."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from cogs.debug.desk import Desk
from cogs.debug.replies.loglevel import DEBUG_BUTTON_MINUTES, loglevel_reply
from cogs.debug.replies.memory import memory_reply
from cogs.debug.replies.metrics import WINDOWS, metrics_reply, response_series
from cogs.debug.replies.reply import Reply, problem

ROOT = "root"
NORMAL = "normal"
DEBUG_MINUTES = 60
"""DEBUG is very verbose and forgotten at three in the morning, so it ends unless told not to."""


class Panels:
    """Each panel is one service call, and one reply built from its answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def actions(self) -> Mapping[str, Callable[[str], Awaitable[Reply]]]:
        """Name what a control may call, by the action in its custom id."""
        return {
            "metrics": self.metrics,
            "memory": self.memory,
            "loglevel.debug": self.debug_for_a_while,
            "loglevel.revert": self.levels_back,
        }

    async def metrics(self, window: str) -> Reply:
        """Show the metrics of a window, named as in ``WINDOWS``."""
        span = WINDOWS[window][0]
        snapshot = self._desk.metrics.snapshot(span)
        points = self._desk.metrics.points(response_series(snapshot), span)
        return metrics_reply(snapshot, points, window, self._desk.settings)

    async def memory(self, window: str) -> Reply:
        """Show the memory of the process, with a fresh sample."""
        span = WINDOWS[window][0]
        self._desk.process.sample()
        tasks = len(asyncio.all_tasks())
        report = await self._desk.off_loop(partial(self._desk.process.report, tasks))
        points = self._desk.metrics.points("memory_usage_mb", span)
        return memory_reply(report, points, window, self._desk.settings, time.time())

    async def errors(self, find: str) -> Reply:
        """List error groups, or show the one that was asked for."""
        return problem(f"not built yet {find}")

    async def error_names(self, typed: str) -> list[tuple[str, str]]:
        """Complete groups and ids of errors."""
        return []

    async def loglevel(self, level: str | None, logger: str, minutes: int | None) -> Reply:
        """Show the levels; set one first, or take it back, when ``level`` is given."""
        try:
            changed = self._change(level, logger, minutes) if level else ""
        except ValueError as error:
            return problem(str(error))
        return self._levels(changed, logger)

    async def debug_for_a_while(self, _: str) -> Reply:
        """Switch debug mode on, for the time that the button says."""
        return await self.loglevel("DEBUG", ROOT, DEBUG_BUTTON_MINUTES)

    async def levels_back(self, _: str) -> Reply:
        """Undo every change of a level."""
        self._desk.levels.revert_all()
        return self._levels("Every level is back to what it was.", ROOT)

    async def logger_names(self, typed: str) -> list[tuple[str, str]]:
        """Complete a logger's name, with its level beside it."""
        levels = self._desk.levels
        return [
            (f"{name} · {logging.getLevelName(levels.effective(name))}"[:100], name)
            for name in levels.names(typed)
            if len(name) <= 100
        ]

    def _change(self, level: str, logger: str, minutes: int | None) -> str:
        name = None if logger == ROOT else logger
        if level == NORMAL:
            self._desk.levels.revert(name)
            return f"`{logger}` is back to what it was."
        if minutes is None and level == "DEBUG":
            minutes = DEBUG_MINUTES
        seconds = minutes * 60 if minutes else None
        self._desk.levels.set(name, logging.getLevelNamesMapping()[level], seconds)
        return ""

    def _levels(self, changed: str, logger: str) -> Reply:
        levels = self._desk.levels
        return loglevel_reply(
            {name: levels.effective(name) for name in {ROOT, logger}}, levels.overrides(), changed
        )

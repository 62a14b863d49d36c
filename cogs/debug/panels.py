"""Action and argument → Reply: what a command shows and what a control does, without Discord."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from cogs.debug.desk import Desk
from cogs.debug.replies.alerts import card
from cogs.debug.replies.errors import details, listing
from cogs.debug.replies.hostile import inline, plain
from cogs.debug.replies.loglevel import DEBUG_BUTTON_MINUTES, loglevel_reply
from cogs.debug.replies.memory import memory_reply
from cogs.debug.replies.metrics import WINDOWS, metrics_reply, response_series
from cogs.debug.replies.reply import Reply, clip, problem
from services.alerting.incidents import Incident

ROOT = "root"
NORMAL = "normal"
DEBUG_MINUTES = 60
"""DEBUG is very verbose and forgotten at three in the morning, so it ends unless told not to."""


LONGEST_SECONDS = 7 * 86_400.0
LARGEST_ID = 2**63 - 1


class ControlError(ValueError):
    """A control's custom id is not one that this version makes."""


Action = Callable[[str, str], Awaitable[Reply]]
"""Takes the argument of a control, and the name of who pressed it."""


class Panels:
    """Each panel is one service call, and one reply built from its answer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def actions(self) -> Mapping[str, Action]:
        """Name what a control may call, by the action in its custom id."""
        return {
            "metrics": _of_anybody(self.metrics),
            "memory": _of_anybody(self.memory),
            "errors.details": _of_anybody(self.errors),
            "errors.mute": _of_anybody(self.mute_error),
            "errors.resolve": _of_anybody(self.resolve_error),
            "alert.details": _of_anybody(self.incident),
            "alert.ack": self.acknowledge,
            "alert.silence": self.silence,
            "loglevel.debug": _of_anybody(self.debug_for_a_while),
            "loglevel.revert": _of_anybody(self.levels_back),
        }

    async def metrics(self, window: str) -> Reply:
        """Show the metrics of a window, named as in ``WINDOWS``."""
        span = _seconds(window)
        snapshot = self._desk.metrics.snapshot(span, with_labels=False)
        points = self._desk.metrics.points(response_series(snapshot), span)
        return metrics_reply(snapshot, points, window, self._desk.settings)

    async def memory(self, window: str) -> Reply:
        """Show the memory of the process, with a fresh sample."""
        span = _seconds(window)
        self._desk.process.sample()
        tasks = len(asyncio.all_tasks())
        report = await self._desk.off_loop(partial(self._desk.process.report, tasks))
        points = self._desk.metrics.points("memory_usage_mb", span)
        return memory_reply(report, points, window, self._desk.settings, time.time())

    async def errors(self, find: str = "") -> Reply:
        """List error groups, or show the one that was asked for."""
        store = self._desk.errors.store
        if not find:
            return listing(await store.groups(), time.time())
        group = await store.find(find)
        if group is None:
            return problem(f"No error is known as {inline(find, 60)}; /debug errors lists them.")
        return details(group, time.time())

    async def mute_error(self, argument: str) -> Reply:
        """Mute a group, or end that; ``argument`` is ``<group>.<seconds>``."""
        group, _, duration = argument.partition(".")
        await self._desk.errors.store.mute(group, time.time() + _duration(duration))
        return await self.errors(group)

    async def resolve_error(self, group: str) -> Reply:
        """Call a group resolved, and show it."""
        await self._desk.errors.store.resolve(group)
        return await self.errors(group)

    async def error_names(self, typed: str) -> list[tuple[str, str]]:
        """Complete groups of errors by what is in their type, message or place."""
        groups = await self._desk.errors.store.groups()
        names = [(f"{one.id} · {one.type} · {one.where}", one.id) for one in groups]
        return [(clip(name, 100), value) for name, value in names if typed.lower() in name.lower()]

    async def incident(self, number: str) -> Reply:
        """Show an incident as it stands now."""
        incident = await self._desk.alerting.desk.incident(_number(number))
        return self._incident(incident, number)

    async def acknowledge(self, number: str, by: str) -> Reply:
        """Stop the repeats of an incident, and show it."""
        incident = await self._desk.alerting.desk.acknowledge(_number(number), by)
        return self._incident(incident, number)

    async def silence(self, argument: str, by: str) -> Reply:
        """Silence an incident's rule, and show it; ``argument`` is ``<incident>.<seconds>``."""
        number, _, duration = argument.partition(".")
        desk = self._desk.alerting.desk
        incident = await desk.silence_incident(_number(number), _duration(duration), by)
        return self._incident(incident, number)

    async def loglevel(self, level: str | None, logger: str, minutes: int | None) -> Reply:
        """Show the levels; set one first, or take it back, when ``level`` is given."""
        changed = ""
        if level:
            try:
                changed = self._change(level, logger, minutes)
            except ValueError as error:
                return problem(plain(str(error)))
            await self._desk.alerting.desk.note(f"Log level of {plain(logger)}: {level}")
        return self._levels(changed, logger)

    async def debug_for_a_while(self, _: str) -> Reply:
        """Switch debug mode on, for the time that the button says."""
        return await self.loglevel("DEBUG", ROOT, DEBUG_BUTTON_MINUTES)

    async def levels_back(self, _: str) -> Reply:
        """Undo every change of a level."""
        self._desk.levels.revert_all()
        await self._desk.alerting.desk.note("Log levels put back")
        return self._levels("Every level is back to what it was.", ROOT)

    async def logger_names(self, typed: str) -> list[tuple[str, str]]:
        """Complete a logger's name, with its level beside it."""
        levels = self._desk.levels
        return [
            (f"{name} · {logging.getLevelName(levels.effective(name))}"[:100], name)
            for name in levels.names(typed)
            if len(name) <= 100
        ]

    def _incident(self, incident: Incident | None, number: str) -> Reply:
        if incident is None:
            return problem(f"Incident {number} is over, or not known any more.")
        return card(incident, self._desk.metrics.points, time.time())

    def _change(self, level: str, logger: str, minutes: int | None) -> str:
        name = None if logger == ROOT else logger
        if level == NORMAL:
            if not self._desk.levels.revert(name):
                raise ValueError(
                    f"{logger} was not changed here, or somebody else changed it since."
                )
            return f"{inline(logger, 100)} is back to what it was."
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


def _of_anybody(panel: Callable[[str], Awaitable[Reply]]) -> Action:
    """Make an action of a panel that does not ask who wants it."""

    async def action(argument: str, by: str) -> Reply:
        return await panel(argument)

    return action


def _seconds(window: str) -> float:
    if window not in WINDOWS:
        raise ControlError(f"no window {window!r}")
    return WINDOWS[window][0]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_ID):
        raise ControlError(f"no number {text!r}")
    return int(text)


def _duration(text: str) -> float:
    seconds = float(_number(text))
    if seconds > LONGEST_SECONDS:
        raise ControlError(f"no duration {text!r}")
    return seconds

"""A command or a control → Reply: what it shows or does, without Discord."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from cogs.debug.app.access import audit
from cogs.debug.app.runtime import Runtime
from cogs.debug.features.alerts.actions import AlertPanels
from cogs.debug.features.errors.actions import ErrorPanels
from cogs.debug.features.loglevel.reply import DEBUG_BUTTON_MINUTES, loglevel_reply
from cogs.debug.features.memory.reply import memory_reply
from cogs.debug.features.metrics.reply import WINDOWS, metrics_reply, response_series
from cogs.debug.ui.component_interaction import ComponentInteraction, ControlError
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.reply import Form, Reply, problem

ROOT = "root"
NORMAL = "normal"
AUDITED = f"`{audit.name}` has no level: each use and refusal of `/debug` is always written."
DEBUG_MINUTES = 60
"""DEBUG is very verbose and forgotten at three in the morning, so it ends unless told not to."""

Action = Callable[[str, str], Awaitable[Reply]]
"""Takes the argument of a control, and the name of who pressed it."""


class Panels:
    """Each panel is one service call, and one reply built from its answer."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.alerts = AlertPanels(runtime)
        self.errors = ErrorPanels(runtime)
        self._actions = self.actions()

    def actions(self) -> Mapping[str, Action]:
        """Name what a control may call, by the action in its custom id."""
        return {
            "metrics": _of_anybody(self.metrics),
            "memory": _of_anybody(self.memory),
            "loglevel.debug": _of_anybody(self.debug_for_a_while),
            "loglevel.revert": _of_anybody(self.levels_back),
            "errors": _of_anybody(self.errors.recent),
            "errors.details": _of_anybody(self.errors.open),
            "errors.mute": _of_anybody(self.errors.mute),
            "errors.resolve": _of_anybody(self.errors.resolve),
            "errors.resolve_next": _of_anybody(self.errors.resolve_next),
            "errors.reopen": _of_anybody(self.errors.reopen),
            "alerts": _of_anybody(self.alerts.board),
            "alerts.test": self.alerts.test,
            "alert.details": _of_anybody(self.alerts.incident),
            "alert.ack": self.alerts.acknowledge,
            "alert.silence": self.alerts.silence,
            "alert.unsilence": _of_anybody(self.alerts.unsilence),
            "rule": _of_anybody(self.alerts.rule),
            "rule.silence": self.alerts.silence_rule,
            "rule.unsilence": _of_anybody(self.alerts.unsilence_rule),
            "rule.default": self.alerts.default_thresholds,
        }

    def panel(self, press: ComponentInteraction, by: str) -> Callable[[], Awaitable[Reply]]:
        """Find the panel of a control or of a form that was sent.

        Raises:
            ControlError: this version makes no such control.
        """
        if press.texts is not None:
            if press.action != "rule.set":
                raise ControlError(f"no form {press.action!r}")
            return partial(self.alerts.set_thresholds, press.argument, press.texts, by)
        if press.action not in self._actions:
            raise ControlError(f"no action {press.action!r}")
        return partial(self._actions[press.action], press.argument, by)

    def form(self, press: ComponentInteraction) -> Form | Reply | None:
        """Make the form that a control opens, or a reply that says why not; None for others."""
        if press.texts is None and press.action == "rule.form":
            return self.alerts.thresholds_form(press.argument)
        return None

    async def metrics(self, window: str) -> Reply:
        """Show the metrics of a window, named as in ``WINDOWS``."""
        span = _seconds(window)
        snapshot = self._runtime.metrics.snapshot(span, with_labels=False)
        points = self._runtime.metrics.points(response_series(snapshot), span)
        return metrics_reply(snapshot, points, window, self._runtime.settings)

    async def memory(self, window: str) -> Reply:
        """Show the memory of the process, with a fresh sample."""
        span = _seconds(window)
        self._runtime.process.sample()
        tasks = len(asyncio.all_tasks())
        report = await self._runtime.off_loop(partial(self._runtime.process.report, tasks))
        points = self._runtime.metrics.points("memory_usage_mb", span)
        return memory_reply(report, points, window, self._runtime.settings, time.time())

    async def loglevel(self, level: str | None, logger: str, minutes: int | None) -> Reply:
        """Show the levels; set one first, or take it back, when ``level`` is given."""
        changed = ""
        if logger == audit.name:
            return problem(AUDITED)
        if minutes is not None and not level:
            return problem("Choose a `level` too: `minutes` says how long it lasts.")
        if level:
            try:
                changed = self._change(level, logger, minutes)
            except ValueError as error:
                return problem(plain(str(error)))
            await self._runtime.alerting.service.note(f"Log level of {plain(logger)}: {level}")
        return self._levels(changed, logger)

    async def debug_for_a_while(self, _: str) -> Reply:
        """Switch debug mode on, for the time that the button says."""
        return await self.loglevel("DEBUG", ROOT, DEBUG_BUTTON_MINUTES)

    async def levels_back(self, _: str) -> Reply:
        """Undo every change of a level."""
        self._runtime.levels.revert_all()
        await self._runtime.alerting.service.note("Log levels put back")
        return self._levels("Every level is back to what it was.", ROOT)

    async def logger_names(self, typed: str) -> list[tuple[str, str]]:
        """Complete a logger's name, with its level beside it."""
        levels = self._runtime.levels
        return [
            (f"{name} · {logging.getLevelName(levels.effective(name))}"[:100], name)
            for name in levels.names(typed)
            if len(name) <= 100 and name != audit.name
        ]

    def _change(self, level: str, logger: str, minutes: int | None) -> str:
        name = None if logger == ROOT else logger
        if level == NORMAL:
            if not self._runtime.levels.revert(name):
                raise ValueError(
                    f"{logger} was not changed here, or somebody else changed it since."
                )
            return f"{inline(logger, 100)} is back to what it was."
        if minutes is None and level == "DEBUG":
            minutes = DEBUG_MINUTES
        seconds = minutes * 60 if minutes else None
        self._runtime.levels.set(name, logging.getLevelNamesMapping()[level], seconds)
        return ""

    def _levels(self, changed: str, logger: str) -> Reply:
        levels = self._runtime.levels
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

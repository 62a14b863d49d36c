"""Handlers of /debug loglevel and its controls: show, set and revert log levels."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from cogs.debug.features.loglevel.actions import RevertLevels, StartDebugMode
from cogs.debug.features.loglevel.reply import (
    DEBUG_BUTTON_MINUTES,
    ROOT,
    loglevel_reply,
    name_shown,
)
from cogs.debug.ui.actions import Action
from cogs.debug.ui.escaping import plain
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply, problem
from services.debugcog.frozen import frozen
from services.debugcog.levels import LogLevels, level_name
from services.debugcog.logfile.obstacles import Obstacle

NORMAL = "normal"
DEBUG_MINUTES = 60
"""DEBUG is very verbose and forgotten at three in the morning, so it ends unless told not to."""


@frozen(kw_only=True)
class LogLevelHandlers:
    """What /debug loglevel and its controls do.

    Attributes:
        levels: gives the levels, once logging is set up.
        note: keeps a change of the bot, for incidents that follow it.
        audit: name of the logger that has no level to change.
        obstacles: lists what hides lines of a logger from a level on.
        follow: makes the action that follows a logger's lines; of all where the name is empty.
    """

    levels: Callable[[], LogLevels]
    note: Callable[[str], Awaitable[None]]
    audit: str
    obstacles: Callable[[str, int], tuple[Obstacle, ...]]
    follow: Callable[[str, int], Action]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(StartDebugMode, asked(self.start_debug_mode)),
            Control(RevertLevels, asked(self.revert)),
        )

    async def show(self, level: str | None, logger: str, minutes: int | None) -> Reply:
        """Show the levels; set one first, or take it back, when ``level`` is given."""
        logger = logger.strip() or ROOT
        if logger == self.audit:
            return problem(
                f"`{self.audit}` has no level: each use and refusal of `/debug` is always written."
            )
        if minutes is not None and not level:
            return problem("Choose a `level` too: `minutes` says how long it lasts.")
        try:
            changed = self._change(level, logger, minutes)
        except ValueError as error:
            return problem(plain(str(error)))
        if level:
            await self.note(
                f"Log level of {'all loggers' if logger == ROOT else plain(logger)}: {level}"
            )
        return self._shown(changed, logger)

    async def start_debug_mode(self, _: StartDebugMode) -> Reply:
        """Switch debug mode on, for the time that the button says."""
        return await self.show("DEBUG", ROOT, DEBUG_BUTTON_MINUTES)

    async def revert(self, _: RevertLevels) -> Reply:
        """Undo every change of a level."""
        self.levels().revert_all()
        await self.note("Log levels reset")
        return self._shown("All levels are reset.", ROOT)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete the name of a logger whose level can be set, with that beside it."""
        return [(label, name) for label, name in self.levels().choices(typed) if name != self.audit]

    def _change(self, level: str | None, logger: str, minutes: int | None) -> str:
        name = None if logger == ROOT else logger
        if not level:
            self.levels().check(name)
            return ""
        if level == NORMAL:
            if not self.levels().revert(name):
                raise ValueError(
                    f"{name_shown(logger)}: nothing to reset. The level was not changed here, or "
                    "somebody else has changed it since."
                )
            in_force = level_name(self.levels().effective(name))
            return f"{name_shown(logger)}: reset to {in_force}."
        if minutes is None and level == "DEBUG":
            minutes = DEBUG_MINUTES
        seconds = minutes * 60 if minutes else None
        self.levels().set(name, logging.getLevelNamesMapping()[level], seconds)
        return ""

    def _shown(self, changed: str, logger: str) -> Reply:
        levels = self.levels()
        in_force = levels.effective(logger)
        name = "" if logger == ROOT else logger
        return loglevel_reply(
            {name: levels.effective(name) for name in {ROOT, logger}},
            levels.overrides(),
            changed,
            obstacles=self.obstacles(logger, in_force),
            follow=self.follow(name, in_force),
        )

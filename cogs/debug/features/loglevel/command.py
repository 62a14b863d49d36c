"""/debug loglevel: the command and its autocompletion."""

from __future__ import annotations

from functools import partial
from typing import Literal

import discord
from discord import app_commands

from cogs.debug.features.loglevel.handlers import LogLevelHandlers
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.responder import Responder

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "normal"]
Minutes = app_commands.Range[int, 0, 10_080]


def feature(handlers: LogLevelHandlers, responder: Responder) -> Feature:
    """Make the feature."""

    @app_commands.command()
    async def loglevel(
        interaction: discord.Interaction,
        level: Level | None = None,
        logger: str = "root",
        minutes: Minutes | None = None,
    ) -> None:
        """Show or change log levels; DEBUG for all is debug mode.

        Args:
            level: The new level; normal resets it.
            logger: One logger; all of them when left out.
            minutes: Reset after so many minutes; 0 for never. DEBUG resets after 60 unless set.
        """
        await responder.answer(interaction, partial(handlers.show, level, logger, minutes))

    @loglevel.autocomplete("logger")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(interaction, partial(handlers.names, current))

    return Feature(loglevel, handlers.controls())

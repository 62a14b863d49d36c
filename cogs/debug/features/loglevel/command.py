"""/debug loglevel: the command and its autocompletion."""

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import slash_command

if TYPE_CHECKING:
    from cogs.debug.features.loglevel.handlers import LogLevelHandlers

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "normal"]
Logger = app_commands.Range[str, 1, 200]
Minutes = app_commands.Range[int, 0, 10_080]


def feature(handlers: "Later[LogLevelHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Show or change log levels; DEBUG for all is debug mode.",
        level="The new level; normal resets it.",
        logger="One logger; all of them when left out.",
        minutes="Reset after so many minutes; 0 for never. DEBUG resets after 60 unless set.",
    )
    async def loglevel(
        interaction: discord.Interaction,
        level: Level | None = None,
        logger: Logger = "root",
        minutes: Minutes | None = None,
    ) -> None:
        await responder.answer(
            interaction, handlers.query(lambda made: made.show(level, logger, minutes))
        )

    @loglevel.autocomplete("logger")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(loglevel, ("loglevel",), handlers)

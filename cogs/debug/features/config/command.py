"""/debug config: the command and its autocompletion."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import slash_command

if TYPE_CHECKING:
    from cogs.debug.features.config.handlers import ConfigHandlers

Text = app_commands.Range[str, 0, 60]


def feature(handlers: "Later[ConfigHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Settings in force, and where each comes from; secrets are masked.",
        find="Text in a setting's name, value or description.",
    )
    async def config(interaction: discord.Interaction, find: Text = "") -> None:
        await responder.answer(interaction, handlers.query(lambda made: made.open(find)))

    @config.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(config, ("config",), handlers)

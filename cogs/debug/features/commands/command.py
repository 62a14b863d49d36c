"""/debug commands: the command and its autocompletion."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.commands.handlers import CommandsHandlers


def feature(handlers: "Later[CommandsHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "What is slow or fails, by command, and what came near Discord's limit of 3 s.",
        window="How far back to look.",
        find="One command, view or form, or a part of its name.",
        share=SHARE,
        live=LIVE,
    )
    async def commands(
        interaction: discord.Interaction,
        window: Window = "1h",
        find: str = "",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.find(find, window))
        await responder.answer(interaction, query, share=share, live=live)

    @commands.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(commands, ("commands",), handlers)

"""/debug tasks: the command and its autocompletion."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.tasks.handlers import TaskHandlers


def feature(handlers: "Later[TaskHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "The bot's asyncio tasks and loops: what they wait for, which fail or leak.",
        find="Text in a name or place, or one of those offered.",
        share=SHARE,
        live=LIVE,
    )
    async def tasks(
        interaction: discord.Interaction, find: str = "", share: bool = False, live: bool = False
    ) -> None:
        await responder.answer(
            interaction, handlers.query(lambda made: made.find(find)), share=share, live=live
        )

    @tasks.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(tasks, ("tasks",), handlers)

"""/debug trace: the command and its autocompletions."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.trace.handlers import TraceHandlers


def feature(handlers: "Later[TraceHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "The last calls, part by part: models, databases, Discord; what took the time.",
        service="Only calls with a part of this timer or traced service.",
        find="A command's name, or the id of an interaction or message.",
        window="How far back to look; 7 days by default.",
        share=SHARE,
        live=LIVE,
    )
    async def trace(
        interaction: discord.Interaction,
        service: str = "",
        find: str = "",
        window: Window = "7d",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.open(service, find, window))
        await responder.answer(interaction, query, share=share, live=live)

    @trace.autocomplete("service")
    async def complete_service(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.services(current))
        )

    @trace.autocomplete("find")
    async def complete_find(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(trace, ("trace",), handlers)

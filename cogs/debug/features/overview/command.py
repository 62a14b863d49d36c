"""/debug overview: the command."""

from typing import TYPE_CHECKING

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.overview.handlers import OverviewHandlers


def feature(handlers: "Later[OverviewHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Is the bot all right? Health, people, errors, memory, loop, gateway in one glance.",
        window="How far back to look.",
        share=SHARE,
        live=LIVE,
    )
    async def overview(
        interaction: discord.Interaction,
        window: Window = "1h",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.open(window))
        await responder.answer(interaction, query, share=share, live=live)

    return Feature(overview, ("overview",), handlers)

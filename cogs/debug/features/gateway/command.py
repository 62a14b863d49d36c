"""/debug gateway: the command, which replies with a fresh GatewayAnswer."""

from typing import TYPE_CHECKING

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.gateway.handlers import GatewayHandlers


def feature(handlers: "Later[GatewayHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Shards, disconnects and their reasons, rate limits, and whose trouble it is.",
        window="How far back to look.",
        share=SHARE,
        live=LIVE,
    )
    async def gateway(
        interaction: discord.Interaction,
        window: Window = "1h",
        share: bool = False,
        live: bool = False,
    ) -> None:
        await responder.answer(
            interaction, handlers.query(lambda made: made.open(window)), share=share, live=live
        )

    return Feature(gateway, ("gateway",), handlers)

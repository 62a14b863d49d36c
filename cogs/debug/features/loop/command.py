"""/debug loop: the command."""

from typing import TYPE_CHECKING

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.loop.handlers import LoopHandlers


def feature(handlers: "Later[LoopHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Event-loop lag, and who blocked the loop: which function, when, how long, how often.",
        window="How far back to look.",
        share=SHARE,
        live=LIVE,
    )
    async def loop(
        interaction: discord.Interaction,
        window: Window = "1h",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.show(window))
        await responder.answer(interaction, query, share=share, live=live)

    return Feature(loop, ("loop",), handlers)

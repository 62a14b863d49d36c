"""/debug memory: the command."""

from typing import TYPE_CHECKING, Literal

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.memory.handlers import MemoryHandlers

What = Literal["overview", "census", "tracemalloc start", "tracemalloc show", "tracemalloc stop"]


def feature(handlers: "Later[MemoryHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command
    async def memory(
        interaction: discord.Interaction,
        window: Window = "1h",
        action: What = "overview",
        share: bool = False,
        live: bool = False,
    ) -> None:
        """Is it leaking? The trend, caches, what grows by type, and by line.

        Args:
            window: How far back to look.
            action: Count the objects by type, or trace which lines hold memory.
            share: Show it to everybody in this channel.
            live: Refresh it by itself, for up to 14 minutes.
        """
        query = handlers.query(lambda made: made.open(window, action))
        live = live and action == "overview"
        await responder.answer(interaction, query, share=share, live=live)

    return Feature(memory, ("memory",), handlers)

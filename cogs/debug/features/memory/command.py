"""/debug memory: the command."""

from typing import TYPE_CHECKING, Literal

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.memory.handlers import MemoryHandlers

What = Literal["overview", "census", "tracemalloc start", "tracemalloc show", "tracemalloc stop"]


def feature(handlers: "Later[MemoryHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Is it leaking? The trend, caches, what grows by type, and by line.",
        window="How far back to look.",
        action="Count the objects by type, or trace which lines hold memory.",
        share=SHARE,
        live=LIVE,
    )
    async def memory(
        interaction: discord.Interaction,
        window: Window = "1h",
        action: What = "overview",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.open(window, action))
        live = live and action == "overview"
        await responder.answer(interaction, query, share=share, live=live)

    return Feature(memory, ("memory",), handlers)

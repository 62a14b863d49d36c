"""/debug profile: the command."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.profile.handlers import ProfileHandlers


def feature(handlers: "Later[ProfileHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Where the event loop's time goes: a flame picture, the functions, a speedscope file.",
        seconds="How long to look; 10 by default.",
        share=SHARE,
    )
    async def profile(
        interaction: discord.Interaction,
        seconds: app_commands.Range[int, 1, 60] = 10,
        share: bool = False,
    ) -> None:
        key = interaction.id
        query = handlers.query(lambda made: made.profile(key, seconds))
        await responder.answer(interaction, query, share=share)

    return Feature(profile, ("profile",), handlers)

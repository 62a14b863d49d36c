"""/debug dashboard: the command."""

from typing import TYPE_CHECKING

import discord

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import slash_command

if TYPE_CHECKING:
    from cogs.debug.features.dashboard.handlers import DashboardHandlers


def feature(handlers: "Later[DashboardHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command("Log in to the web dashboard with a link that works once.")
    async def dashboard(interaction: discord.Interaction) -> None:
        viewer = f"user_id={interaction.user.id}"
        await responder.answer(interaction, handlers.query(lambda made: made.open(viewer)))

    return Feature(dashboard, (), handlers)

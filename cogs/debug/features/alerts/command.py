"""/debug alerts: the command and its autocompletion."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands

from cogs.debug.features.alerts.handlers import AlertHandlers
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.responder import Responder


def feature(handlers: AlertHandlers, responder: Responder) -> Feature:
    """Make the feature."""

    @app_commands.command()
    async def alerts(interaction: discord.Interaction, find: str = "") -> None:
        """Incidents and rules: acknowledge, silence, change thresholds, send a test alert.

        Args:
            find: The number of an incident or the name of a rule.
        """
        await responder.answer(interaction, partial(handlers.open, find))

    @alerts.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(interaction, partial(handlers.names, current))

    return Feature(alerts, handlers.controls())

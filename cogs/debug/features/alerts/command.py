"""/debug alerts: the command and its autocompletion."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.alerts.handlers import AlertHandlers


def feature(handlers: "Later[AlertHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Incidents and rules: acknowledge, silence, change thresholds, send a test alert.",
        find='The number of an incident, the name of a rule, or "crash" for the latest crash.',
        share=SHARE,
        live=LIVE,
    )
    async def alerts(
        interaction: discord.Interaction,
        find: str = "",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.open(find))
        await responder.answer(interaction, query, share=share, live=live)

    @alerts.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(
        alerts, ("alert", "alerts", "crash", "rule", "silence"), handlers, forms=("rule.form",)
    )

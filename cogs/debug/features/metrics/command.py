"""/debug metrics: the command and its autocompletion."""

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.metrics.handlers import MetricsHandlers

Name = app_commands.Range[str, 0, 64]
Compare = Literal["none", "before", "yesterday"]


def feature(handlers: "Later[MetricsHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "The numbers and response times, or any one metric, by label, against other times.",
        metric="One metric; without it, the most important ones.",
        window="How far back to look.",
        by="Group it by a label, such as model.",
        compare="Draw an earlier window into its chart.",
        share=SHARE,
        live=LIVE,
    )
    async def metrics(
        interaction: discord.Interaction,
        metric: Name = "",
        window: Window = "1h",
        by: Name = "",
        compare: Compare = "none",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.find(metric, by, window, compare))
        await responder.answer(interaction, query, share=share, live=live)

    @metrics.autocomplete("metric")
    async def complete_metric(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    @metrics.autocomplete("by")
    async def complete_label(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        metric = str(getattr(interaction.namespace, "metric", None) or "")
        return await responder.complete(
            interaction, handlers.query(lambda made: made.labels(metric, current))
        )

    return Feature(metrics, ("metrics",), handlers)

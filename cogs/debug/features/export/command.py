"""/debug export: the command and its autocompletion; a file with all of it is never shared."""

from functools import partial
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import slash_command
from services.debugcog.windows import Window

if TYPE_CHECKING:
    from cogs.debug.features.export.handlers import ExportHandlers

Text = app_commands.Range[str, 0, 64]
Format = Literal["csv", "json"]


def feature(handlers: "Later[ExportHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "A file with metrics, or a redacted support bundle. Only you see it.",
        what="metrics, bundle, or the name of one metric.",
        window="How far back to look.",
        format="Of metrics; a bundle is a zip.",
    )
    async def export(
        interaction: discord.Interaction,
        what: Text = "metrics",
        window: Window = "24h",
        format: Format = "csv",  # noqa: A002 - what people see
    ) -> None:
        tell = partial(responder.tell, interaction)
        room = getattr(interaction, "filesize_limit", 0)  # discord.py 2.6 has it
        await responder.answer(
            interaction, handlers.query(lambda made: made.make(what, window, format, room, tell))
        )

    @export.autocomplete("what")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(export, (), handlers)

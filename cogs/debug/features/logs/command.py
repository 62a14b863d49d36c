"""/debug logs: the command and its autocompletion."""

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.logs.handlers import LogHandlers

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Text = app_commands.Range[str, 1, 200]


def feature(handlers: "Later[LogHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Lines of the log, newest last, over the rotated files too.",
        level="The lowest level.",
        logger="A logger, with all below it.",
        search="A text, or a regular expression: /timed? out/i",
        around="A time (03:12, 2 hours ago) or an error id: the lines before and after it.",
        follow="Show new lines as they are written, for up to 14 minutes; not with around.",
        share=SHARE,
    )
    async def logs(
        interaction: discord.Interaction,
        level: Level | None = None,
        logger: Text = "",
        search: Text = "",
        around: Text = "",
        follow: bool = False,
        share: bool = False,
    ) -> None:
        if follow and not around:
            stream = handlers.query(
                lambda made: made.follow(interaction.id, level or "", logger, search)
            )
            await responder.answer(interaction, stream, share=share, stream=True)
        else:
            query = handlers.query(lambda made: made.show(level or "", logger, search, around))
            await responder.answer(interaction, query, share=share)

    @logs.autocomplete("logger")
    async def complete_logger(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.loggers(current))
        )

    @logs.autocomplete("around")
    async def complete_around(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.moments(current))
        )

    return Feature(logs, ("logs",), handlers)

"""/debug errors: the command and its autocompletion."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, SHARE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.errors.handlers import ErrorHandlers


def feature(handlers: "Later[ErrorHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Recent errors in groups, or one of them with its traceback.",
        find="Text in type, message or place; a group; or an id that a user was shown, E-7K3Q9D.",
        share=SHARE,
        live=LIVE,
    )
    async def errors(
        interaction: discord.Interaction,
        find: str = "",
        share: bool = False,
        live: bool = False,
    ) -> None:
        query = handlers.query(lambda made: made.open(find))
        await responder.answer(interaction, query, share=share, live=live)

    @errors.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(errors, ("errors",), handlers)

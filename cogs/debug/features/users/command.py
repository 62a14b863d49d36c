"""/debug users: the command and its autocompletion; nothing is shared, for it is about people."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs.debug.ui.feature import Feature
from cogs.debug.ui.later import Later
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.slash_command import LIVE, slash_command

if TYPE_CHECKING:
    from cogs.debug.features.users.handlers import UsersHandlers

Text = app_commands.Range[str, 0, 100]


def feature(handlers: "Later[UsersHandlers]", responder: Responder) -> Feature:
    """Make the feature."""

    @slash_command(
        "Who uses the bot, and most; or one user's recent activity. Only you see it.",
        search="Part of a name, or an id.",
        live=LIVE,
    )
    async def users(
        interaction: discord.Interaction, search: Text = "", live: bool = False
    ) -> None:
        query = handlers.query(lambda made: made.find(search))
        await responder.answer(interaction, query, live=live)

    @users.autocomplete("search")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(
            interaction, handlers.query(lambda made: made.names(current))
        )

    return Feature(users, ("users",), handlers)

"""/debug errors: the command and its autocompletion."""

from __future__ import annotations

from functools import partial

import discord
from discord import app_commands

from cogs.debug.features.errors.handlers import ErrorHandlers
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.responder import Responder


def feature(handlers: ErrorHandlers, responder: Responder) -> Feature:
    """Make the feature."""

    @app_commands.command()
    async def errors(interaction: discord.Interaction, find: str = "") -> None:
        """Recent errors in groups, or one of them with its traceback.

        Args:
            find: Text in type, message or place; a group; or an id that a user was shown, E-7K3Q9D.
        """
        await responder.answer(interaction, partial(handlers.open, find))

    @errors.autocomplete("find")
    async def complete(
        interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await responder.complete(interaction, partial(handlers.names, current))

    return Feature(errors, handlers.controls())

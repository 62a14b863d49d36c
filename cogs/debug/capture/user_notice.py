"""Failed interaction or command → short notice to the user, with the error's id."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord.ext import commands

from cogs.debug.ui import whispers
from services.debugcog.guard import guard, own_logger
from services.debugcog.shield import left_alone

SECONDS = 10.0
"""After which it is too late: discord.py waits for minutes where Discord limits the rate."""

logger = own_logger("debugcog.user_notice")


def text_with(error_id: str) -> str:
    """Write the notice."""
    return f"Sorry, something went wrong here. The bot's admins can look it up as `{error_id}`."


@guard(False)
def is_default(handler: Callable[..., object]) -> bool:
    """Return whether an error handler is discord.py's own, which answers nobody."""
    return str(getattr(handler, "__module__", "")).partition(".")[0] == "discord"


async def to_interaction(interaction: discord.Interaction[Any], error_id: str) -> None:
    """Send the notice so that only this user sees it, unless the interaction was answered."""
    if not interaction.response.is_done() or interaction.response.type in DEFERRED:
        await _send(whispers.whisper(interaction, text_with(error_id)))


async def to_context(ctx: commands.Context[Any], error_id: str) -> None:
    """Reply with the notice; only slash commands have answers that others do not see."""
    if ctx.interaction is not None:
        await to_interaction(ctx.interaction, error_id)
        return
    nobody = discord.AllowedMentions.none()
    await _send(ctx.reply(text_with(error_id), mention_author=False, allowed_mentions=nobody))


DEFERRED = (
    discord.InteractionResponseType.deferred_channel_message,
    discord.InteractionResponseType.deferred_message_update,
)


async def _send(sending: Coroutine[Any, Any, object]) -> None:
    try:
        await left_alone(sending, SECONDS)
    except Exception as error:  # noqa: BLE001 - it runs in a task of the host
        logger.info("User notice not sent: %s", type(error).__name__)

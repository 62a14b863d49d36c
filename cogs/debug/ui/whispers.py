"""Interaction and text → an answer that only its user sees, also after a deferral that all see."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord

from services.debugcog.guard import own_logger
from services.debugcog.shield import left_alone

log = own_logger("debugcog.responder")

NOBODY = discord.AllowedMentions.none()
ORIGINAL: Any = "@original"
"""Stands for the id of the first response, also where that has changed since it was asked for."""


async def whisper(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer with a text that only the user sees.

    Raises:
        discord.HTTPException: Discord does not take it.
        aiohttp.ClientError: Discord is not reached.
    """
    response = interaction.response
    if not response.is_done():
        await left_alone(response.send_message(text, ephemeral=True, allowed_mentions=NOBODY))
        return
    if response.type is discord.InteractionResponseType.deferred_channel_message:
        await _take_back(interaction)
    sent = interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
    await left_alone(sent)


async def _take_back(interaction: discord.Interaction[Any]) -> None:
    """Delete a "thinking …" that all see: the first follow-up would take its place, for all."""
    try:
        shown = await left_alone(interaction.followup.fetch_message(ORIGINAL))
        if shown.flags.loading and not shown.flags.ephemeral:
            await left_alone(interaction.delete_original_response())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("Thinking not taken back: %s", type(error).__name__)

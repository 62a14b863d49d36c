"""Interaction and text → an answer that only its user sees, also after a deferral that all see."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord

from services.debugcog.guard import own_logger
from services.debugcog.shield import left_alone

log = own_logger("debugcog.responder")

NOBODY = discord.AllowedMentions.none()
ORIGINAL: Any = "@original"
"""Stands for the id of the first response, also where that has changed since it was asked for."""
ACKNOWLEDGED = 40060
"""Discord's code for a second first response."""
ANSWER_SECONDS, ANSWER_POLL = 1.0, 0.02
"""For what Discord has told the host's code, too: it has answered that before us."""


def is_answered(error: BaseException) -> bool:
    """Return whether somebody else has given the first response to an interaction."""
    is_refused = isinstance(error, discord.HTTPException) and error.code == ACKNOWLEDGED
    return is_refused or isinstance(error, discord.InteractionResponded)


async def is_answered_here(interaction: discord.Interaction[Any], error: BaseException) -> bool:
    """Return whether the host's code in this process has given it, and not another process."""
    if not is_answered(error):
        return False
    for _ in range(round(ANSWER_SECONDS / ANSWER_POLL)):
        if interaction.response.is_done():
            return True
        await asyncio.sleep(ANSWER_POLL)
    return False


async def whisper(interaction: discord.Interaction[Any], text: str) -> None:
    """Answer with a text that only the user sees.

    Raises:
        discord.HTTPException: Discord does not take it.
        aiohttp.ClientError: Discord is not reached.
    """
    response = interaction.response
    if not response.is_done():
        try:
            await left_alone(response.send_message(text, ephemeral=True, allowed_mentions=NOBODY))
        except discord.HTTPException as error:
            if not await is_answered_here(interaction, error):
                raise
        else:
            return
    await follow_up(interaction, text, ephemeral=True)


async def follow_up(
    interaction: discord.Interaction[Any], text: str, *, ephemeral: bool
) -> discord.WebhookMessage:
    """Send a message behind the first response.

    Raises:
        discord.HTTPException: Discord does not take it.
        aiohttp.ClientError: Discord is not reached.
    """
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await _take_back(interaction)
    return await left_alone(
        interaction.followup.send(text, ephemeral=ephemeral, allowed_mentions=NOBODY, wait=True)
    )


async def _take_back(interaction: discord.Interaction[Any]) -> None:
    """Delete a "thinking …" that all see: the first follow-up would take its place, for all."""
    try:
        shown = await left_alone(interaction.followup.fetch_message(ORIGINAL))
        if shown.flags.loading and not shown.flags.ephemeral:
            await left_alone(interaction.delete_original_response())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("Thinking not taken back: %s", type(error).__name__)

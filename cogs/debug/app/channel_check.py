"""Startup check that logs an error for each alert channel that cannot receive messages."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.settings import Settings

log = logging.getLogger("debugcog.alerts")

TAKE_NO_MESSAGES = {
    discord.ChannelType.category.value: "a category",
    discord.ChannelType.forum.value: "a forum",
    discord.ChannelType.media.value: "a media channel",
}
TAIL = "no alert arrives there"
REFUSALS = {
    10003: f"does not exist: {TAIL}. Put the id of a text channel there",
    50001: (
        f"cannot be seen by the bot: {TAIL}. Invite the bot to its server, and give it "
        "View Channel, Send Messages, Embed Links and Attach Files there"
    ),
}
"""By Discord's code; the status alone may be that of something between us and Discord."""


async def check_channels(bot: commands.Bot, settings: Settings) -> None:
    """Look at the channels that the settings name; the first alert would be too late.

    Args:
        bot: the host, logged in.
        settings: name the channels.
    """
    channels = {
        "ALERT_CHANNEL_ID": settings.alert_channel_id,
        "ALERT_FALLBACK_CHANNEL_ID": settings.alert_fallback_channel_id,
    }
    for key, channel_id in channels.items():
        if channel_id is not None and channel_id != OWNERS_DM:
            trouble = await _trouble(bot, channel_id)
            if trouble:
                log.error("%s=%d %s", key, channel_id, trouble)


async def _trouble(bot: commands.Bot, channel_id: int) -> str:
    """Return what is wrong with a channel, with the fix; empty when it is fine or not known."""
    try:
        channel: Any = await bot.http.get_channel(channel_id)
    except discord.HTTPException as error:
        return REFUSALS.get(error.code, "")  # else an outage, or a proxy; what is posted tells
    except (aiohttp.ClientError, OSError):
        return ""
    kind = TAKE_NO_MESSAGES.get(channel["type"]) if isinstance(channel, dict) else None
    return f"is {kind}: {TAIL}. Put the id of a text channel there" if kind else ""

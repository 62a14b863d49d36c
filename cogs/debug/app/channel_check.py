"""Startup check that logs an error for each alert channel that cannot receive messages."""

from __future__ import annotations

import logging

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
        channel = await bot.http.get_channel(channel_id)
    except discord.NotFound:
        return f"does not exist: {TAIL}. Put the id of a text channel there"
    except discord.Forbidden:
        return (
            f"cannot be seen by the bot: {TAIL}. Invite the bot to its server, and give it "
            "View Channel, Send Messages, Embed Links and Attach Files there"
        )
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return ""  # an outage; what is posted tells
    kind = TAKE_NO_MESSAGES.get(channel["type"])
    return f"is {kind}: {TAIL}. Put the id of a text channel there" if kind else ""

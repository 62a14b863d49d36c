"""Startup check that logs an error for each alert channel that cannot receive messages."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
from discord.ext import commands

from services.debugcog.guard import own_logger
from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.settings import Settings
from services.debugcog.shield import left_alone

log = own_logger("debugcog.alerts")

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
        "View Channel, Send Messages, Embed Links, Attach Files and Read Message History there"
    ),
}
"""By Discord's code; the status alone may be that of something between us and Discord."""
FORUMS = (discord.ChannelType.forum.value, discord.ChannelType.media.value)
FORUM_TAIL = "error groups go to the alert channel"
FORUM_REFUSALS = {
    10003: f"does not exist: {FORUM_TAIL}. Put the id of a forum there",
    50001: (
        f"cannot be seen by the bot: {FORUM_TAIL}. Give it View Channel, Send Messages, Send "
        "Messages in Threads, Embed Links, Attach Files, Read Message History and Manage Threads "
        "there"
    ),
}


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
    if settings.error_forum_id is not None:
        trouble = await _forum_trouble(bot, settings.error_forum_id)
        if trouble:
            log.error("ERROR_FORUM_ID=%d %s", settings.error_forum_id, trouble)


async def _forum_trouble(bot: commands.Bot, channel_id: int) -> str:
    """Return what is wrong with the forum for error groups, with the fix."""
    channel, code = await _asked(bot, channel_id)
    if channel is None:
        return FORUM_REFUSALS.get(code, "")
    if channel["type"] in FORUMS:
        return ""
    return f"is no forum: {FORUM_TAIL}. Put the id of a forum there"


async def _trouble(bot: commands.Bot, channel_id: int) -> str:
    """Return what is wrong with a channel, with the fix; empty when it is fine or not known."""
    channel, code = await _asked(bot, channel_id)
    if channel is None:
        return REFUSALS.get(code, "")
    kind = TAKE_NO_MESSAGES.get(channel["type"])
    return f"is {kind}: {TAIL}. Put the id of a text channel there" if kind else ""


async def _asked(bot: commands.Bot, channel_id: int) -> tuple[Any, int]:
    """Ask for a channel; None with Discord's code, which is 0 for an outage, or a proxy."""
    try:
        channel: Any = await left_alone(bot.http.get_channel(channel_id))
    except discord.HTTPException as error:
        return None, error.code  # what is posted tells of the others
    except (aiohttp.ClientError, OSError):
        return None, 0
    known = isinstance(channel, dict) and isinstance(channel.get("type"), int)
    return (channel, 0) if known else (None, 0)

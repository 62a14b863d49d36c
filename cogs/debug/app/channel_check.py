"""Channels for alerts → an error in the log at the start for each that cannot take them."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
import discord
from discord.ext import commands

from services.debugcog.setting_kinds import OWNERS_DM
from services.debugcog.settings import Settings
from services.debugcog.ticker import stop

log = logging.getLogger("debugcog.alerts")

TAKE_NO_MESSAGES = {
    discord.ChannelType.category.value: "a category",
    discord.ChannelType.forum.value: "a forum",
    discord.ChannelType.media.value: "a media channel",
}
TAIL = "no alert arrives there"


class ChannelCheck:
    """Looks once per load, as soon as the bot is logged in; the first post would be too late.

    Args:
        bot: the host, which is asked.
        settings: name the channels.
    """

    def __init__(self, bot: commands.Bot, settings: Settings) -> None:
        self._bot = bot
        self._channels = {
            "ALERT_CHANNEL_ID": settings.alert_channel_id,
            "ALERT_FALLBACK_CHANNEL_ID": settings.alert_fallback_channel_id,
        }
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look when the bot is logged in; to be called again when it may be now."""
        if self._bot.application_id is not None and self._task is None:
            self._task = asyncio.create_task(self._run(), name="debugcog-channel-check")

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            await stop(self._task)

    async def _run(self) -> None:
        for key, channel_id in self._channels.items():
            if channel_id is not None and channel_id != OWNERS_DM:
                trouble = await self._trouble(channel_id)
                if trouble:
                    log.error("%s=%d %s", key, channel_id, trouble)

    async def _trouble(self, channel_id: int) -> str:
        """Return what is wrong with a channel, with the fix; empty when it is fine or not known."""
        try:
            channel = await self._bot.http.get_channel(channel_id)
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

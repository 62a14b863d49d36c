"""Receipt of a post → URL of its Discord message; id of a channel → whether it is a thread."""

from __future__ import annotations

import discord

from services.debugcog.outbox.records import Receipt


def message_link(bot: discord.Client, receipt: Receipt) -> str:
    """Return the address of a message that was sent; empty where its server is not known."""
    channel = bot.get_channel(receipt.channel_id or 0)
    guild = getattr(channel, "guild", None)
    if guild is None or receipt.message_id is None:
        return ""
    return f"https://discord.com/channels/{guild.id}/{receipt.channel_id}/{receipt.message_id}"


def is_thread(bot: discord.Client, channel_id: int | None) -> bool:
    """Return whether a channel is a thread, as far as the bot knows."""
    return isinstance(bot.get_channel(channel_id or 0), discord.Thread)

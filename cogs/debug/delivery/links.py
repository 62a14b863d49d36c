"""Receipt of a post → URL of its Discord message."""

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

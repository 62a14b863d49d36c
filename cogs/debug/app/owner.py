"""Bot and settings → the name by which a state file says whose it is."""

from __future__ import annotations

import secrets

from discord.ext import commands

from services.debugcog.frozen import frozen
from services.debugcog.settings import Settings


@frozen
class Owner:
    """What is known at the load; a bot that has many shards gets to know them only later."""

    shards: object
    channel_id: int | None

    @classmethod
    def of(cls, bot: commands.Bot, settings: Settings) -> Owner:
        """Look at a bot when the cog is loaded."""
        return cls(getattr(bot, "shard_ids", None) or bot.shard_id, settings.alert_channel_id)

    def name(self, application_id: int | None) -> str:
        """Name the bot; before its login it is none that left a file."""
        known = application_id or f"unknown-{secrets.token_hex(8)}"
        return f"{known} {self.shards} {self.channel_id}"

"""Discord client → what answers tell of it: its name, shards and servers."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from discord.ext import commands

from cogs.debug.capture.gateway import GatewaySampler
from services.debugcog.answers.published import Shard
from services.debugcog.guard import attempt
from services.debugcog.patterns import late_pattern

MENTION = late_pattern(r"<@!?(\d{1,20})>")


class BotState:
    """Reads the client, on its own thread.

    Args:
        bot: sharded or not.
        gateway: knows which shard is away.
        names: of users that the client may not know, by id.
    """

    def __init__(
        self, bot: commands.Bot, gateway: GatewaySampler, names: Mapping[int, str] | None = None
    ) -> None:
        self._bot = bot
        self._names: Mapping[int, str] = {} if names is None else names
        self._gateway = gateway

    def name(self) -> str:
        """Return the bot's name; empty before the login."""
        return attempt(lambda: str(self._bot.user.name) if self._bot.user else "", "")

    def shards(self) -> tuple[Shard, ...]:
        """List the connections to the gateway."""
        return self._gateway.shards()

    def shard_ids(self) -> tuple[int, ...] | None:
        """List the shards of this process; None while their number is not known."""
        bot = self._bot
        if isinstance(bot, discord.AutoShardedClient):
            return tuple(bot.shard_ids or range(bot.shard_count or 0)) or None
        return () if bot.shard_id is None else (bot.shard_id,)

    def guilds(self) -> int:
        """Count the servers."""
        return attempt(lambda: len(self._bot.guilds), 0)

    def person(self, mention: str) -> str:
        """Name somebody who is stored as a mention; a name, and one not known, stay as they are."""
        found = MENTION.fullmatch(mention)
        name = self._name(int(found[1])) if found else ""
        return f"@{name}" if name else mention

    def _name(self, number: int) -> str:
        user = attempt(lambda: self._bot.get_user(number), None)
        return attempt(lambda: user.display_name if user else "", "") or self._names.get(number, "")

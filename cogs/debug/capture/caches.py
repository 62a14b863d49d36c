"""discord.py's caches → how many of each kind it keeps, and what bounds them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from discord.ext import commands

from services.debugcog.answers.caches import CacheCount
from services.debugcog.answers.figure import Figure
from services.debugcog.guard import attempt

GUILDS_AT_ONCE = 200
"""Servers that are counted before others get their turn on the loop: 1 ms."""


class DiscordCaches:
    """Counts what a client keeps.

    Args:
        bot: sharded or not.
    """

    def __init__(self, bot: commands.Bot) -> None:
        self._bot = bot
        self._state: Any = bot._connection  # noqa: SLF001 - no public name tells of views and users

    async def counts(self) -> tuple[CacheCount, ...]:
        """Count on the bot's own thread; what this discord.py does not have is left out."""
        by_guild = await self._of_guilds()
        state, bot = self._state, self._bot
        found: tuple[tuple[str, Callable[[], int], str], ...] = (
            ("Messages", lambda: len(bot.cached_messages), self._messages()),
            ("Members", lambda: by_guild["members"], self._members()),
            ("Users", lambda: len(state._users), ""),  # noqa: SLF001 - see above
            ("Servers", lambda: len(bot.guilds), ""),
            ("Channels and threads", lambda: by_guild["channels"], ""),
            ("Direct messages", lambda: len(bot.private_channels), ""),
            ("Views waiting", lambda: _views(state._view_store), ""),  # noqa: SLF001 - see above
            ("Emojis and stickers", lambda: len(bot.emojis) + len(bot.stickers), ""),
            ("Sounds", lambda: by_guild["sounds"], ""),
            ("Voice clients", lambda: len(bot.voice_clients), ""),
        )
        counted = [(name, _number(count), bound) for name, count, bound in found]
        return tuple(
            CacheCount(name, Figure(count), bound)
            for name, count, bound in counted
            if count is not None
        )

    async def _of_guilds(self) -> Counter[str]:
        totals: Counter[str] = Counter()
        guilds: list[Any] = attempt(lambda: list(self._bot.guilds), [])
        for number, guild in enumerate(guilds, 1):
            totals.update(_of_guild(guild))
            if number % GUILDS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return totals

    def _messages(self) -> str:
        most = attempt(lambda: self._state.max_messages, None)
        return (
            f"`max_messages` {most:,}" if isinstance(most, int) else "off: `max_messages` is None"
        )

    def _members(self) -> str:
        flags = attempt(lambda: dict(self._state.member_cache_flags), {})
        on = sorted(str(name) for name, is_on in flags.items() if is_on)
        if not attempt(lambda: bool(self._bot.intents.members), False):
            return f"no intent `members`; cache flags {', '.join(on) or 'none'}"
        return f"cache flags {', '.join(on) or 'none'}"


def _of_guild(guild: Any) -> dict[str, int]:
    return {
        "members": _number(lambda: len(guild.members)) or 0,
        "channels": _number(lambda: len(guild.channels) + len(guild.threads)) or 0,
        "sounds": _number(lambda: len(guild.soundboard_sounds)) or 0,
    }


def _number(count: Callable[[], object]) -> int | None:
    found = attempt(count, None)
    return found if isinstance(found, int) else None


def _views(store: Any) -> int:
    """Count the views that discord.py waits for clicks of."""
    items = (item for items in store._views.values() for item in items.values())  # noqa: SLF001 - no public name tells
    return len({id(item.view) for item in items})

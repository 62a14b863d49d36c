"""A bot → the same bot with its debugging desk: ``await bot.load_extension("cogs.debug")``."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from cogs.debug.app.host import require_host

if TYPE_CHECKING:
    from discord.ext import commands


def setup(bot: commands.Bot) -> Awaitable[None]:
    """Build the runtime, wire it, and add the cog.

    Other libraries call this without awaiting it, so what refuses them is raised at once.

    Raises:
        ImportError: discord.py is missing, too old, or another library stands in its place.
        TypeError: the bot is another library's.
    """
    require_host(bot)
    from cogs.debug.app.setup import setup as add_cog

    return add_cog(bot, setup)

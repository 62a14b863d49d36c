"""A bot → the same bot with its debugging desk: ``await bot.load_extension("cogs.debug")``."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from cogs.debug.app.host import require_bot, require_discord_py

if TYPE_CHECKING:
    from discord.ext import commands

require_discord_py()


def setup(bot: commands.Bot) -> Awaitable[None]:
    """Load DebugCog into a bot; discord.py calls it for ``load_extension("cogs.debug")``.

    Other libraries call it and do not await what they get, so they are refused at once.
    """
    require_bot(bot)
    from cogs.debug.app.setup import setup as add_cog

    return add_cog(bot, setup)

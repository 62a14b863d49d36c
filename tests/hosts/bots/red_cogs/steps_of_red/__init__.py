"""The steps that Red has no command of its own for, as a cog of Red."""

from __future__ import annotations

from common import Notes
from redbot.core import commands
from redbot.core.bot import Red


class StepsOfRed(commands.Cog):
    """Fails, and takes stock."""

    def __init__(self, bot: Red) -> None:
        self._bot = bot
        self._notes = Notes()

    @commands.command()
    async def note(self, ctx: commands.Context) -> None:
        """Take stock."""
        await ctx.send(self._notes.note(self._bot))

    @commands.command()
    async def left(self, ctx: commands.Context) -> None:
        """Take stock again."""
        await ctx.send(self._notes.left(self._bot))

    @commands.command()
    async def boom(self, ctx: commands.Context) -> None:
        """Fail."""
        raise RuntimeError("boom of the host")


async def setup(bot: Red) -> None:
    """Add the cog."""
    await bot.add_cog(StepsOfRed(bot))

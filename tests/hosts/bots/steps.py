"""What the harness asks of a host that runs on discord.py, as commands with a prefix."""

from __future__ import annotations

from typing import Any

import discord
import yarl
from common import API_BASE, EXTENSION, GATEWAY, Notes, refusal, said
from discord.ext import commands, tasks
from discord.gateway import DiscordWebSocket
from discord.http import Route

Context = commands.Context[Any]
WATCHED = (tasks.Loop,)
"""What DebugCog changes while it is loaded, for ``leftovers`` to see: it has to be imported."""


def use_the_sandbox() -> None:
    """Point discord.py at the sandbox."""
    Route.BASE = API_BASE
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(GATEWAY)


class Steps(commands.Cog):
    """Loads, unloads, fails, and takes stock."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot
        self._notes = Notes()

    @commands.command()
    async def note(self, ctx: Context) -> None:
        """Take stock."""
        await ctx.send(self._notes.note(self._bot))

    @commands.command()
    async def left(self, ctx: Context) -> None:
        """Take stock again."""
        await ctx.send(self._notes.left(self._bot))

    @commands.command()
    async def load(self, ctx: Context) -> None:
        """Load it."""
        await self._tell(ctx, self._bot.load_extension(EXTENSION))

    @commands.command()
    async def reload(self, ctx: Context) -> None:
        """Load it anew."""
        await self._tell(ctx, self._bot.reload_extension(EXTENSION))

    @commands.command()
    async def unload(self, ctx: Context) -> None:
        """Unload it."""
        await self._tell(ctx, self._bot.unload_extension(EXTENSION))

    @commands.command()
    async def boom(self, ctx: Context) -> None:
        """Fail."""
        raise RuntimeError("boom of the host")

    async def _tell(self, ctx: Context, work: Any) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the harness hears it
            await ctx.send(refusal(error))
        else:
            await ctx.send(said("done"))


def intents() -> discord.Intents:
    """Ask for all of them."""
    return discord.Intents.all()

"""A bot of discord.py with jishaku, which its owner uses beside DebugCog."""

from __future__ import annotations

from common import TOKEN
from discord.ext import commands
from steps import Steps, intents, use_the_sandbox


class Bot(commands.Bot):
    """Loads jishaku first."""

    async def setup_hook(self) -> None:
        """Load."""
        await self.load_extension("jishaku")
        await self.add_cog(Steps(self))


use_the_sandbox()
Bot("!", intents=intents()).run(TOKEN)

"""A bot on pydis_core, as those of Python Discord: its ``add_cog`` takes a cog and nothing else."""

from __future__ import annotations

import asyncio

import aiohttp
from common import GUILD_ID, TOKEN
from pydis_core import BotBase
from steps import Steps, intents, use_the_sandbox


class Bot(BotBase):
    """Loads when it has started its own services."""

    async def setup_hook(self) -> None:
        """Start."""
        await super().setup_hook()
        await self.add_cog(Steps(self))


async def main() -> None:
    """Run the bot."""
    async with aiohttp.ClientSession() as session:
        bot = Bot(
            guild_id=GUILD_ID,
            allowed_roles=[],
            http_session=session,
            command_prefix="!",
            intents=intents(),
        )
        async with bot:
            await bot.start(TOKEN)


use_the_sandbox()
asyncio.run(main())

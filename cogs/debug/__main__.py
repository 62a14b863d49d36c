"""Entry point of ``python -m cogs.debug``: a bot whose only cog is DebugCog."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import aiohttp
import discord
import discord.http
from discord.ext import commands

from cogs.debug.app.endpoints import use_endpoints
from services.debugcog import settings as configuration
from services.debugcog.guard import own_logger
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings, SettingsError

log = own_logger("debugcog.main")

UNREACHABLE = 1
BAD_SETTINGS = 2
"""Exit status for settings that do not allow a start."""


class LoneBot(commands.Bot):
    """Nothing but DebugCog; slash commands need no privileged intent."""

    def __init__(self) -> None:
        super().__init__(commands.when_mentioned, intents=discord.Intents.default())

    async def setup_hook(self) -> None:
        """Load the cog as any host does."""
        await self.load_extension("cogs.debug")


async def run(settings: Settings) -> None:
    """Run the bot until it is stopped.

    Raises:
        discord.LoginFailure: the token is wrong.
    """
    use_endpoints(settings)
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with LoneBot() as bot:
        await bot.start(settings.discord_token)


def main() -> int:
    """Return the exit status: 0 after Ctrl-C or SIGTERM, 1 without Discord, 2 for a bad setting."""
    try:
        settings = configuration.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_SETTINGS
    for wrong, right in configuration.misspelt():
        print(f"Setting not known: {wrong}; did you mean {right}?", file=sys.stderr)
    if not settings.discord_token:
        where = f"It was looked for in {settings.looked_for}. Put it into one of them."
        print(f"DISCORD_TOKEN is not set. {where}", file=sys.stderr)
        return BAD_SETTINGS
    logging_handle = setup_logging(settings)
    try:
        asyncio.run(run(settings))
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0
    except discord.LoginFailure:
        log.critical("DISCORD_TOKEN was refused: Discord does not know this token")
        return BAD_SETTINGS
    except (aiohttp.ClientError, OSError) as error:
        log.critical("Discord was not reached at %s: %s", discord.http.Route.BASE, error)
        return UNREACHABLE
    finally:
        logging_handle.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

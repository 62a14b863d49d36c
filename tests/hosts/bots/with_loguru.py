"""A bot with shards that logs by loguru, which takes every record of ``logging``."""

from __future__ import annotations

import inspect
import logging

from common import TOKEN
from discord.ext import commands, tasks
from loguru import logger
from steps import Context, Steps, intents, use_the_sandbox


class InterceptHandler(logging.Handler):
    """Hands each record to loguru."""

    def emit(self, record: logging.LogRecord) -> None:
        """Find the level and the caller, and log."""
        level: str | int
        try:
            level = logger.level(record.levelname).name
        except ValueError:
            level = record.levelno
        frame, depth = inspect.currentframe(), 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        logger.opt(depth=depth, exception=record.exc_info).log(level, record.getMessage())


class Bot(commands.AutoShardedBot):
    """Has a hybrid command and a loop besides."""

    beats = 0

    async def setup_hook(self) -> None:
        """Start everything."""
        await self.add_cog(Steps(self))
        self.add_command(ping)
        self.beat.start()

    @tasks.loop(seconds=0.1)
    async def beat(self) -> None:
        """Count."""
        self.beats += 1


@commands.hybrid_command()
async def ping(ctx: Context) -> None:
    """Answer."""
    await ctx.send("pong")


use_the_sandbox()
logger.add("loguru.log", enqueue=True)
logging.basicConfig(handlers=[InterceptHandler()], level=logging.INFO, force=True)
Bot("!", intents=intents(), shard_count=2).run(TOKEN, log_handler=None)

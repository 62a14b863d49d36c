"""Bots as other people write them; each loads DebugCog where its own author would."""

from __future__ import annotations

import asyncio
import inspect
import logging
import sys
from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

from tests.hosts.bots.leftovers import Leftovers, leftovers

EXTENSION = "debugcog"
"""What a host loads."""

Context = commands.Context[Any]


async def load(bot: Any) -> None:
    """Load it, and note how the process was before."""
    bot.before = leftovers(bot)
    await bot.load_extension(EXTENSION)
    bot.loaded.set()


class Boom(commands.Cog):
    """What fails in each of them."""

    @commands.command()
    async def boom(self, ctx: Context) -> None:
        """Fail."""
        raise RuntimeError("boom of the host")


class Loader(commands.Bot):
    """Loads its extensions in ``setup_hook``, as discord.py's own examples do."""

    before: Leftovers
    login_changes: tuple[str, ...] = ()
    """What the login itself changes, where the cog is loaded before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__("!", intents=discord.Intents.all(), **options)
        self.loaded = asyncio.Event()

    async def prepare(self) -> None:
        """Do what is to be done before the login."""

    async def setup_hook(self) -> None:
        """Load everything."""
        await self.add_cog(Boom())
        await load(self)


class LoadsLater(Loader):
    """Loads when it is ready."""

    async def setup_hook(self) -> None:
        """Load nothing of ours yet."""
        await self.add_cog(Boom())

    async def on_ready(self) -> None:
        """Load; Discord says ready again after each new session."""
        if not self.loaded.is_set():
            await load(self)


class LoadsEarly(Loader):
    """Loads before the login."""

    login_changes = ("files: HTTP sessions", "bot: functions was")

    async def prepare(self) -> None:
        """Load everything."""
        await super().setup_hook()

    async def setup_hook(self) -> None:
        """Load nothing more."""


class LoadsOnCommand(LoadsLater):
    """Loads when its owner says so."""

    async def on_ready(self) -> None:
        """Load nothing."""


class Tree(app_commands.CommandTree[Any]):
    """Hands errors to whom the bot has registered, as pydis_core's does."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Nobody is registered."""
        await super().on_error(interaction, error)


class TakesOnlyTheCog(Loader):
    """``add_cog`` as in pydis_core."""

    def __init__(self) -> None:
        super().__init__(tree_cls=Tree)

    async def add_cog(self, cog: commands.Cog) -> None:  # type: ignore[override]  # as hosts do
        """Add a cog, and say so."""
        await super().add_cog(cog)
        logging.getLogger("bot").info("Cog loaded: %s", cog.qualified_name)


class InterceptHandler(logging.Handler):
    """Hands every record to a logger of its own kind, as loguru's documentation shows it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Find who has logged, and write there."""
        frame, depth = inspect.currentframe(), 0
        while frame and (depth == 0 or frame.f_code.co_filename == logging.__file__):
            frame, depth = frame.f_back, depth + 1
        self.lines.append(f"{record.levelname} {record.getMessage()} {depth}")


class Everything(commands.AutoShardedBot):
    """Shards, a handler on the root logger that takes all, a hybrid command, a loop."""

    before: Leftovers
    login_changes: tuple[str, ...] = ()

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.all(), shard_count=2)
        self.loaded = asyncio.Event()
        self.intercept = InterceptHandler()
        self.beats = 0

    async def setup_hook(self) -> None:
        """Take the log, start the loop, load."""
        logging.root.addHandler(self.intercept)
        await self.add_cog(Boom())
        self.add_command(ping)
        self.beat.start()
        await load(self)

    async def prepare(self) -> None:
        """Do nothing before the login."""

    async def close(self) -> None:
        """Give the log back."""
        self.beat.cancel()
        logging.root.removeHandler(self.intercept)
        await super().close()

    @tasks.loop(seconds=0.05)
    async def beat(self) -> None:
        """Count."""
        self.beats += 1


@commands.hybrid_command()
async def ping(ctx: Context) -> None:
    """Answer."""
    await ctx.send("pong")


async def log_error(self: commands.Bot, event: str, /, *args: Any, **kwargs: Any) -> None:
    """Stand where RoboDanny puts its own ``on_error`` on the class of its bot."""
    logging.getLogger("bot").info("Event %s failed: %s", event, sys.exc_info()[1])


class ErrorsOnTheClass(Loader):
    """``on_error`` is an attribute of the class, set from outside."""

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Fail in a listener instead of a command."""
        if message.content == "!boom":
            raise RuntimeError("boom of the host")


ErrorsOnTheClass.on_error = log_error  # type: ignore[method-assign, assignment]  # as hosts do


class MyContext(commands.Context[Any]):
    """A context of the host's own."""


class OverridesAll(Loader):
    """Has a method of its own for everything that a cog may call."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = {"messages": 0}  # as acore_bot: of that name, and not ours
        self.added: list[str] = []

    def add_cog(self, cog: commands.Cog, /, **options: Any) -> Any:
        """Add it; not a coroutine function, but what it returns can be awaited."""
        self.added.append(cog.qualified_name)
        return super().add_cog(cog, **options)

    async def remove_cog(self, name: str, /) -> commands.Cog | None:  # type: ignore[override]  # as hosts do
        """Take no further argument."""
        return await super().remove_cog(name)

    async def load_extension(self, name: str) -> None:  # type: ignore[override]  # as hosts do
        """Take the name only."""
        await super().load_extension(name)

    async def get_context(self, origin: Any, /, *, cls: Any = MyContext) -> Any:
        """Make the host's own."""
        return await super().get_context(origin, cls=cls)

    async def invoke(self, ctx: Context, /) -> None:
        """Count, then invoke."""
        self.metrics["messages"] += 1
        await super().invoke(ctx)

    async def on_command_error(self, ctx: Context, error: commands.CommandError, /) -> None:
        """Log it in the host's own words, and answer the user."""
        logging.getLogger("bot").error(f"Command error: {error}")  # noqa: G004 - as many write it
        await ctx.send("Something broke.")


SHAPES: dict[str, Callable[[], Any]] = {
    "before the login": LoadsEarly,
    "setup_hook": Loader,
    "on_ready": LoadsLater,
    "by a command": LoadsOnCommand,
    "add_cog takes only the cog": TakesOnlyTheCog,
    "shards, loguru, hybrids, loops": Everything,
    "on_error on the class": ErrorsOnTheClass,
    "overrides everything": OverridesAll,
}

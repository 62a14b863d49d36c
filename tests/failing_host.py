"""A host bot in which something of everything fails, and a stage on which that is captured."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands, tasks

from cogs.debug.app.calls import CallParts, calls_of
from cogs.debug.capture.error_capture import MISTAKES, Capture
from discord_sandbox import Channel, Guild, Member, Sandbox
from services.debugcog.activity.days import DayCounter
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.metrics import MetricsService
from tests.discord_bot import running
from tests.error_rig import Rig, rig

Interaction = discord.Interaction[Any]
Context = commands.Context[commands.Bot]


class Trouble(Exception):  # noqa: N818 - a name
    """What every source here raises."""


class Failing(discord.ui.View):
    """A button that fails."""

    @discord.ui.button(label="Fail")
    async def fail(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        """Fail."""
        raise Trouble("view")


class Handling(Failing):
    """The same; the host answers itself, and logs nothing."""

    async def on_error(
        self, interaction: Interaction, error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        """Answer."""
        await interaction.response.send_message("the view's own words", ephemeral=True)


class Dynamic(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"dynamic:(?P<id>\d+)"):
    """A button that outlives restarts, and fails."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label="Dynamic", custom_id=f"dynamic:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Dynamic:
        """Make it of its id."""
        return cls(int(match["id"]))

    async def callback(self, interaction: Interaction) -> None:
        """Fail."""
        raise Trouble("dynamic item")


class Form(discord.ui.Modal, title="Form"):
    """A modal that fails."""

    name = discord.ui.TextInput[Any](label="Name")

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Fail."""
        raise Trouble("modal")


class Lookup(app_commands.Transformer):
    """What somebody typed → what a service has of it."""

    async def transform(self, interaction: Interaction, value: str, /) -> int:
        """Fail by the service, or by what was typed."""
        if value == "down":
            raise ConnectionError("lookup is down")
        return int(value)


class Slash(commands.Cog):
    """Slash commands."""

    @app_commands.command()
    async def ask(self, interaction: Interaction) -> None:
        """Fail before an answer."""
        logging.getLogger("host").warning("asked by user_id=%s", interaction.user.id)
        raise Trouble("ask")

    @app_commands.command()
    async def think(self, interaction: Interaction) -> None:
        """Fail after a defer."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        raise Trouble("think")

    @app_commands.command()
    async def ponder(self, interaction: Interaction, answered: bool) -> None:
        """Fail after a defer that all see, and maybe an answer."""
        await interaction.response.defer(thinking=True)
        if answered:
            await interaction.edit_original_response(content="first")
        raise Trouble("ponder")

    @app_commands.command()
    async def answer(self, interaction: Interaction) -> None:
        """Fail after an answer."""
        await interaction.response.send_message("first")
        raise Trouble("answer")

    @app_commands.command()
    async def look(
        self, interaction: Interaction, what: app_commands.Transform[int, Lookup]
    ) -> None:
        """Work, if that is looked up."""

    @app_commands.command()
    async def fine(self, interaction: Interaction) -> None:
        """Work."""
        await interaction.response.send_message("fine")

    @app_commands.command()
    @app_commands.check(lambda _: False)
    async def forbidden(self, interaction: Interaction) -> None:
        """Refuse."""

    @app_commands.command()
    async def handled(self, interaction: Interaction) -> None:
        """Fail, and answer that."""
        raise Trouble("handled")

    @handled.error
    async def on_handled(
        self, interaction: Interaction, error: app_commands.AppCommandError
    ) -> None:
        """Log and answer."""
        logging.getLogger("host").error("Handled", exc_info=error)
        await interaction.response.send_message("the host's own words", ephemeral=True)

    @app_commands.command()
    async def search(self, interaction: Interaction, word: str) -> None:
        """Complete a word, log it, and fail."""
        logging.getLogger("host").warning("searched for %s", word)
        raise Trouble("search")

    @search.autocomplete("word")
    async def complete(
        self, interaction: Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        """Fail."""
        raise Trouble("autocomplete")

    @app_commands.command()
    async def buttons(self, interaction: Interaction, handling: bool) -> None:
        """Show a button."""
        self.view = Handling() if handling else Failing()
        await interaction.response.send_message("press", view=self.view)

    @app_commands.command()
    async def form(self, interaction: Interaction) -> None:
        """Show a modal."""
        await interaction.response.send_modal(Form())

    @app_commands.command()
    async def lasting(self, interaction: Interaction) -> None:
        """Show a button that outlives restarts."""
        view = discord.ui.View(timeout=None).add_item(Dynamic(7))
        await interaction.response.send_message("press", view=view)


class Prefix(commands.Cog):
    """Prefix and hybrid commands, a listener and a loop."""

    @commands.command()
    async def shout(self, ctx: Context) -> None:
        """Fail."""
        raise Trouble("shout")

    @commands.command()
    async def repeat(self, ctx: Context, number: int) -> None:
        """Work."""
        await ctx.send(str(number))

    @commands.hybrid_command()  # type: ignore[arg-type]  # its overloads need arguments
    async def mixed(self, ctx: Context) -> None:
        """Fail."""
        raise Trouble("mixed")

    @commands.hybrid_command()  # type: ignore[arg-type]  # its overloads need arguments
    async def works(self, ctx: Context) -> None:
        """Work."""
        await ctx.send("works")

    @commands.Cog.listener("on_message")
    async def hear(self, message: discord.Message) -> None:
        """Fail at one word."""
        if message.content.startswith("boom"):
            logging.getLogger("host").warning("heard %r", message.content)
            raise Trouble("listener")

    @tasks.loop(seconds=3600)
    async def sweep(self) -> None:
        """Fail."""
        raise Trouble("loop")


@app_commands.context_menu(name="Quote")
async def quote(interaction: Interaction, message: discord.Message) -> None:
    """Fail."""
    raise Trouble("menu")


@app_commands.context_menu(name="Greet")
async def greet(interaction: Interaction, member: discord.Member) -> None:
    """Fail."""
    raise Trouble("user menu")


class Host(commands.Bot):
    """A host like any other."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__("!", intents=intents)

    async def setup_hook(self) -> None:
        """Add what fails."""
        await self.add_cog(Slash())
        await self.add_cog(Prefix())
        self.tree.add_command(quote)
        await self.tree.sync()


@dataclass
class Stage:
    """A connected host whose errors are captured, and who uses it."""

    bot: Host
    sandbox: Sandbox
    guild: Guild
    member: Member
    channel: Channel
    reports: Rig
    capture: Capture
    metrics: MetricsService
    calls: CallParts

    def install(self) -> None:
        """Capture, as the cog does when it is loaded."""
        self.reports.hooks.install(asyncio.get_running_loop())
        self.capture.install()

    def uninstall(self) -> None:
        """Give everything back."""
        self.capture.uninstall()
        self.reports.hooks.uninstall()

    async def groups(self) -> tuple[ErrorGroup, ...]:
        """Wait until all that was reported is stored, and list it."""
        return await asyncio.to_thread(self.reports.groups)

    async def group(self) -> ErrorGroup:
        """Wait for the one group that there is."""
        async with asyncio.timeout(10):
            while not (groups := await self.groups()):
                pass
        (group,) = groups
        return group

    def user_notice(self, group: ErrorGroup) -> str:
        """Give the words for the user who ran into it."""
        assert group.event is not None
        found = group.event.id
        return f"Sorry, something went wrong here. The bot's admins can look it up as `{found}`."


def tags(group: ErrorGroup) -> tuple[str, str, str]:
    """Give the message, source and command of a group's event."""
    assert group.event is not None
    return group.message, group.event.context.source, group.event.context.command


@asynccontextmanager
async def staged(bot: Host, path: Path) -> AsyncIterator[Stage]:
    """Connect a host to a sandbox, and capture its errors.

    Args:
        bot: the host.
        path: of the state file.
    """
    metrics = MetricsService(fold_interval=None)
    calls = calls_of(metrics, DayCounter())
    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Home")
        member, channel = guild.add_member("mia"), guild.add_text_channel("general")
        with rig(path, time.time, mistakes=MISTAKES) as runtime:
            capture = Capture(bot, runtime.reporter, calls.calls)
            async with running(bot, sandbox):
                stage = Stage(
                    bot, sandbox, guild, member, channel, runtime, capture, metrics, calls
                )
                stage.install()
                yield stage
                stage.uninstall()
    metrics.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - it comes true in another thread
            await asyncio.sleep(0.01)


@asynccontextmanager
async def unanswered(use: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Use the bot without waiting for the answer that does not come."""
    task = asyncio.create_task(use)
    yield
    task.cancel()
    await asyncio.wait({task})

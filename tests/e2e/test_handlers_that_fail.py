"""An error handler of the host that fails is one fault, whatever it was called for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands, tasks

from services.debugcog.errors.records import ErrorGroup
from tests.e2e.conftest import Home, Host

Interaction = discord.Interaction[Any]
ERRORS = {
    "value": ValueError,
    "key": KeyError,
    "type": TypeError,
    "refused": app_commands.CheckFailure,
}


def fail(kind: str) -> None:
    raise ERRORS[kind]


class Handler:
    """What each handler here does: it looks for a message that is gone."""

    channel: discord.abc.Messageable

    async def look(self) -> None:
        await self.channel.fetch_message(1)


LINE = Handler.look.__code__.co_firstlineno + 1


class Pressed(discord.ui.View, Handler):
    def __init__(self, channel: discord.abc.Messageable) -> None:
        super().__init__()
        self.channel = channel

    async def on_error(self, interaction: Interaction, error: Exception, item: Any, /) -> None:
        await self.look()


def button(kind: str) -> discord.ui.Button[Any]:
    made = discord.ui.Button[Any](label=kind)

    async def callback(interaction: Interaction) -> None:
        await interaction.response.defer()
        fail(kind)

    made.callback = callback  # type: ignore[method-assign]
    return made


class Shop(commands.Cog, Handler):
    def __init__(self, channel: discord.abc.Messageable) -> None:
        self.channel = channel

    @app_commands.command()
    async def buy(self, interaction: Interaction, kind: str) -> None:
        """Answer, then fail."""
        await interaction.response.send_message("bought")
        fail(kind)

    @app_commands.command()
    async def buttons(self, interaction: Interaction) -> None:
        """Show a button for each failure."""
        view = Pressed(self.channel)
        for kind in ERRORS:
            view.add_item(button(kind))
        await interaction.response.send_message("press", view=view)

    async def cog_app_command_error(
        self, interaction: Interaction, error: app_commands.AppCommandError
    ) -> None:
        await self.look()

    @commands.command()
    async def sell(self, ctx: commands.Context[Any], kind: str) -> None:
        fail(kind)

    @sell.error
    async def sold_out(self, ctx: commands.Context[Any], error: Exception) -> None:
        await self.look()

    @tasks.loop(count=1)
    async def restock(self, kind: str) -> None:
        fail(kind)

    @restock.error
    async def not_restocked(self, error: BaseException) -> None:
        await self.look()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.content in ERRORS:
            fail(message.content)


Source = Callable[[Home, Shop, str], Awaitable[None]]


@pytest.fixture
async def shop(home: Home, host: Host) -> Shop:
    channel = host.get_channel(int(home.channel.id))
    assert isinstance(channel, discord.TextChannel)
    cog = Shop(channel)
    await host.add_cog(cog)
    await host.tree.sync()
    return cog


async def of_handlers(host: Host, count: int) -> list[ErrorGroup]:
    """Wait until a handler has failed so often, and list the groups of that."""
    while True:
        assert await host.cog.runtime.off_loop(host.cog.runtime.errors.store.flush)
        groups = await host.cog.runtime.errors.store.groups()
        found = [group for group in groups if "NotFound" in group.type]
        if sum(group.count for group in found) >= count:
            return found
        await asyncio.sleep(0.05)


async def slash_command(home: Home, shop: Shop, kind: str) -> None:
    await home.sandbox.run_command(home.stranger, home.channel, "buy", {"kind": kind})


async def prefix_command(home: Home, shop: Shop, kind: str) -> None:
    await home.sandbox.say(home.stranger, home.channel, f"!sell {kind}")


async def view(home: Home, shop: Shop, kind: str) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "buttons")
    assert run.message is not None
    await home.sandbox.click(home.stranger, run.message, kind)


async def loop(home: Home, shop: Shop, kind: str) -> None:
    await asyncio.wait({shop.restock.start(kind)})


async def listener(home: Home, shop: Shop, kind: str) -> None:
    await home.sandbox.say(home.stranger, home.channel, kind)


@pytest.mark.parametrize(
    "source",
    [slash_command, prefix_command, view, loop, listener],
    ids=lambda source: str(source.__name__),
)
async def test_a_handler_that_fails_is_one_group_whatever_it_was_called_for(
    home: Home, host: Host, shop: Shop, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def on_error(event: str, /, *_: object) -> None:
        await shop.look()

    if source is listener:
        monkeypatch.setattr(host, "on_error", on_error)
    for kind in ERRORS:
        await source(home, shop, kind)

    assert [
        (group.type, group.where, group.count) for group in await of_handlers(host, len(ERRORS))
    ] == [("discord.errors.NotFound", f"e2e/test_handlers_that_fail.py:{LINE} in Handler.look", 4)]

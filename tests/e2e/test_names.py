"""The extension's two names: one is loaded, the other is refused, and either leaves nothing."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

import debugcog
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_lifecycle import BareHost, use
from tests.hosts.bots.leftovers import changes, leftovers

NAMES = ("debugcog", "cogs.debug")


async def test_unloading_debugcog_leaves_nothing_of_the_cog_behind(home: Home) -> None:
    async with running(BareHost(), home.sandbox) as bot:
        await used_once(bot, home)  # warm: what discord.py and the interpreter keep for good
        before = leftovers(bot)
        await used_once(bot, home)
        assert changes(before, leftovers(bot)) == []
        assert bot.cogs == {}
        assert not any(bot.extra_events.values())


async def used_once(bot: Host, home: Home) -> None:
    await bot.load_extension("debugcog")
    await registered()
    await use(home)
    await bot.unload_extension("debugcog")


async def fails(interaction: discord.Interaction) -> None:
    raise LookupError("in the host's own cogs/debug.py")


async def test_an_error_of_a_hosts_own_cogs_debug_is_reported(home: Home) -> None:
    bot = BareHost()
    command: app_commands.Command[Any, ..., None] = app_commands.Command(
        name="own", description="The host's own", callback=fails
    )
    command.module = "cogs.debug"
    bot.tree.add_command(command)
    async with running(bot, home.sandbox):
        await bot.load_extension("debugcog")
        await bot.tree.sync()
        await home.sandbox.run_command(home.stranger, home.channel, "own")
        card = await home.alerts.wait_for(lambda card: "LookupError" in card.text)
        assert "in the host's own cogs/debug.py" in card.text


@pytest.mark.parametrize(("loaded", "other"), [NAMES, NAMES[::-1]])
async def test_the_other_name_is_refused_and_what_is_loaded_goes_on(
    home: Home, loaded: str, other: str
) -> None:
    async with running(BareHost(), home.sandbox) as bot:
        await bot.load_extension(loaded)
        await registered()
        cog, listeners = bot.cog, {name: list(found) for name, found in bot.extra_events.items()}
        with pytest.raises(commands.ExtensionFailed) as caught:
            await bot.load_extension(other)
        assert str(caught.value) == (
            f"Extension '{other}' raised an error: RuntimeError: DebugCog is loaded already, as "
            f"{loaded}: load it once, as debugcog"
        )
        assert bot.cog is cog
        assert {name: found for name, found in bot.extra_events.items() if found} == listeners
        await use(home)
        await bot.reload_extension(loaded)
        await registered()
        await use(home)


async def test_a_reload_makes_a_new_cog_of_the_same_class(home: Home) -> None:
    async with running(BareHost(), home.sandbox) as bot:
        for name in NAMES:
            await bot.load_extension(name)
            first = bot.cog
            await bot.reload_extension(name)
            assert bot.cog is not first
            assert type(bot.cog).__base__ is type(first).__base__
            await bot.unload_extension(name)


async def test_either_name_uses_what_the_other_has_been_handed(home: Home) -> None:
    metrics = debugcog.MetricsService()
    async with running(BareHost(), home.sandbox) as bot:
        debugcog.configure(bot, metrics=metrics)
        for name in NAMES:
            await bot.load_extension(name)
            assert bot.cog.runtime.metrics is metrics
            assert debugcog.metrics_of(bot) is metrics
            await bot.unload_extension(name)
    metrics.close()

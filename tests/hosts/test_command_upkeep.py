"""A host that clears and syncs its commands gets /debug back, without a contest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from cogs.debug.app.command_upkeep import CommandUpkeep, Pace
from cogs.debug.app.registration import Registration
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, environment, home, registered

__all__ = ["environment", "home"]  # fixtures

FAST = Pace(tree=0.02, check_interval=0.1, sync_grace=0.05, most=0.4)
LOGGER = "debugcog.registration"


@pytest.fixture
async def host(home: Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host with a global command of its own, looked after at a fast pace."""
    async with running(Host(), home.sandbox) as bot:
        bot.tree.command(name="ask", description="Ask the bot")(_ask)
        await bot.tree.sync()
        await registered()
        runtime = bot.cog.runtime
        registration = Registration(bot, bot.cog, runtime.settings, runtime.database, FAST)
        registration.start()
        await registered()
        yield bot
        await registration.close()


async def _ask(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("42")


def names(home: Home) -> list[str]:
    commands = home.sandbox.application.registered(home.guild.id).values()
    return sorted(command.name for command in commands)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - the sandbox's state has no event
            await asyncio.sleep(0.01)


async def sync_without_ours(host: Host, home: Home) -> None:
    guild = discord.Object(home.guild.id)
    host.tree.clear_commands(guild=guild)
    host.tree.copy_global_to(guild=guild)
    await host.tree.sync(guild=guild)


async def answered(home: Home) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug loglevel")
    await run.wait(lambda run: run.message and run.message.embeds)


async def test_after_a_clear_and_a_sync_it_comes_back_beside_the_hosts_commands(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    await sync_without_ours(host, home)
    assert names(home) == ["ask"]
    (ask,) = home.sandbox.application.registered(home.guild.id)
    await until(lambda: names(home) == ["ask", "debug"])
    await answered(home)
    assert ask in home.sandbox.application.registered(home.guild.id)
    await until(lambda: any("again" in r.getMessage() for r in caplog.records if r.name == LOGGER))
    ours = [r for r in caplog.records if r.name == LOGGER]  # the machine may have stalls
    assert [r.getMessage() for r in ours if r.levelno >= logging.WARNING] == [
        (
            f"Registered /debug again in guild_id={home.guild.id}: Discord had lost it, as it does "
            "when a bot syncs its commands without ours"
        )
    ]


async def test_a_clear_of_the_tree_alone_keeps_no_interaction_from_its_answer(
    home: Home, host: Host
) -> None:
    host.tree.clear_commands(guild=discord.Object(home.guild.id))
    await answered(home)
    assert names(home) == ["debug"]


async def test_it_is_back_in_the_tree_by_itself_so_that_a_later_sync_keeps_it(
    home: Home, host: Host
) -> None:
    guild = discord.Object(home.guild.id)
    host.tree.clear_commands(guild=guild)
    await until(lambda: host.tree.get_command("debug", guild=guild) is not None)
    await host.tree.sync(guild=guild)
    assert names(home) == ["debug"]


async def test_what_is_in_place_is_looked_at_and_not_touched(home: Home, host: Host) -> None:
    def looks() -> int:
        return sum(one.method == "GET" and "/commands" in one.path for one in home.sandbox.requests)

    begun = looks()
    await until(lambda: looks() >= begun + 3)
    changes = [r.method for r in home.sandbox.requests if f"guilds/{home.guild.id}/comm" in r.path]
    assert changes.count("POST") == 1
    assert set(changes) == {"GET", "POST"}


Listing = tuple[dict[int, int], bool]


class Guild:
    """A guild's commands as Discord lists them, one listing after the other, the last one on."""

    def __init__(self, *listings: Listing) -> None:
        self.listings = list(listings)
        self.looks = 0
        self.upserts: list[int] = []

    async def lists(self, _: int) -> Listing:
        self.looks += 1
        return self.listings.pop(0) if len(self.listings) > 1 else self.listings[0]

    async def upsert(self, _: int) -> None:
        self.upserts.append(self.looks)


Keep = Callable[..., CommandUpkeep]


@pytest.fixture
async def keep() -> AsyncIterator[Keep]:
    group = app_commands.Group(name="debug", description="Ours")
    bot = discord.Client(intents=discord.Intents.none())
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(bot)
    tree.add_command(group, guild=discord.Object(1))
    ends: list[Callable[[], Awaitable[None]]] = []

    def keep(guild: Guild, pace: Pace = FAST) -> CommandUpkeep:
        upkeep = CommandUpkeep(tree, group, guild.lists, guild.upsert, pace)
        upkeep.start([1])
        ends.append(upkeep.close)
        return upkeep

    yield keep
    for end in ends:
        await end()


async def test_it_waits_until_the_hosts_sync_is_over(keep: Keep) -> None:
    guild = Guild(({1: 1}, False), ({1: 2}, False), ({1: 2, 2: 3}, False), ({1: 2, 2: 3}, False))
    keep(guild)
    await until(lambda: bool(guild.upserts))
    assert guild.upserts[0] == 4


async def test_a_sync_that_brings_it_back_by_itself_is_left_alone(keep: Keep) -> None:
    guild = Guild(({1: 1}, False), ({1: 1, 2: 1}, True))
    keep(guild)
    await until(lambda: guild.looks >= 4)
    assert guild.upserts == []


async def test_what_goes_missing_again_and_again_is_put_back_less_and_less_often(
    keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    guild = Guild(({}, False))
    upkeep = keep(guild)
    await until(lambda: len(guild.upserts) == 3)
    assert upkeep._turns[1].losses >= 2
    assert [upkeep._wait(losses) for losses in range(4)] == [0.1, 0.2, 0.4, 0.4]
    first, second, *_ = [r.getMessage() for r in caplog.records]
    assert "again and again" not in first
    assert "it goes missing again and again, so the next look is in 0 min" in second


async def test_by_default_discord_is_asked_every_3_minutes_and_put_right_once_an_hour_at_least(
    keep: Keep,
) -> None:
    upkeep = keep(Guild(({}, True)), Pace())
    waits = [upkeep._wait(losses) / 60 for losses in range(7)]
    assert waits == [3, 6, 12, 24, 48, 60, 60]


async def test_a_host_that_puts_its_own_command_in_its_place_keeps_it(keep: Keep) -> None:
    guild = Guild(({1: 1}, False))
    upkeep = keep(guild)
    own = app_commands.Group(name="debug", description="Mine")
    upkeep._tree.add_command(own, guild=discord.Object(1), override=True)
    await until(lambda: guild.looks >= 3)
    assert guild.upserts == []
    assert upkeep._tree.get_command("debug", guild=discord.Object(1)) is own


async def test_a_look_that_fails_is_one_of_many(keep: Keep) -> None:
    guild = Guild(({1: 1}, False))
    healthy = guild.lists
    failures = iter((OSError("no network"), OSError("no network")))

    async def lists(guild_id: int) -> Listing:
        for failure in failures:
            raise failure
        return await healthy(guild_id)

    guild.lists = lists  # type: ignore[assignment]  # a network that fails twice
    keep(guild)
    await until(lambda: bool(guild.upserts))


async def test_when_it_is_closed_nothing_comes_back_even_where_another_covers_our_check(
    keep: Keep,
) -> None:
    upkeep = keep(Guild(({}, True)))
    tree = upkeep._tree
    covered = tree.interaction_check
    tree.interaction_check = lambda interaction: covered(interaction)  # type: ignore[method-assign]  # as hosts do
    await upkeep.close()
    tree.clear_commands(guild=discord.Object(1))
    interaction: Any = SimpleNamespace(guild_id=1)
    assert await tree.interaction_check(interaction)
    assert tree.get_command("debug", guild=discord.Object(1)) is None


async def test_a_connection_makes_it_look_at_once(keep: Keep) -> None:
    guild = Guild(({}, True))
    upkeep = keep(guild, Pace(tree=60, check_interval=600))
    upkeep.check_now()
    await until(lambda: guild.looks == 1)

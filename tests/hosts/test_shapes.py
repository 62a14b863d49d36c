"""DebugCog in bots of other people's shapes: load, use, one error, unload, and nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from discord_sandbox import Message
from discord_sandbox.people.runs import Run
from tests.discord_bot import running
from tests.e2e.conftest import Home, environment, home, registered
from tests.hosts.bots.leftovers import Leftovers, changes, leftovers
from tests.hosts.shapes import EXTENSION, SHAPES, Loader, LoadsOnCommand, load

pytestmark = pytest.mark.thorough

__all__ = ["environment", "home"]  # fixtures


async def use(world: Home) -> Run:
    """Ask for the metrics; the picture of the answer comes later, or not before an unload."""
    await registered()
    run = await world.sandbox.run_command(world.owner, world.channel, "debug metrics")
    return await run.wait(lambda run: run.message and "Metrics" in run.message.text)


def cards(world: Home) -> list[Message]:
    return [each for each in world.alerts.messages if "boom of the host" in each.text]


async def fail_once(world: Home) -> None:
    await world.sandbox.say(world.stranger, world.channel, "!boom")
    await world.alerts.wait_for(lambda card: "boom of the host" in card.text)
    assert len(cards(world)) == 1


def assert_nothing_left(before: Leftovers, bot: Any) -> None:
    found = changes(before, leftovers(bot))
    assert [each for each in found if not each.startswith(bot.login_changes)] == []


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_bot_of_this_shape_loads_uses_and_unloads_it_and_is_as_before(
    shape: str, home: Home
) -> None:
    bot = SHAPES[shape]()
    await bot.prepare()
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        if isinstance(bot, LoadsOnCommand):
            await load(bot)
        await bot.loaded.wait()
        run = await use(home)
        await run.wait(lambda run: run.message and run.message.attachments)
        await fail_once(home)
        await bot.unload_extension(EXTENSION)
        assert_nothing_left(bot.before, bot)

        await bot.load_extension(EXTENSION)
        await use(home)
        await bot.reload_extension(EXTENSION)
        await use(home)
        await bot.unload_extension(EXTENSION)
        assert_nothing_left(bot.before, bot)
        assert len(cards(home)) == 1


async def test_a_module_of_the_hosts_own_that_takes_our_setup_loads_and_unloads_it(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk.py").write_text(f"from {EXTENSION} import setup\n")
    monkeypatch.syspath_prepend(tmp_path)
    bot = LoadsOnCommand()
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        before = leftovers(bot)
        await bot.load_extension("desk")
        await use(home)
        await bot.reload_extension("desk")
        await use(home)
        await bot.unload_extension("desk")
        assert_nothing_left(before, bot)


async def test_a_host_that_removes_the_cog_by_its_name_is_as_before(home: Home) -> None:
    bot = LoadsOnCommand()
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        before = leftovers(bot)
        await bot.load_extension(EXTENSION)
        await use(home)
        await bot.remove_cog("DebugCog")
        assert_nothing_left(before, bot)


async def test_a_bot_that_is_in_none_of_the_guilds_hears_what_to_do_and_goes_on(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("DEBUG_GUILD_IDS", "4711")
    bot = Loader()
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        await registered()
        await fail_once(home)
        assert home.sandbox.application.registered(home.guild.id) == {}
        await bot.unload_extension(EXTENSION)
    expected = (
        "Not registered: this bot is in none of DEBUG_GUILD_IDS=4711, or was invited without the "
        "applications.commands scope, so no server has /debug. Put the id of your admin server "
        f"there, or invite the bot again; this bot is in Home ({home.guild.id})"
    )
    assert {each for each in caplog.messages if "4711" in each} == {expected}


async def test_files_are_made_where_the_host_runs_when_it_loads(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    bot = LoadsOnCommand()
    async with running(bot, home.sandbox):
        environment.chdir(elsewhere)
        await bot.load_extension(EXTENSION)
        environment.chdir(tmp_path)
        await use(home)
        await bot.unload_extension(EXTENSION)
    assert {"bot.log", "debugcog.sqlite3"} <= {one.name for one in (elsewhere / "logs").iterdir()}
    assert not (tmp_path / "logs").exists()

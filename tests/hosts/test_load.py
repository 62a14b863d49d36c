"""A load that fails or is cancelled at any of its steps leaves nothing, and the next one works."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Awaitable, Generator
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from tests.discord_bot import running, started
from tests.e2e.conftest import Home, environment, home, registered
from tests.hosts.bots.leftovers import changes, leftovers
from tests.hosts.shapes import EXTENSION, LoadsOnCommand

__all__ = ["environment", "home"]  # fixtures

NEVER = sys.maxsize
STEPS = (
    "services.debugcog.logs.Logging.__init__",
    "services.debugcog.performance.PerformanceWarnings.watch",
    "services.debugcog.errors.store.ErrorStore.start",
    "services.debugcog.errors.hooks.Hooks.install",
    "cogs.debug.capture.error_capture.Capture.install",
    "services.debugcog.process.termination.Termination.install",
    "services.debugcog.state.database.Database.begin",
    "cogs.debug.app.registration.Registration.start",
)
"""What the load calls one after the other, and what may raise there."""
LATER_STEPS = (
    "services.debugcog.state.state_file.StateFile.open",
    "services.debugcog.timeseries.history.History.restore",
    "services.debugcog.process.crash_trace.CrashTrace.read",
    "services.debugcog.alerting.evaluator.Evaluator.load",
    "services.debugcog.process.crash_trace.CrashTrace.open",
    "services.debugcog.alerting.evaluator.Evaluator.start",
    "services.debugcog.alerting.alert_service.AlertService.loaded",
    "services.debugcog.ticker.Ticker.start",
)
"""What comes right after the load, with the state file."""


class Cancelling:
    """Awaits something, and cancels its own task at some of the waits.

    Args:
        work: what is awaited.
        first: the number of the first wait that is cancelled, from 1.
        last: the number of the last one.
    """

    def __init__(self, work: Awaitable[None], first: int, last: int) -> None:
        self._work = work
        self._first = first
        self._last = last

    def __await__(self) -> Generator[Any, Any, None]:
        task = asyncio.current_task()
        assert task
        waits, steps = 0, self._work.__await__()
        try:
            future = next(steps)
            while True:
                waits += 1
                if self._first <= waits <= self._last:
                    task.cancel()
                try:
                    value = yield future
                except BaseException as error:  # noqa: BLE001 - a cancellation, mostly
                    future = steps.throw(error)
                else:
                    future = steps.send(value)
        except StopIteration:
            return


@pytest.fixture
async def bot(home: Home) -> AsyncIterator[LoadsOnCommand]:
    """A host that is connected and has loaded nothing of ours."""
    async with running(LoadsOnCommand(), home.sandbox) as bot:
        await bot.wait_until_ready()
        yield bot


def left(bot: LoadsOnCommand) -> list[str]:
    assert EXTENSION not in bot.extensions
    return changes(bot.before, leftovers(bot))


async def assert_it_loads(bot: LoadsOnCommand, home: Home) -> None:
    """Load it and use it; a run that was broken off is not taken for a crash."""
    await bot.load_extension(EXTENSION)
    await registered()
    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
    await run.wait(lambda run: run.message and "Alerts" in run.message.text)
    await bot.unload_extension(EXTENSION)
    assert left(bot) == []
    assert [message.text for message in home.alerts.messages] == []


async def is_cancelled(work: Awaitable[None], first: int, last: int) -> bool:
    """Tell whether a task in which that is awaited ends by the cancellation."""

    async def attempt() -> None:
        await Cancelling(work, first, last)

    task = asyncio.create_task(attempt())
    await asyncio.wait((task,))
    if not task.cancelled():
        task.result()
    return task.cancelled()


async def test_a_load_waits_for_nothing_so_no_cancellation_breaks_it_off(
    bot: LoadsOnCommand, home: Home
) -> None:
    bot.before = leftovers(bot)
    assert not await is_cancelled(bot.load_extension(EXTENSION), 1, NEVER)
    await bot.unload_extension(EXTENSION)
    await assert_it_loads(bot, home)


@pytest.mark.parametrize("again", [False, True], ids=["once", "again and again"])
async def test_an_unload_that_is_cancelled_at_any_wait_goes_to_its_end(
    bot: LoadsOnCommand, home: Home, again: bool
) -> None:
    bot.before = leftovers(bot)
    waits, cancelled = 0, True
    while cancelled:
        waits += 1
        await bot.load_extension(EXTENSION)
        await registered()
        cancelled = await is_cancelled(
            bot.unload_extension(EXTENSION), waits, NEVER if again else waits
        )
        if EXTENSION in bot.extensions:  # discord.py has not come to forget it; the cog is gone
            assert bot.cogs.keys() == {"Boom"}
            await bot.unload_extension(EXTENSION)
        assert left(bot) == [], f"at wait {waits}"
    await assert_it_loads(bot, home)


@pytest.mark.thorough
@pytest.mark.parametrize("step", STEPS)
async def test_a_load_that_fails_at_a_step_leaves_nothing(
    bot: LoadsOnCommand, home: Home, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.before = leftovers(bot)

    def fail(*_: object, **__: object) -> None:
        raise LookupError("this step")

    module, kind, method = step.rsplit(".", 2)
    with monkeypatch.context() as broken:
        broken.setattr(getattr(importlib.import_module(module), kind), method, fail)
        with pytest.raises(commands.ExtensionFailed, match="this step"):
            await bot.load_extension(EXTENSION)
    assert left(bot) == []
    await assert_it_loads(bot, home)


@pytest.mark.thorough
@pytest.mark.parametrize("step", LATER_STEPS)
async def test_a_failure_right_after_the_load_is_told_and_an_unload_leaves_nothing(
    bot: LoadsOnCommand,
    home: Home,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bot.before = leftovers(bot)

    def fail(*_: object, **__: object) -> None:
        raise LookupError("this step")

    module, kind, method = step.rsplit(".", 2)
    with monkeypatch.context() as broken:
        broken.setattr(getattr(importlib.import_module(module), kind), method, fail)
        await bot.load_extension(EXTENSION)
        await started()
    told = [one for one in caplog.records if one.name == "debugcog.runtime"]
    assert [one.exc_info and str(one.exc_info[1]) for one in told] == ["this step"]
    assert told[0].getMessage() == ("No alerts until the cog is loaded again: its start failed")
    await bot.unload_extension(EXTENSION)
    assert left(bot) == []
    await assert_it_loads(bot, home)


async def test_an_unload_right_after_the_load_leaves_nothing(
    bot: LoadsOnCommand, home: Home
) -> None:
    bot.before = leftovers(bot)
    await bot.load_extension(EXTENSION)
    await bot.unload_extension(EXTENSION)
    assert left(bot) == []
    await assert_it_loads(bot, home)


async def test_bad_settings_leave_nothing(
    bot: LoadsOnCommand, home: Home, environment: pytest.MonkeyPatch
) -> None:
    bot.before = leftovers(bot)
    environment.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(commands.ExtensionFailed, match="LOUD"):
        await bot.load_extension(EXTENSION)
    environment.delenv("LOG_LEVEL")
    assert left(bot) == []
    await assert_it_loads(bot, home)


async def test_a_debug_command_of_the_hosts_own_stays_and_the_load_says_what_to_do(
    bot: LoadsOnCommand, home: Home
) -> None:
    guild = discord.Object(home.guild.id)
    theirs = app_commands.Group(name="debug", description="The host's own")
    bot.tree.add_command(theirs, guild=guild)
    bot.before = leftovers(bot)
    with pytest.raises(commands.ExtensionFailed, match="has a /debug of its own in guild"):
        await bot.load_extension(EXTENSION)
    assert left(bot) == []
    assert bot.tree.get_command("debug", guild=guild) is theirs
    bot.tree.remove_command("debug", guild=guild)
    bot.before = leftovers(bot)
    await assert_it_loads(bot, home)


async def test_a_cog_of_the_hosts_own_with_our_name_stays(bot: LoadsOnCommand, home: Home) -> None:
    class DebugCog(commands.Cog):
        """The host's own."""

    theirs = DebugCog()
    await bot.add_cog(theirs)
    bot.before = leftovers(bot)
    with pytest.raises(commands.ExtensionFailed, match="a cog of its own named DebugCog"):
        await bot.load_extension(EXTENSION)
    assert left(bot) == []
    assert bot.get_cog("DebugCog") is theirs
    await bot.remove_cog("DebugCog")
    bot.before = leftovers(bot)
    await assert_it_loads(bot, home)


class FailsAfterwards(LoadsOnCommand):
    """Its ``add_cog`` adds the cog, and fails after that."""

    async def add_cog(self, cog: commands.Cog, /, **options: Any) -> None:
        """Add it, and fail unless it is the host's own."""
        await super().add_cog(cog, **options)
        if cog.qualified_name == "DebugCog":
            raise LookupError("after the cog was added")


async def test_a_host_whose_add_cog_fails_after_it_has_added_the_cog_is_as_before(
    home: Home,
) -> None:
    async with running(FailsAfterwards(), home.sandbox) as bot:
        await bot.wait_until_ready()
        before = leftovers(bot)
        with pytest.raises(commands.ExtensionFailed, match="after the cog was added"):
            await bot.load_extension(EXTENSION)
        assert changes(before, leftovers(bot)) == []

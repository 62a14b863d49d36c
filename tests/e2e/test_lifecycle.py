from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest

from services.debugcog.logfile.root_handler import RootHandler
from services.debugcog.metrics import MetricsService
from services.debugcog.tracing import traced
from tests.discord_bot import running, started
from tests.e2e.conftest import Home, Host, registered
from tests.hosts.bots.leftovers import changes, leftovers


class BareHost(Host):
    async def setup_hook(self) -> None:
        pass


class SharingHost(BareHost):
    """It puts its own service on the bot, as README says."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = MetricsService()


@pytest.fixture
async def sharing(home: Home) -> AsyncIterator[SharingHost]:
    async with running(SharingHost(), home.sandbox) as bot:
        await bot.load_extension("cogs.debug")
        await registered()
        yield bot
    bot.metrics.close()


def work(metrics: MetricsService) -> None:
    metrics.increment("messages_processed", 100)
    metrics.increment("errors")
    metrics.record("tokens_input", 1000)


async def shown(home: Home) -> tuple[str, str]:
    """The figures of the last hour that ``work`` has made."""
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.embeds)
    assert run.message
    fields = {field["name"].split()[0]: field["value"] for field in run.message.embeds[0]["fields"]}
    return fields["Tokens"].splitlines()[1], fields["Errors"].splitlines()[1]


async def use(home: Home) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.attachments)
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug loglevel", {"level": "DEBUG"}
    )
    await run.wait(lambda run: run.message and run.message.embeds)


async def test_unloading_leaves_nothing_of_the_cog_behind(home: Home) -> None:
    async with running(BareHost(), home.sandbox) as bot:
        await use_once(bot, home)  # warm: what discord.py and the interpreter keep for good
        before = leftovers(bot)
        await use_once(bot, home)
        assert changes(before, leftovers(bot)) == []
        assert bot.cogs == {}
        assert bot.tree.get_commands(guild=discord.Object(home.guild.id)) == []
        assert not any(bot.extra_events.values())


async def use_once(bot: Host, home: Home) -> None:
    await bot.load_extension("cogs.debug")
    await registered()
    await use(home)
    await bot.unload_extension("cogs.debug")


async def test_reloading_goes_on_working_with_one_registration(home: Home, host: Host) -> None:
    first = host.cog
    for _ in range(3):
        await host.reload_extension("cogs.debug")
        await registered()
    assert host.cog is not first
    await use(home)
    posts = [r for r in home.sandbox.requests if r.method == "POST" and "commands" in r.path]
    assert len(posts) == 1


async def test_reloading_does_not_count_again_what_the_hosts_own_service_holds(
    home: Home, sharing: SharingHost
) -> None:
    work(sharing.metrics)
    for _ in range(3):
        assert await shown(home) == ("in 1,000 · out 0", "1 of 100")
        await sharing.reload_extension("cogs.debug")
        await registered()


async def test_what_is_recorded_while_the_cog_is_unloaded_is_counted_and_kept_once(
    home: Home, sharing: SharingHost
) -> None:
    work(sharing.metrics)
    await sharing.unload_extension("cogs.debug")
    work(sharing.metrics)
    await sharing.load_extension("cogs.debug")
    await registered()
    assert await shown(home) == ("in 2,000 · out 0", "2 of 200")
    await sharing.unload_extension("cogs.debug")
    sharing.metrics.close()
    sharing.metrics = MetricsService()  # as the next process makes it
    work(sharing.metrics)
    await sharing.load_extension("cogs.debug")
    await registered()
    assert await shown(home) == ("in 3,000 · out 0", "3 of 300")


async def test_the_cog_may_be_loaded_before_the_bot_logs_in(home: Home) -> None:
    bot = BareHost()
    await bot.load_extension("cogs.debug")
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        await registered()
        await use(home)


async def test_a_load_on_a_loop_that_has_ended_is_done_again_on_the_one_that_the_bot_runs_on(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    bot = BareHost()
    await asyncio.to_thread(asyncio.run, bot.load_extension("cogs.debug"))
    first = bot.cog
    async with running(bot, home.sandbox):
        while bot.get_cog("DebugCog") in (None, first):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        await registered()
        await use(home)
        metrics = bot.cog.runtime.metrics
        while not metrics.summary("event_loop_lag_ms", 60.0).count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "and is loaded again on this one: errors in between were not seen" in caplog.text


async def test_a_load_ends_what_bots_that_nobody_has_closed_left_on_loops_that_are(
    home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def attempt(bot: BareHost) -> None:
        """Load as a host does whose ``bot.start()`` finds no network then."""
        await bot.load_extension("cogs.debug")
        await bot.cog.runtime.whole()

    left = [BareHost() for _ in range(3)]
    for bot in left:
        await asyncio.to_thread(asyncio.run, attempt(bot))
    bot = BareHost()
    async with running(bot, home.sandbox):
        await bot.load_extension("cogs.debug")
        await registered()
        names = Counter(one.name for one in threading.enumerate() if "debugcog" in one.name)
        assert max(names.values()) == 1
        handlers = [one for one in logging.root.handlers if isinstance(one, RootHandler)]
        assert len(handlers) == 1
        for one in left:  # their host closes them after all
            await one.cog.cog_unload()
    states = [path.name for path in (tmp_path / "logs").glob("*.sqlite3")]
    assert states == ["debugcog.sqlite3"]
    assert "State file in use" not in caplog.text


async def test_bad_settings_refuse_the_load_and_name_them_all(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("LOG_LEVEL", "LOUD")
    environment.setenv("ALERT_CHANNEL_ID", "#alerts")
    environment.setenv("STATE_PATH", ".")
    bot = BareHost()
    with pytest.raises(Exception, match="3 bad settings") as caught:
        await bot.load_extension("cogs.debug")
    assert "LOG_LEVEL='LOUD'" in str(caught.value)
    assert "ALERT_CHANNEL_ID='#alerts'" in str(caught.value)
    assert "STATE_PATH='.'" in str(caught.value)
    assert bot.cogs == {}
    await bot.close()


async def test_debug_mode_is_on_in_a_host_that_has_set_up_logging_until_the_cog_is_unloaded(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DEBUG_MODE", "true")
    logging.root.setLevel(logging.INFO)  # pytest's own handlers are there already
    bot = BareHost()
    await bot.load_extension("cogs.debug")
    traced("user_profiles")(lambda user_id: user_id)(123)
    await bot.unload_extension("cogs.debug")
    await bot.close()
    log = (tmp_path / "logs" / "bot.log").read_text()
    assert "service_call: user_profiles.<lambda>(user_id=123)" in log
    assert logging.root.level == logging.INFO


async def test_what_discord_py_tells_on_the_console_of_bot_run_stays_out_of_the_log(
    home: Home, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DEBUG_MODE", "true")
    library = logging.getLogger("discord")
    level = library.level
    console = io.StringIO()
    handler = logging.StreamHandler(console)
    discord.utils.setup_logging(handler=handler, root=False)  # as bot.run() does
    try:
        async with running(Host(), home.sandbox):
            await registered()
    finally:
        library.removeHandler(handler)
        library.setLevel(level)
    assert "Session ID: " in console.getvalue()
    assert "] discord" not in (tmp_path / "logs" / "bot.log").read_text()


async def test_state_and_log_are_files_of_the_host_not_of_the_package(
    home: Home, host: Host, tmp_path: Path
) -> None:
    assert (tmp_path / "logs" / "debugcog.sqlite3").exists()


async def test_two_bots_in_one_process_have_a_state_file_each_and_share_the_log(
    home: Home, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
    second = BareHost()
    await second.login(home.sandbox.token)
    await second.load_extension("cogs.debug")
    await started()
    states = sorted(path.name for path in (tmp_path / "logs").glob("*.sqlite3"))
    assert states == ["debugcog-2.sqlite3", "debugcog.sqlite3"]
    await host.unload_extension("cogs.debug")
    logging.getLogger("second").error("still here")
    await home.alerts.wait_for(lambda message: "still here" in message.text)
    await second.close()
    assert "[ERROR] second: still here" in (tmp_path / "logs" / "bot.log").read_text()

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
from pathlib import Path

import discord
import psutil
import pytest

from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


def leftovers() -> dict[str, object]:
    """What a cog could leave behind in its host."""
    gc.collect()
    return {
        "tasks": sorted(task.get_name() for task in asyncio.all_tasks()),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "handlers": list(logging.root.handlers),
        "root level": logging.root.level,
        "children": [child.pid for child in psutil.Process().children()],
        "files": len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0,
        "excepthook": sys.excepthook,
        "threading.excepthook": threading.excepthook,
        "unraisablehook": sys.unraisablehook,
        "loop handler": asyncio.get_running_loop().get_exception_handler(),
    }


class BareHost(Host):
    async def setup_hook(self) -> None:
        pass


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
        before = leftovers()
        await use_once(bot, home)
        assert leftovers() == before
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


async def test_the_cog_may_be_loaded_before_the_bot_logs_in(home: Home) -> None:
    bot = BareHost()
    await bot.load_extension("cogs.debug")
    async with running(bot, home.sandbox):
        await bot.wait_until_ready()
        await registered()
        await use(home)


async def test_bad_settings_refuse_the_load_and_name_them_all(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("LOG_LEVEL", "LOUD")
    environment.setenv("ALERT_CHANNEL_ID", "#alerts")
    bot = BareHost()
    with pytest.raises(Exception, match="2 bad settings") as caught:
        await bot.load_extension("cogs.debug")
    assert "LOG_LEVEL='LOUD'" in str(caught.value)
    assert "ALERT_CHANNEL_ID='#alerts'" in str(caught.value)
    assert bot.cogs == {}
    await bot.close()


async def test_state_and_log_are_files_of_the_host_not_of_the_package(
    home: Home, host: Host, tmp_path: Path
) -> None:
    assert (tmp_path / "logs" / "debugcog.sqlite3").exists()


async def test_two_bots_in_one_process_have_a_state_file_each_and_share_the_log(
    home: Home, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.store.PATIENCE", 0.01)
    second = BareHost()
    await second.login(home.sandbox.token)
    await second.load_extension("cogs.debug")
    await host.unload_extension("cogs.debug")
    logging.getLogger("second").error("still here")
    await home.alerts.wait_for(lambda message: "still here" in message.text)
    await second.close()
    assert "[ERROR] second: still here" in (tmp_path / "logs" / "bot.log").read_text()
    states = sorted(path.name for path in (tmp_path / "logs").glob("*.sqlite3"))
    assert states == ["debugcog-2.sqlite3", "debugcog.sqlite3"]

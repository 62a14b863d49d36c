"""Other people's bots and libraries, each with a process and an environment of its own.

``make hosts`` runs it. It is not named ``test_…``, because ``environments.py`` comes first, which
takes minutes and the package index.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from discord_sandbox import Message
from tests.e2e.conftest import Home, home
from tests.hosts.environments import python_of
from tests.hosts.shapes import EXTENSION

__all__ = ["home"]  # a fixture

pytestmark = pytest.mark.timeout(240)

BOTS = Path(__file__).parent / "bots"
START_SECONDS = 60.0
MARK = "host says: "
SHARDS = {"loguru": 2}
DISPATCHED = "tasks: discord.py: "
"""A task that runs a listener or a command."""
WORKING = ("pydis_core", "jishaku", "sentry", "loguru")


@dataclass
class Host:
    """A host that is connected, and how to talk to it."""

    home: Home
    ended: asyncio.Task[int]

    async def ask(self, text: str, answer: str = "") -> str:
        """Say something as the owner; return what the bot says next, or next with a text in it."""
        channel, bot = self.home.channel, self.home.sandbox.bot
        asked = await self.home.sandbox.say(self.home.owner, channel, text)
        message = await channel.wait_for(
            lambda one: one.author is bot and one.id > asked.id and answer in one.content,
            timeout=60,
        )
        return message.content

    async def registered(self) -> None:
        """Wait until Discord knows ``/debug``."""
        async with asyncio.timeout(30):
            await self.until(lambda: self.home.sandbox.application.registered(self.home.guild.id))

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something to be true while the host's process lives."""
        while not condition():
            await asyncio.wait({self.ended}, timeout=0.05)
            assert not self.ended.done(), "the host's process has ended"

    async def do(self, step: str) -> Any:
        """Let the host take a step; return what it says."""
        return json.loads((await self.ask(f"!{step}", MARK)).removeprefix(MARK))


@contextlib.asynccontextmanager
async def started(
    name: str, home: Home, folder: Path, *arguments: str, **more: str
) -> AsyncIterator[Host]:
    """Start a host's program and wait until it is connected; show what it printed if that fails."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        "HOST_API_BASE": home.sandbox.api_base,
        "HOST_GATEWAY_URL": home.sandbox.gateway_url,
        "HOST_TOKEN": home.sandbox.token,
        "HOST_GUILD_ID": str(home.guild.id),
        "HOST_EXTENSION": EXTENSION,
        "HOST_MARK": MARK,
        "DEBUG_GUILD_IDS": str(home.guild.id),
        "DEBUG_ADMIN_ROLE_IDS": str(home.ops.id),
        "ALERT_CHANNEL_ID": str(home.alerts.id),
        "METRICS_COLLECTION_INTERVAL": "0.5",
        "ALERT_INTERVAL_SECONDS": "0.5",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    output = folder / "output.txt"
    with output.open("w") as file:
        process = await asyncio.create_subprocess_exec(
            str(python_of(name)),
            *arguments,
            cwd=folder,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    ended = asyncio.create_task(process.wait())
    host = Host(home, ended)
    try:
        async with asyncio.timeout(START_SECONDS):
            await host.until(lambda: len(home.sandbox.hub.connections) == SHARDS.get(name, 1))
        yield host
        assert not ended.done(), "the host's process has ended"
    finally:
        print(output.read_text()[-20_000:])
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.shield(ended)
        if not ended.done():
            process.kill()
            await ended


async def use(home: Home) -> None:
    """Ask for the metrics, and wait for the picture."""
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.attachments, timeout=90)


def cards(home: Home) -> list[Message]:
    return [each for each in home.alerts.messages if "boom of the host" in each.text]


async def fail(home: Home) -> None:
    await home.sandbox.say(home.owner, home.channel, "!boom")
    await home.alerts.wait_for(lambda card: "boom of the host" in card.text, timeout=60)


async def left(host: Host) -> list[str]:
    """Ask what is left, once the task that unloaded the cog has ended: it answers before that."""
    async with asyncio.timeout(30):
        while True:
            found: list[str] = await host.do("left")
            if not any(one.startswith(DISPATCHED) for one in found):
                return found


@pytest.mark.parametrize("name", WORKING)
async def test_it_loads_answers_tells_an_error_once_and_leaves_nothing(
    name: str, home: Home, tmp_path: Path
) -> None:
    async with started(name, home, tmp_path, str(BOTS / f"with_{name}.py")) as host:
        assert await host.do("note") == "noted"
        assert await host.do("load") == "done"
        await host.registered()
        await use(home)
        await fail(home)
        assert await host.do("reload") == "done"
        await use(home)
        assert await host.do("unload") == "done"
        assert await left(host) == []
        assert len(cards(home)) == 1
        if name == "sentry":
            wrapped = "Command raised an exception: RuntimeError: boom of the host"
            assert await host.do("sentry") == [["boom of the host", wrapped]]
        if name == "jishaku":
            assert await host.ask("!jsk py 20 + 22") == "42"
        if name == "loguru":
            assert (tmp_path / "loguru.log").read_text().count("boom of the host") > 0


async def test_red_loads_it_as_a_cog_of_its_own_by_its_own_commands(
    home: Home, tmp_path: Path
) -> None:
    (installed,) = python_of("red").parents[1].glob("lib/python3.*/site-packages")
    program = str(BOTS / "with_red.py")
    async with started("red", home, tmp_path, program, HOST_COGS=str(BOTS / "red_cogs")) as host:
        await host.ask("!load steps_of_red", "Loaded `steps_of_red`.")
        await host.ask(f"!addpath {installed}", "Path successfully added.")
        (tmp_path / ".env").write_text("LOG_LEVEL=LOUD")
        await host.ask("!load debugcog", "LOG_LEVEL='LOUD'")
        (tmp_path / ".env").unlink()
        assert await host.do("note") == "noted"
        await host.ask("!load debugcog", "Loaded `debugcog`.")
        await host.registered()
        await use(home)
        await fail(home)
        await host.ask("!reload debugcog", "Reloaded `debugcog`.")
        await use(home)
        await host.ask("!unload debugcog", "The following package was unloaded: `debugcog`.")
        assert await left(host) == []
        assert len(cards(home)) == 1


def version(name: str, package: str) -> str:
    """Return the version of a package in an environment."""
    program = f"import importlib.metadata as it; print(it.version({package!r}))"
    return subprocess.check_output([python_of(name), "-c", program], text=True).strip()


OTHERS = {
    "py_cord": ("discord", "py-cord"),
    "nextcord_2": ("nextcord", "nextcord"),
    "nextcord": ("nextcord", "nextcord"),
    "disnake": ("disnake", "disnake"),
    "hikari": ("hikari", "hikari"),
}
BOT_OF = {
    "nextcord": "nextcord.ext.commands.bot.Bot",
    "disnake": "disnake.ext.commands.bot.Bot",
    "hikari": "hikari.impl.gateway_bot.GatewayBot",
}
BY_AN_IMPORT = ("loggers: discord was", "loggers: py.warnings was")
"""What importing discord.py does, which is there where only the bot is another library's."""


@pytest.mark.parametrize("name", OTHERS)
async def test_another_library_hears_in_one_sentence_what_is_needed_and_goes_on(
    name: str, home: Home, tmp_path: Path
) -> None:
    library, package = OTHERS[name]
    found = f"{package} {version(name, package)}"
    if name in BOT_OF:
        kind, expected = (
            "TypeError",
            (
                "DebugCog needs a commands.Bot or commands.AutoShardedBot of discord.py: "
                f"this bot is a {BOT_OF[name]} of {found}."
            ),
        )
    else:
        kind, expected = (
            "ImportError",
            (
                "DebugCog needs discord.py 2.7.1 or newer: the package `discord` that is installed "
                f"here is of {found}."
            ),
        )
    program = "with_hikari.py" if library == "hikari" else "with_fork.py"
    number = base64.b64encode(str(home.sandbox.bot.id).encode()).decode()
    home.sandbox.world.token = f"{number}.of.hikari"  # which reads the token
    async with started(name, home, tmp_path, str(BOTS / program), library) as host:
        assert await host.do("note") == "noted"
        for _ in range(2):
            assert await host.do("load") == [kind, expected]
        rest = await left(host)
        assert [each for each in rest if not each.startswith(BY_AN_IMPORT)] == []

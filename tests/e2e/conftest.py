"""A sandbox with a home server, its people, and a host bot that has loaded DebugCog."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
from discord.ext import commands

from cogs.debug.app.cog import DebugCog
from discord_sandbox import Channel, Guild, Member, Permission, Role, Sandbox
from services.debugcog import settings as configuration
from tests import forked
from tests.discord_bot import running, started


@dataclass
class Home:
    """The server in which /debug is registered, and who is in it."""

    sandbox: Sandbox
    guild: Guild
    ops: Role
    owner: Member
    admin: Member
    moderator: Member
    stranger: Member
    channel: Channel
    alerts: Channel


class Host(commands.Bot):
    """A host like any other: intents, a prefix, and one line that loads the cog."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__("!", intents=intents)

    async def setup_hook(self) -> None:
        await self.load_extension("cogs.debug")

    @property
    def cog(self) -> DebugCog:
        cog = self.get_cog("DebugCog")
        assert isinstance(cog, DebugCog)
        return cog


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Home")
        ops = guild.add_role("Ops")
        chief = guild.add_role("Chief", Permission.ADMINISTRATOR)
        yield Home(
            sandbox,
            guild,
            ops,
            owner=guild.add_member(user=sandbox.owner),
            admin=guild.add_member("ada", roles=[chief]),
            moderator=guild.add_member("mia", roles=[ops]),
            stranger=guild.add_member("noah"),
            channel=guild.add_text_channel("general"),
            alerts=guild.add_text_channel("alerts"),
        )


@pytest.fixture(autouse=True)
def environment(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Settings of the host: timers short enough for a test, files in the test's own folder.

    What draws its charts is forked, which saves each test the import of matplotlib.
    """
    monkeypatch.chdir(tmp_path)
    for key in configuration.FIELDS:
        monkeypatch.delenv(key, raising=False)
    for key, value in {
        "DEBUG_GUILD_IDS": str(home.guild.id),
        "DEBUG_ADMIN_ROLE_IDS": str(home.ops.id),
        "ALERT_CHANNEL_ID": str(home.alerts.id),
        "METRICS_COLLECTION_INTERVAL": "0.1",
        "ALERT_INTERVAL_SECONDS": "0.1",
        "ALERT_TIME_SCALE": "0.01",
    }.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setattr("services.debugcog.charting.worker.own_command", forked.chart_command())
    level = logging.root.level
    yield monkeypatch
    logging.root.setLevel(level)


@pytest.fixture
async def host(home: Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host that is connected and has registered /debug."""
    async with running(Host(), home.sandbox) as bot:
        await registered()
        yield bot


@pytest.fixture
async def full_executor() -> AsyncIterator[None]:
    """Let the default executor have more to do than it has threads, until the test is over."""
    loop, end = asyncio.get_running_loop(), threading.Event()
    work = [loop.run_in_executor(None, end.wait) for _ in range(64)]
    yield
    end.set()
    await asyncio.gather(*work)


async def registered() -> None:
    """Wait until the cog has started, and told Discord of /debug."""
    await started()
    name = "debugcog-registration"
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == name))

"""A bot that is killed for good comes back, says so once, and finishes what it had begun."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from discord_sandbox import Message
from discord_sandbox.faults import Fault, Trouble
from tests import forked
from tests.e2e.conftest import Home
from tests.forked import Running

ROOT = Path(__file__).parent.parent.parent
FAST = {"ALERT_TIME_SCALE": "0.001", "MEMORY_CRITICAL_MB": "100000"}
BREACH = {"MEMORY_WARNING_MB": "1", **FAST}
FINE = {"MEMORY_WARNING_MB": "99999", **FAST}
LONE = ("-m", "cogs.debug")
pytestmark = pytest.mark.timeout(150)  # two processes in turn, and up to 30 s for each post
POSTS = ("POST", "/channels/*/messages")

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start(home: Home, tmp_path: Path) -> AsyncIterator[Start]:
    processes: list[Running] = []

    async def run(settings: dict[str, str], program: tuple[str, ...] = LONE) -> Running:
        environment = {
            **forked.environment(ROOT),
            "DISCORD_TOKEN": home.sandbox.token,
            "DISCORD_API_BASE": home.sandbox.api_base,
            "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
            **settings,
        }
        process = await forked.start(program, tmp_path, environment)
        processes.append(process)
        return process

    yield run
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def die(process: Running, of: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(of)
    await process.wait()


async def titled(home: Home, *words: str) -> Message:
    def looks_so(message: Message) -> bool:
        return all(word in message.text for word in words)

    return await home.alerts.wait_for(looks_so)


def about(home: Home, word: str) -> list[Message]:
    return [message for message in home.alerts.messages if word in message.text]


async def test_a_killed_bot_tells_it_once_and_ends_the_alert_on_its_card(
    home: Home, start: Start
) -> None:
    process = await start(BREACH)
    card = await titled(home, "Warning: Memory")
    await die(process)
    await start(FINE)
    await titled(home, "The bot crashed and is back")
    ended = await titled(home, "✅ Resolved: Memory")
    assert ended.id == card.id
    assert len(about(home, "crashed")) == 1


HOST = """
import asyncio
import discord
from discord.ext import commands
from cogs.debug.app.endpoints import use_endpoints
from services import settings

class Host(commands.Bot):
    async def setup_hook(self):
        await self.load_extension("cogs.debug")

read = settings.load()
use_endpoints(read)
asyncio.run(Host("!", intents=discord.Intents.default()).start(read.discord_token))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
@pytest.mark.parametrize(("program", "status"), [(LONE, 0), (("-c", HOST), -signal.SIGTERM)])
async def test_a_bot_that_is_told_to_end_did_not_crash(
    home: Home, start: Start, program: tuple[str, ...], status: int
) -> None:
    process = await start(BREACH, program)
    await titled(home, "Warning: Memory")
    await until(lambda: bool(home.sandbox.application.registered(home.guild.id)))
    await die(process, signal.SIGTERM)
    assert process.returncode == status
    process = await start(FINE, program)
    await titled(home, "✅ Resolved: Memory")
    assert about(home, "crashed") == []


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
async def test_what_was_seen_of_users_is_saved_when_a_bot_is_told_to_end(
    home: Home, start: Start, tmp_path: Path
) -> None:
    process = await start(FINE, ("-c", HOST))
    await until(lambda: bool(home.sandbox.application.registered(home.guild.id)))
    await home.sandbox.say(home.stranger, home.channel, "hello")
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.embeds)
    await die(process, signal.SIGTERM)
    with contextlib.closing(sqlite3.connect(tmp_path / "logs" / "debugcog.sqlite3")) as file:
        seen = file.execute("SELECT name, messages, interactions FROM activity_users").fetchall()
    assert seen == [("noah", 1, 0)]


async def test_a_fatal_error_leaves_its_stacks_in_the_notice(home: Home, start: Start) -> None:
    process = await start(FINE)
    await until(lambda: bool(home.sandbox.application.registered(home.guild.id)))
    await die(process, signal.SIGSEGV)
    await start(FINE)
    notice = await titled(home, "The bot crashed and is back")
    (trace,) = notice.attachments
    assert trace.filename == "crash.txt"


async def test_a_bot_killed_while_discord_does_not_answer_posts_once_when_it_does(
    home: Home, start: Start
) -> None:
    home.sandbox.faults.add(Fault(Trouble.SILENCE, *POSTS))
    process = await start(BREACH)
    await until(lambda: not home.sandbox.faults.pending)
    await die(process)
    await start(BREACH)
    await titled(home, "Warning: Memory")
    await titled(home, "crashed")
    assert len(about(home, "Warning: Memory")) == 1


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - another process has no event for it
            await asyncio.sleep(0.01)

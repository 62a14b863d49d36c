"""What an admin asks at three in the morning, each answered by one command on the demo's bot."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.__main__ import ABORTED, FOLDER, LOG, bot_of, registered
from demo.bot import ChatBot
from demo.console_pictures import command, has_embed
from demo.demo_guild import DemoGuild, furnish, settings_for
from demo.weather import WEATHERS
from discord_sandbox import Sandbox
from discord_sandbox.people.runs import Run
from services.debugcog import settings as configuration
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import ProcessSampler
from tests.clock import Clock
from tests.discord_bot import running

HOUR = 3600.0
TROUBLE = replace(WEATHERS["slow"], llm_seconds=1.0, blocking=1.0)
"""Slow, leaking and blocking at once, with a model that a test can wait for."""
SECONDS = r"[1-9]\d*(\.\d+)? s"
"""At least a second: the model's, and what a busy machine adds; 2.00 s is written 2 s."""
ANSWERS = {
    "debug overview": (
        r"⚠️ \*\*Needs a look: (1 crash since yesterday|Event loop lag "
        rf"([5-9]\d\d ms|{SECONDS}).*)\.\*\*"
    ),
    "debug commands": (
        rf"Slowest: `ask` \*\*{SECONDS}\*\* \(p95 of 1 call\) · why: `/debug trace`"
    ),
    "debug alerts find:crash": r"\*\*Aborted in library\\_call \(bot\.py:\d+\)\*\*",
    "debug loop": r"\*\*#1\*\* `Chat\._archive` \(demo/chat\.py:\d+\)",
    "debug memory": (
        r"\*\*🔴 Leaking\*\*: \+120 MB/h over the last 5\d min \(99% sure: .*\); "
        r"reaches 1\.5 GB \(warning\) in about 1\d h.*"
    ),
}
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def demo_guild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DemoGuild]:
    monkeypatch.chdir(tmp_path)
    FOLDER.mkdir(parents=True)
    level = logging.root.level
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        for key in configuration.FIELDS:
            monkeypatch.delenv(key, raising=False)
        for key, value in settings_for(demo_guild).items():
            monkeypatch.setenv(key, value)
        monkeypatch.setenv("STATE_PATH", str(tmp_path / FOLDER / "debugcog.sqlite3"))
        monkeypatch.setenv("LOG_FILE_PATH", str(tmp_path / LOG))
        yield demo_guild
    logging.root.setLevel(level)


def is_answered(run: Run) -> bool:
    return bool(run.message and run.message.text and not run.message.thinking)


async def crash(demo_guild: DemoGuild) -> None:
    """Let a run of the bot die, as /weather does it."""
    async with bot_of(demo_guild) as process:
        await registered(demo_guild)
        await command(demo_guild, "weather", is_answered, state="crashing")
        assert await asyncio.wait_for(process.wait(), 30) == ABORTED


def age(bot: ChatBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot have run for an hour, and its memory have grown by 120 MB."""
    monkeypatch.setattr(ProcessSampler, "uptime", property(lambda _: HOUR))
    now = time.time()
    clock = Clock(now - HOUR)
    hour = MetricsService(clock=clock, monotonic=clock, fold_interval=None)
    while clock.now < now - 60:
        hour.record("memory_usage_mb", 80 + (clock.now - now + HOUR) / 30)
        hour.fold()
        clock.turn(30)
    bot.metrics.restore(hour.closed_since(0.0, with_open=True))


async def first_lines(demo_guild: DemoGuild) -> dict[str, str]:
    """Ask each question; return the first line below the answer's title."""
    found = {}
    for asked in ANSWERS:
        name, _, find = asked.partition(" find:")
        options = {"find": find} if find else {}
        message = await command(demo_guild, name, has_embed, **options)
        assert message
        found[asked] = str(message.embeds[0]["description"]).partition("\n")[0]
    return found


async def test_five_questions_are_answered_by_the_first_line_of_one_command_each(
    demo_guild: DemoGuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crash(demo_guild)
    monkeypatch.chdir(FOLDER)
    bot = ChatBot()
    age(bot, monkeypatch)
    async with running(bot, demo_guild.sandbox):
        await registered(demo_guild)
        bot.weather = TROUBLE
        await command(demo_guild, "ask", is_answered, question="What is a monad?")
        told = await first_lines(demo_guild)
    bot.metrics.close()
    bot.profiles.close()
    wrong = {
        asked: told[asked] for asked in ANSWERS if not re.fullmatch(ANSWERS[asked], told[asked])
    }
    assert wrong == {}

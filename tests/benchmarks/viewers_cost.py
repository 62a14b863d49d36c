"""What five viewers of the dashboard cost the bot that serves them: lag of its loop, and memory.

A bot in a process of its own, with values in its series, measures its event loop in spans of half a
minute, by turns without viewers and with five, who ask for two pages every 5 s and follow the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import discord
import psutil
from discord.ext import commands

from services.debugcog.metrics import MetricsService
from tests.benchmarks.rows import Row

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-24-characters"
VIEWERS, TURNS, SPAN = 5, 2, 30.0
EVERY = 5.0
"""Seconds from one question of a page to its next one."""
PROBE = 0.005
SETTLED = 5.0
PAGES = ("overview?window=1h", "performance?window=24h")
NAMES = ("total_response_time", "llm_generation", "tokens_input", "memory_usage_mb", "own_value")


def run() -> list[Row]:
    """Measure; about two and a half minutes."""
    return asyncio.run(_compared())


async def _compared() -> list[Row]:
    async with _bot() as bot:
        await asyncio.sleep(SETTLED)
        first = await _measured(bot)  # caches fill
        alone, watched = [], []
        for _ in range(TURNS):
            alone.append(await _measured(bot))
            async with _viewers(bot.base):
                watched.append(await _measured(bot))
    p99 = [statistics.median(one["p99"] for one in turns) for turns in (watched, alone)]
    worst = [max(one["worst"] for one in turns) for turns in (watched, alone)]
    return [
        Row("lag of the loop p99, five viewers more", p99[0] - p99[1], "ms", goal=5),
        Row("lag of the loop worst, five viewers and none", worst[0], "ms", worst[1]),
        Row("memory, five viewers more", watched[-1]["rss"] - first["rss"], "MB", goal=15),
    ]


class _Bot:
    def __init__(self, process: asyncio.subprocess.Process, base: str) -> None:
        self.process = process
        self.base = base


async def _measured(bot: _Bot) -> dict[str, float]:
    """Let the bot measure itself for a span."""
    assert bot.process.stdin
    assert bot.process.stdout
    bot.process.stdin.write(b"measure\n")
    async with asyncio.timeout(SPAN + 30):
        found: dict[str, float] = json.loads(await bot.process.stdout.readline())
    return found


@contextlib.asynccontextmanager
async def _bot() -> AsyncIterator[_Bot]:
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__),
            cwd=folder,
            env={
                **{key: value for key, value in os.environ.items() if key[:6] != "PYTHON"},
                "PYTHONPATH": str(ROOT),
                "DASHBOARD_ENABLED": "true",
                "DASHBOARD_PORT": "0",
                "DASHBOARD_TOKEN": TOKEN,
                "DASHBOARD_HOST": "127.0.0.1",
                "LOG_LEVEL": "INFO",
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout
        try:
            async with asyncio.timeout(60):
                port = int(await process.stdout.readline())
            yield _Bot(process, f"http://127.0.0.1:{port}/api/v1")
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


@contextlib.asynccontextmanager
async def _viewers(base: str) -> AsyncIterator[None]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        tasks = [
            asyncio.create_task(work(session, base, number * EVERY / VIEWERS))
            for number in range(VIEWERS)
            for work in (_look, _follow)
        ]
        try:
            yield
        finally:
            failed = [one for one in tasks if one.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert not failed, f"viewers got no answer: {failed}"


async def _look(session: aiohttp.ClientSession, base: str, wait: float) -> None:
    await asyncio.sleep(wait)
    while True:
        for page in PAGES:
            async with session.get(f"{base}/{page}") as answer:
                answer.raise_for_status()
                await answer.read()
        await asyncio.sleep(EVERY)


async def _follow(session: aiohttp.ClientSession, base: str, wait: float) -> None:
    timeout = aiohttp.ClientTimeout(total=None)
    async with session.get(f"{base}/logs/stream", timeout=timeout) as answer:
        answer.raise_for_status()
        async for _ in answer.content:
            pass
    raise ConnectionError("the stream has ended")


class Watched(commands.Bot):
    """A bot that nobody talks to, with values in its series."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.none())
        self.metrics = MetricsService()


async def serve() -> None:
    """Load the cog, print the port, and answer each line with what was measured."""
    async with Watched() as bot:
        await bot.load_extension("debugcog")
        cog: Any = bot.get_cog("DebugCog")
        print(await asyncio.to_thread(cog.runtime.dashboard.port), flush=True)
        chatter = asyncio.create_task(_chatter(bot.metrics))
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await _probe()), flush=True)
        chatter.cancel()


async def _chatter(metrics: MetricsService) -> None:
    """Record as a busy bot does."""
    dice = random.Random(7)
    while True:
        for name in NAMES:
            metrics.record(name, dice.uniform(1, 4000))
        with metrics.timer("command", command=f"c{dice.randrange(20)}"):
            pass
        await asyncio.sleep(0.02)


async def _probe() -> dict[str, float]:
    lags, end = [], time.monotonic() + SPAN
    while (began := time.perf_counter()) and time.monotonic() < end:
        await asyncio.sleep(PROBE)
        lags.append(1000 * (time.perf_counter() - began - PROBE))
    rss = psutil.Process().memory_info().rss / 2**20
    return {"p99": statistics.quantiles(lags, n=100)[98], "worst": max(lags), "rss": rss}


if __name__ == "__main__":
    asyncio.run(serve())

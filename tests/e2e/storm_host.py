"""Seconds and a number of errors → a host in a storm of them, and what it measured, as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from typing import cast

import discord
import psutil
from discord.ext import commands

from cogs.debug.app.cog import DebugCog
from cogs.debug.app.endpoints import use_endpoints
from services.debugcog import settings as configuration
from services.debugcog.errors.tables import recent_groups

TURN = 0.005
"""Seconds between two looks at the clock, by which the loop's lag is told."""
LOOKS = 10
"""At the process's memory."""
ALIKE, EACH = 22, 25
"""Of 25 errors, 22 are of one kind; the others are of many kinds."""
KINDS = 40

log = logging.getLogger("host")


def fail(number: int) -> None:
    """Log one error: most are alike but for their values, the rest of many kinds."""
    if number % EACH < ALIKE:
        log.error("Voice %d of user %d is lost", number, 10**17 + number)
    else:
        logging.getLogger(f"host.part{number % KINDS}").error("Part failed after %d ms", number)


def p99(values: list[float]) -> float:
    """Give the 99th percentile."""
    return round(sorted(values)[int(len(values) * 0.99)], 2)


async def idle(turns: int = 600) -> float:
    """Measure the lag of a loop that has nothing to do on this machine, as busy as it is."""
    late, loop = [], asyncio.get_running_loop()
    for _ in range(turns):
        begin = loop.time()
        await asyncio.sleep(TURN)
        late.append((loop.time() - begin - TURN) * 1000)
    return p99(late)


async def storm(seconds: float, errors: int) -> dict[str, object]:
    """Log errors at an even pace, and watch the loop's lag and the process's memory."""
    process, loop = psutil.Process(), asyncio.get_running_loop()
    late: list[float] = []
    memory: list[float] = []
    number, start = 0, loop.time()
    while number < errors:
        begin = loop.time()
        await asyncio.sleep(TURN)
        late.append((loop.time() - begin - TURN) * 1000)
        due = min(errors, round(errors * (loop.time() - start) / seconds))
        while number < due:
            fail(number)
            number += 1
        if loop.time() - start >= seconds / LOOKS * len(memory):
            memory.append(process.memory_info().rss / 2**20)
    half = len(memory) // 2
    return {
        "logged": number,
        "alike": sum(one % EACH < ALIKE for one in range(errors)),
        "seconds": round(loop.time() - start, 1),
        "lag_p99_ms": p99(late),
        "memory_half_mb": round(memory[half], 1),
        "memory_end_mb": round(memory[-1], 1),
    }


async def live(seconds: float, errors: int) -> None:
    """Be a bot with DebugCog; idle for a moment, then let everything fail."""
    bot = commands.Bot("!", intents=discord.Intents.default())
    await bot.load_extension("cogs.debug")
    await bot.login(os.environ["DISCORD_TOKEN"])
    connected = asyncio.create_task(bot.connect())
    await bot.wait_until_ready()
    cog = cast("DebugCog", bot.get_cog("DebugCog"))
    calm = await idle()
    figures = await storm(seconds, errors)
    figures["idle_lag_p99_ms"] = calm
    await cog.runtime.off_loop(cog.runtime.errors.store.flush)
    groups = await cog.runtime.database.run(lambda connection: recent_groups(connection, 5000))
    figures["counts"] = sorted((group.count for group in groups), reverse=True)
    figures["at"] = time.time()
    print(json.dumps(figures), flush=True)
    await asyncio.to_thread(sys.stdin.readline)  # until the one who asked has looked
    await bot.close()
    await connected


if __name__ == "__main__":
    use_endpoints(configuration.load())
    asyncio.run(live(float(sys.argv[1]), int(sys.argv[2])))

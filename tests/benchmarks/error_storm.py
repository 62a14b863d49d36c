"""A minute of 20,000 errors in a real host → what it adds to lag, memory and the channel."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from discord_sandbox import Sandbox
from tests.benchmarks.rows import Row
from tests.e2e.storm import Weather, storm

SECONDS, ERRORS = 60.0, 20_000
"""17,600 of them alike."""


async def weather() -> Weather:
    """Let the storm be in a process of its own, and Discord in this one."""
    async with Sandbox() as sandbox:
        alerts = sandbox.add_guild("Home").add_text_channel("alerts")
        with tempfile.TemporaryDirectory() as folder:
            return await storm(sandbox, alerts, Path(folder), SECONDS, ERRORS)


def run() -> list[Row]:
    """Measure one storm."""
    found = asyncio.run(weather())
    alike = abs(found.host["counts"][0] - found.host["alike"])
    lag, idle = found.host["lag_p99_ms"], found.host["idle_lag_p99_ms"]
    return [
        Row("loop lag p99 of the same host before a storm", idle, "ms"),
        Row("loop lag p99 in a storm of 20,000 errors a minute", lag, "ms", goal=10),
        Row("its errors that were not counted", float(found.uncounted), "", goal=0),
        Row("its 17,600 alike, and what their group counts: difference", float(alike), "", goal=0),
        Row("its posts in the worst 10 minutes", float(found.most_posts), "", goal=10),
        Row("memory that its second half added", found.growth, "MB", goal=5),
    ]

"""A storm of errors in a host process of its own → its figures, and what the channel got of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from discord_sandbox import Channel, Sandbox

ROOT = Path(__file__).parent.parent.parent
WINDOW = 600.0


@dataclass(frozen=True, slots=True)
class Weather:
    """What became of a storm.

    Attributes:
        host: what the host measured: errors logged, counts of the groups, lag, memory.
        posts: unix times of the messages in the channel.
    """

    host: dict[str, Any]
    posts: tuple[float, ...]

    @property
    def most_posts(self) -> int:
        """Give the most posts of any ten minutes."""
        return most_in(self.posts, WINDOW)

    @property
    def uncounted(self) -> int:
        """Give how many errors are in no group."""
        return int(self.host["logged"] - sum(self.host["counts"]))

    @property
    def growth(self) -> float:
        """Give the megabytes that the second half of the storm added."""
        return float(self.host["memory_end_mb"]) - float(self.host["memory_half_mb"])


def most_in(times: Sequence[float], window: float) -> int:
    """Count the most times within any window."""
    return max((sum(at <= one < at + window for one in times) for at in times), default=0)


async def storm(
    sandbox: Sandbox, alerts: Channel, folder: Path, seconds: float, errors: int
) -> Weather:
    """Let a host of its own process log so many errors in so many seconds."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DISCORD_TOKEN": sandbox.token,
        "DISCORD_API_BASE": sandbox.api_base,
        "DISCORD_GATEWAY_URL": sandbox.gateway_url,
        "ALERT_CHANNEL_ID": str(alerts.id),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.storm_host", str(seconds), str(errors)),
        cwd=folder,
        env=environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
    )
    try:
        assert process.stdout
        figures = json.loads(await process.stdout.readline())
        await process.communicate(b"\n")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Weather(figures, tuple(message.created_at for message in alerts.messages))

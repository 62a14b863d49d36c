"""Record file → a read-only sandbox that replays its messages in order, at a chosen pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from discord_sandbox.record.reading import read
from discord_sandbox.record.rebuilding import Rebuilder
from discord_sandbox.server import Sandbox
from discord_sandbox.world.core import SandboxError

BREATH = 200
"""Lines that are applied before the page gets a turn."""


async def replay(
    sandbox: Sandbox,
    path: Path,
    pace: float = 0.0,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    """Post all that a record holds again; return the number of its lines.

    Args:
        sandbox: one without guilds, which is listening.
        path: the record.
        pace: 1 for the pace of then, 10 for ten times as fast, 0 for at once.
        sleep: waits, in seconds.

    Raises:
        SandboxError: the file is no record, or is damaged.
    """
    rebuilder = Rebuilder(sandbox.world)
    before: float | None = None
    number = 0
    for number, line in enumerate(read(path), 1):
        at = line.get("at", before)
        if pace and before is not None and at is not None and at > before:
            await sleep((at - before) / pace)
        before = at
        try:
            rebuilder.apply(line)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise SandboxError(
                f"the record {path} is damaged in line {number}: {error!r}"
            ) from error
        if number % BREATH == 0:
            await sleep(0)
    return number

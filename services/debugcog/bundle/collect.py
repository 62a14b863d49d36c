"""Sources of a bundle → Parts, one after the other, each with a deadline; what fails is Missing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from services.debugcog.bundle.part import Missing, Part
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger

log = own_logger("debugcog.export")

SECONDS = 20.0
"""For one source."""
SECONDS_IN_ALL = 60.0


@frozen
class Source:
    """One thing that a bundle has: what it is, and what makes its files."""

    title: str
    make: Callable[[], Awaitable[Sequence[Part]]]


@frozen
class Collected:
    """What was made, and what was not."""

    parts: tuple[Part, ...]
    missing: tuple[Missing, ...]


async def collect(
    sources: Sequence[Source],
    progress: Callable[[int], None],
    clock: Callable[[], float] = time.monotonic,
) -> Collected:
    """Ask all sources.

    One that takes too long is left alone, never cancelled: it may wait inside discord.py.

    Args:
        sources: in the order in which they are asked.
        progress: is told how many are done.
        clock: monotonic seconds.
    """
    parts: list[Part] = []
    missing: list[Missing] = []
    until = clock() + SECONDS_IN_ALL
    for number, source in enumerate(sources):
        progress(number)
        found = await _asked(source, min(SECONDS, until - clock()))
        if isinstance(found, Missing):
            missing.append(found)
        else:
            parts += found
    return Collected(tuple(parts), tuple(missing))


async def _asked(source: Source, seconds: float) -> Sequence[Part] | Missing:
    if seconds <= 0:
        return Missing(source.title, "no time was left")
    task = asyncio.create_task(_made(source), name="debugcog-export")
    await asyncio.wait((task,), timeout=seconds)
    if not task.done():
        return Missing(source.title, f"no answer within {seconds:.0f} s")
    if task.cancelled():
        return Missing(source.title, "it was cancelled")
    error = task.exception()
    if error is None:
        return task.result()
    log.warning("Not exported: %s", source.title, exc_info=error)
    return Missing(source.title, f"it failed with {type(error).__name__}")


async def _made(source: Source) -> Sequence[Part]:
    return await source.make()

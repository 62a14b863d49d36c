"""Event loops that were closed with parts of ours on them → those parts, wound up on another loop.

A host that tries again until Discord is there (``while True: asyncio.run(main())``, with a new bot
each time) may close none of its bots; the threads, files and handlers of ours would stay with them.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable

from services.debugcog.guard import own_logger

log = own_logger("debugcog.ended_loops")

SECONDS = 5.0
"""For the end of one of them; what takes longer goes on beside the load."""

Close = Callable[[], Awaitable[None]]


@functools.cache
def running() -> Running:
    """Return what runs in this process, whatever is loaded again in it."""
    return Running()


class Running:
    """What runs on event loops, and is closed by its host as long as that can."""

    def __init__(self) -> None:
        self._open: dict[Close, asyncio.AbstractEventLoop] = {}

    def add(self, close: Close) -> None:
        """Note what is to be closed once the running loop has ended without it."""
        self._open[close] = asyncio.get_running_loop()

    def discard(self, close: Close) -> None:
        """Forget what is closed."""
        self._open.pop(close, None)

    async def wind_up(self) -> None:
        """Close what runs on a loop that is closed itself, so that its files are free again."""
        for close, loop in list(self._open.items()):
            if loop.is_closed():
                self.discard(close)
                try:
                    async with asyncio.timeout(SECONDS):
                        await asyncio.shield(close())
                except Exception:
                    log.exception("What ran on an event loop that has ended cannot be closed")

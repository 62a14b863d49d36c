"""Published state → whether the bot lives and is connected, for Docker, Kubernetes and the like."""

from __future__ import annotations

import time
from collections.abc import Callable

from aiohttp import web

from services.debugcog.answers.published import Published
from services.debugcog.web.headers import NO_STORE

HEARTBEAT_SECONDS = 30.0


class Health:
    """Answers ``/healthz`` and ``/readyz`` in a line of text.

    Args:
        latest: what the bot's thread published last.
        clock: monotonic seconds, as those of the heartbeat.
    """

    def __init__(
        self,
        latest: Callable[[], Published | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._latest = latest
        self._clock = clock

    async def alive(self, request: web.Request) -> web.Response:
        """Answer 200 while the event loop runs; Discord does not matter."""
        return _answer(self._stopped())

    async def ready(self, request: web.Request) -> web.Response:
        """Answer 200 while the bot is logged in and connected too."""
        return _answer(self._stopped() or self._away())

    def _stopped(self) -> str:
        published = self._latest()
        if published is None:
            return "The bot is still starting."
        age = self._clock() - published.heartbeat
        if age < HEARTBEAT_SECONDS:
            return ""
        return f"The bot's event loop has not run for {age:.0f} s."

    def _away(self) -> str:
        published = self._latest()
        if published is None or not published.name:
            return "The bot is not logged in yet."
        down = [one for one in published.shards if one.down_seconds is not None]
        if down:
            longest = max(one.down_seconds or 0.0 for one in down)
            return f"The bot has been without Discord's gateway for {longest:.0f} s."
        if any(one.latency_ms is None for one in published.shards):
            return "The bot is still connecting to Discord's gateway."
        return ""


def _answer(problem: str) -> web.Response:
    return web.Response(
        status=503 if problem else 200, text=f"{problem or 'ok'}\n", headers=NO_STORE
    )

"""Discord's session start limit, asked now and then, and invalid requests → GatewayVitals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import discord
from discord.ext import commands
from discord.http import Route

from services.debugcog.exceptions import brief
from services.debugcog.gateway.connections import Connections
from services.debugcog.gateway.responses import Responses
from services.debugcog.gateway.vitals import InvalidRequests, SessionStarts
from services.debugcog.guard import own_logger
from services.debugcog.shield import left_alone

log = own_logger("debugcog.gateway")

ASK_SECONDS = 300.0
"""So long an answer of Discord's is good for; a failed attempt too."""
DEADLINE = 3.0
NUMBER_MAX = 10**9


class DiscordVitals:
    """The real ones.

    Args:
        bot: the host.
        connections: knows how many IDENTIFYs were sent since Discord was asked.
        responses: knows the invalid requests.
        deadline: seconds that Discord may take.
        clock: unix seconds.
    """

    def __init__(
        self,
        bot: commands.Bot,
        connections: Connections,
        responses: Responses,
        *,
        deadline: float = DEADLINE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bot = bot
        self._connections = connections
        self._responses = responses
        self._deadline = deadline
        self._clock = clock
        self._answer: SessionStarts | None = None
        self._asked_at = 0.0
        self._request: asyncio.Task[None] | None = None

    async def session_starts(self) -> SessionStarts | None:
        """Return what is left, asked at most every five minutes; None where it is not known.

        A request that takes too long is left alone, never cancelled: while it waits for the end of
        a global rate limit, that would lock the host's client for good.
        """
        if self._request is None and self._clock() - self._asked_at >= ASK_SECONDS:
            self._asked_at = self._clock()
            self._request = asyncio.create_task(self._ask(), name="debugcog-session-starts")
        if self._request is not None:
            await asyncio.wait((self._request,), timeout=self._deadline)
        return self.known_session_starts()

    def known_session_starts(self) -> SessionStarts | None:
        """Return what is known to be left, and ask nothing."""
        known = self._answer
        if known is None or self._clock() >= known.resets_at:
            return None
        sent = self._connections.starts(known.asked_at)
        left = known.left - sum(one.kind == "identify" for one in sent)
        return SessionStarts(known.total, max(left, 0), known.resets_at, known.asked_at)

    def invalid_requests(self) -> InvalidRequests:
        """Count the invalid requests."""
        return InvalidRequests(self._responses.invalid(), is_seen=self._responses.is_seen)

    async def _ask(self) -> None:
        try:
            if self._bot.http.token:
                answer = await left_alone(self._bot.http.request(Route("GET", "/gateway/bot")))
                self._answer = _read(answer, self._clock())
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("Session start limit not known: %s", brief(error))
        finally:
            self._request = None


def _read(answer: Any, now: float) -> SessionStarts | None:
    limit = answer.get("session_start_limit") if isinstance(answer, Mapping) else None
    if not isinstance(limit, Mapping):
        return None
    numbers = [limit.get(key) for key in ("total", "remaining", "reset_after")]
    if not all(isinstance(one, int) for one in numbers):
        return None
    total, left, after = (min(max(int(one or 0), 0), NUMBER_MAX) for one in numbers)
    return SessionStarts(total, left, resets_at=now + after / 1000, asked_at=now)

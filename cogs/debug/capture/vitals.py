"""Loop, gateway and REST of the bot → why it is ill, asked from another thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord.ext import commands
from discord.http import Route

from services.debugcog.exceptions import brief
from services.debugcog.shield import left_alone
from services.debugcog.units import duration

if TYPE_CHECKING:
    from services.debugcog.answers.published import BotState

REST_SECONDS = 10.0
LOOP_SECONDS = 15.0
"""More than REST may take: who answers later than that has a loop that does not run."""


class Vitals:
    """Asks whether the three are alive.

    Args:
        bot: the host.
        loop: that it runs in.
        state: knows its shards.
        away_seconds: tells how long a shard may be away: each is for a moment, many times a day.
        rest_seconds: how long Discord's REST API may take to answer.
        loop_seconds: how long all of it may take.
    """

    def __init__(
        self,
        bot: commands.Bot,
        loop: asyncio.AbstractEventLoop,
        state: BotState,
        away_seconds: Callable[[], float],
        *,
        rest_seconds: float = REST_SECONDS,
        loop_seconds: float = LOOP_SECONDS,
    ) -> None:
        self._bot = bot
        self._loop = loop
        self._state = state
        self._away_seconds = away_seconds
        self._rest_seconds = rest_seconds
        self._loop_seconds = loop_seconds

    def illness(self) -> str | None:
        """Say why the bot is ill, None while it is well; for a thread other than the loop's."""
        asked = self._ask()
        try:
            future = asyncio.run_coroutine_threadsafe(asked, self._loop)
        except RuntimeError:  # the loop is closed
            asked.close()
            return "event loop: closed"
        try:
            return future.result(self._loop_seconds)
        except TimeoutError:
            future.cancel()
            return f"event loop: blocked for more than {duration(self._loop_seconds)}"
        except CancelledError:
            return "event loop: closing"

    async def _ask(self) -> str | None:
        if not self._bot.is_ready():
            return "gateway: not connected yet"
        away = [one.down_seconds for one in self._state.shards() if one.down_seconds is not None]
        if away and max(away) >= self._away_seconds():
            return f"gateway: away for {duration(max(away))}"
        return await self._rest()

    async def _rest(self) -> str | None:
        """Ask Discord for the gateway's address, the cheapest question that it has."""
        try:
            request = self._bot.http.request(Route("GET", "/gateway"))
            await left_alone(request, self._rest_seconds)
        except TimeoutError:
            return f"Discord's REST API: no answer within {duration(self._rest_seconds)}"
        except discord.HTTPException as error:
            return f"Discord's REST API: HTTP {error.status}"
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            return f"Discord's REST API: {brief(error)}"
        return None

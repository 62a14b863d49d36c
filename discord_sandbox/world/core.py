"""Snowflake ids, timestamps, events, and a signal that wakes tasks waiting for a change."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

JSON = dict[str, Any]
Clock = Callable[[], float]
T = TypeVar("T")

DISCORD_EPOCH_MS = 1_420_070_400_000  # https://discord.com/developers/docs/reference#snowflakes


class SandboxError(Exception):
    """Something that a person at a Discord client could not do, or waited for in vain."""


class Snowflakes:
    """Make ids that grow and that carry their time, as Discord's do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """Return an id that is larger than every one before."""
        of_now = (int(self._clock() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(of_now, self._last + 1)
        return self._last


def made_at(snowflake: int) -> float:
    """Return the unix time (seconds) that an id carries."""
    return ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000


def timestamp(at: float) -> str:
    """Write a unix time as Discord does: ISO 8601, microseconds, UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; the gateway renders ``subject`` by the event's name.

    ``channel_id`` limits it to those who can see that channel; without ``guild_id`` it concerns
    direct messages or the user, and goes to shard 0.
    """

    name: str
    subject: Any
    guild_id: int | None = None
    channel_id: int | None = None


class Signal:
    """Wakes those who wait for a condition each time something has changed."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake all who wait, so that they check their condition again."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(
        self, condition: Callable[[], T | None], seconds: float, complaint: Callable[[], str]
    ) -> T:
        """Return what ``condition`` finds, as soon as it finds something.

        Raises:
            SandboxError: it found nothing within the time; the text is ``complaint()``.
        """
        try:
            async with asyncio.timeout(seconds):
                while (found := condition()) is None:
                    await self._changed()
        except TimeoutError:
            raise SandboxError(f"{complaint()} (waited {seconds:g} s)") from None
        return found

    async def _changed(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await future
        finally:
            self._waiting.discard(future)

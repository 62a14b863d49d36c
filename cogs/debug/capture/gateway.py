"""Shards of the client → metrics ``gateway_latency_ms`` and ``gateway_down_seconds``."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

import discord
from discord.ext import commands

from services.debugcog.answers.published import Shard
from services.debugcog.metrics import MetricsService

HEARTBEAT = 45.0
"""Seconds between two of them: a latency that was measured in that time is the last one."""


class GatewaySampler:
    """Records gateway latency and downtime; a shard that never connected is starting, not down.

    Args:
        bot: sharded or not.
        metrics: gets the values.
        clock: monotonic seconds.
        suspended: tells how many seconds between two times the process stood still.
    """

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        metrics: MetricsService,
        clock: Callable[[], float] = time.perf_counter,
        suspended: Callable[[float, float], float] = lambda start, end: 0.0,
    ) -> None:
        self._bot = bot
        self._metrics = metrics
        self._clock = clock
        self._suspended = suspended
        self._down_since: dict[int | None, float] = {}

    def lost(self, shard_id: int | None) -> None:
        """Note that a shard has lost its connection; again at each failed attempt to reconnect.

        Args:
            shard_id: None from a client that has no shards.
        """
        if shard_id is None and isinstance(self._bot, discord.AutoShardedClient):
            return  # each of its shards reports itself
        self._down_since.setdefault(shard_id, self._clock())

    def back(self, shard_id: int | None) -> None:
        """Note that a shard is connected."""
        self._down_since.pop(shard_id, None)

    def sample(self) -> None:
        """Record the longest downtime, and the latency of the slowest shard that is connected."""
        now = self._clock()
        down = max((self._awake(since, now) for since in self._down_since.values()), default=0.0)
        self._metrics.record("gateway_down_seconds", down)
        latency = max(self._latencies(), default=None)
        if latency is not None and not self._suspended(now - latency - HEARTBEAT, now):
            self._metrics.record("gateway_latency_ms", latency * 1000)

    def shards(self) -> tuple[Shard, ...]:
        """List the shards with their latency, and since when one is away."""
        now = self._clock()
        return tuple(
            Shard(
                id=shard_id,
                latency_ms=latency * 1000 if math.isfinite(latency) else None,
                down_seconds=self._awake(self._down_since[shard_id], now)
                if shard_id in self._down_since
                else None,
            )
            for shard_id, latency in self._shards()
        )

    def _awake(self, since: float, now: float) -> float:
        return max(0.0, now - since - self._suspended(since, now))

    def _latencies(self) -> Iterator[float]:
        """Yield those that are known: a shard that has had no heartbeat has none.

        That of a dead shard stays at its last value.
        """
        for shard_id, latency in self._shards():
            if math.isfinite(latency) and shard_id not in self._down_since:
                yield latency

    def _shards(self) -> Sequence[tuple[int | None, float]]:
        if isinstance(self._bot, discord.AutoShardedClient):
            return self._bot.latencies
        return ((None, self._bot.latency),)

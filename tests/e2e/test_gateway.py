from __future__ import annotations

import asyncio
import math

import discord
import pytest
from discord.ext import commands

from cogs.debug.capture.gateway import GatewaySampler
from services.debugcog.metrics import MetricsService
from tests.e2e.conftest import Home, Host


@pytest.fixture
def metrics() -> MetricsService:
    return MetricsService(fold_interval=None)


def down(metrics: MetricsService) -> float | None:
    return metrics.summary("gateway_down_seconds", 300).last


def test_the_longest_absence_counts_from_its_first_report(metrics: MetricsService) -> None:
    now = 100.0
    bot = commands.AutoShardedBot("!", intents=discord.Intents.none(), shard_count=3)
    sampler = GatewaySampler(bot, metrics, clock=lambda: now)
    sampler.lost(1)
    now = 130.0
    sampler.lost(1)  # another attempt failed
    sampler.lost(2)
    sampler.lost(None)  # what discord.py tells besides, of a client with shards
    now = 160.0
    sampler.sample()
    assert down(metrics) == 60.0
    sampler.back(1)
    sampler.sample()
    assert down(metrics) == 30.0
    sampler.back(2)
    sampler.sample()
    assert down(metrics) == 0.0


def test_time_in_which_the_process_stood_still_is_no_absence_and_no_latency(
    metrics: MetricsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, lost = 100.0, 0.0
    bot = commands.Bot("!", intents=discord.Intents.none())
    monkeypatch.setattr(commands.Bot, "latency", 0.2)
    sampler = GatewaySampler(bot, metrics, lambda: now, lambda start, end: lost)
    sampler.sample()
    sampler.lost(None)
    now, lost = 230.0, 120.0
    sampler.sample()
    assert down(metrics) == 10.0
    sampler.back(None)
    sampler.sample()
    assert down(metrics) == 0.0
    assert metrics.summary("gateway_latency_ms", 300).count == 1, "of before it stood still"


async def test_an_outage_is_measured_and_ends_with_the_connection(home: Home, host: Host) -> None:
    async def until(reached: float, *, above: bool) -> None:
        async with asyncio.timeout(30):
            while True:
                seconds = down(host.cog.runtime.metrics) or 0.0
                if seconds > reached if above else seconds == reached:
                    return
                await asyncio.sleep(0.05)

    home.sandbox.faults.outage(2)
    home.sandbox.faults.drop_gateway(resume=False)
    await until(0.3, above=True)
    await until(0.0, above=False)


def sharded(metrics: MetricsService, *latencies: float) -> GatewaySampler:
    class Sharded(commands.AutoShardedBot):
        @property
        def latencies(self) -> list[tuple[int, float]]:
            return list(enumerate(latencies))

    bot = Sharded("!", intents=discord.Intents.none(), shard_count=len(latencies))
    return GatewaySampler(bot, metrics)


@pytest.mark.parametrize(
    "latencies",
    [(math.nan, 0.04, 0.09), (0.09, math.inf, 0.04), (0.04, 0.09, math.nan), (-math.inf, 0.09)],
)
def test_a_shard_without_a_latency_does_not_hide_the_others(
    metrics: MetricsService, latencies: tuple[float, ...]
) -> None:
    sharded(metrics, *latencies).sample()
    assert metrics.summary("gateway_latency_ms").last == pytest.approx(90.0)


def test_a_shard_that_is_down_does_not_hide_the_others(metrics: MetricsService) -> None:
    sampler = sharded(metrics, 0.5, 0.04, 0.09)
    sampler.lost(0)
    sampler.sample()
    assert metrics.summary("gateway_latency_ms").last == pytest.approx(90.0)


def test_where_no_shard_has_a_latency_none_is_recorded(metrics: MetricsService) -> None:
    sharded(metrics, math.nan, math.inf).sample()
    sharded(metrics).sample()
    assert metrics.summary("gateway_latency_ms").count == 0

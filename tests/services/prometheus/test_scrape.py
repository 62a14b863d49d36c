"""A gauge, a counter and a histogram, read by a real Prometheus."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.source import Source
from tests.monitoring import needs, prometheus, until
from tests.scraped import TOKEN, scraped

CONFIG = """\
scrape_configs:
  - job_name: discord-bot
    scrape_interval: 500ms
    authorization: {{credentials: {token}}}
    static_configs:
      - targets: ["{address}"]
"""


async def test_prometheus_reads_a_gauge_a_counter_and_a_histogram(tmp_path: Path) -> None:
    needs("prometheus")
    metrics = MetricsService(fold_interval=None)
    metrics.record("memory_usage_mb", 100)
    metrics.increment("messages_processed", 3)
    for milliseconds in (200, 1200, 2500, 90_000):
        metrics.record("total_response_time", milliseconds)
    with scraped(Source(metrics=metrics, process="one")) as address:
        config = CONFIG.format(token=TOKEN, address=address)
        async with (
            aiohttp.ClientSession() as session,
            prometheus(tmp_path, session, config) as engine,
        ):
            up = await until(lambda: engine.value("up"), "a scrape")
            assert up == 1
            assert await engine.value('discord_bot_memory_bytes{process="one"}') == 104_857_600
            assert await engine.value("discord_bot_messages_processed_total") == 3
            assert await engine.value("discord_bot_response_seconds_count") == 4
            assert await engine.value("discord_bot_response_seconds_sum") == 93.9
            buckets = await engine.query('discord_bot_response_seconds_bucket{le=~"0.25|2.5|.Inf"}')
            found = {one["metric"]["le"]: one["value"][1] for one in buckets}
            assert found == {"0.25": "1", "2.5": "3", "+Inf": "4"}

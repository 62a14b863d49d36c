"""After a restart, /debug memory tells of the new process; its chart goes back to the old one."""

from __future__ import annotations

import psutil
import pytest

from services.debugcog import settings
from services.debugcog.answers.charts import restarts
from services.debugcog.metrics import MetricsService
from services.debugcog.state.database import Database
from services.debugcog.timeseries.history import SCHEMA, History
from tests.clock import Clock
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_commands import has_embed

HOURS = 3 * 3600


@pytest.fixture
def started() -> float:
    """Say when the process that runs the host started."""
    return psutil.Process().create_time()


async def leave_a_leak(clock: Clock, until: float) -> None:
    """Leave the history of a run that grew from 60 to 6,060 MB."""
    metrics = MetricsService(clock=clock, fold_interval=None)
    database = Database(settings.load().state_path, (SCHEMA,))
    database.open()
    while clock.now < until:
        metrics.record("memory_usage_mb", 60 + 6000 * (1 - (until - clock.now) / HOURS))
        metrics.fold()
        clock.turn(60)
    await History(metrics, database, clock).save(final=True)
    database.close()


async def test_the_leak_of_the_run_before_is_no_trend_of_this_one(
    home: Home, started: float
) -> None:
    await leave_a_leak(Clock(started - HOURS), until=started - 60)
    async with running(Host(), home.sandbox) as bot:
        await registered()
        options = {"window": "6h"}
        run = await home.sandbox.run_command(home.owner, home.channel, "debug memory", options)
        await run.wait(has_embed)
        assert run.message
        verdict = run.message.embeds[0]["description"].partition("\n")[0]
        points = bot.cog.runtime.metrics.points("memory_usage_mb", 6 * 3600)
        peak = bot.cog.runtime.process.run.peak_mb or 0.0
    assert verdict == (
        "**Not known yet**: the bot has not run for long enough; ask again in some minutes"
    )
    assert peak < 3000
    assert points[0].time < started - HOURS + 3600, "the chart goes back to it"
    assert restarts(points, (started,)) == (started,)

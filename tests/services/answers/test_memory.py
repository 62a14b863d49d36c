from __future__ import annotations

from functools import partial

from services.debugcog.alerting.incident_store import note_change
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.growth import Growth, Slope, before_end, growth
from services.debugcog.answers.memory import leak, memory
from services.debugcog.answers.verdict import Verdict
from services.debugcog.charting.chart_spec import Mark
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import Trend
from tests.services.answers.world import RULES, START, World, published, reading

REPORT = MemoryReport(
    rss_mb=1176.0,
    uss_mb=None,
    peak_mb=None,
    system_total_mb=None,
    system_available_mb=None,
    contained=False,
    threads=12,
    descriptors=None,
    tasks=3,
    collections=(1,),
    uncollectable=0,
    uptime=7265.0,
)


async def test_memory_is_what_the_system_tells_with_the_rules_mark(bot: World) -> None:
    bot.run(600, memory_usage_mb=512.0)
    await bot.database.run(partial(note_change, text="Deployed: release 2", unix=START + 60))
    rules = {**RULES, "memory": reading("memory", 1600.0)}
    answer = await memory(bot.sources, published(rules=rules, tasks=1234), "1h")
    assert (answer.resident.unit, answer.resident.severity) == ("MB", Severity.WARNING)
    assert (answer.resident.value or 0) > 10
    assert (answer.tasks.text, answer.uptime.text) == ("1,234", "10 min")
    assert answer.chart.marks == (Mark(START + 60, "deploy"),)
    assert {value for _, value in answer.chart.lines[0].points} == {512.0}
    assert answer.growth is not None
    assert (answer.growth.slope, answer.growth.seconds) == (None, Figure(300, "s"))


async def test_where_values_are_few_the_trend_is_that_of_a_longer_time(bot: World) -> None:
    bot.run(4 * 3600, step=600.0, memory_usage_mb=200.0)
    answer = await memory(bot.sources, published(), "1h")
    assert answer.verdict == Verdict("steady", "no trend over the last 3 h 50 min")


def test_memory_leaks_for_others_as_it_does_for_its_own_command(bot: World) -> None:
    for minute in range(70):
        bot.run(60, step=60.0, memory_usage_mb=300.0 + 8.0 * minute / 60)
    found = leak(bot.sources, bot.process.report(3))
    assert found is not None
    assert 7.5 < found.slope < 8.5


def test_memory_that_is_flat_does_not_leak(bot: World) -> None:
    bot.run(4200, step=60.0, memory_usage_mb=300.0)
    assert leak(bot.sources, bot.process.report(3)) is None


def test_growth_is_told_with_the_limit_that_comes_first() -> None:
    found = growth(Trend(120.0, 110.0, 131.0, 3300.0), REPORT, RULES["memory"])
    assert found == Growth(
        seconds=Figure(3300, "s"),
        slope=Slope(120.0, "+120 MB/h"),
        low=Slope(110.0, "+110 MB/h"),
        high=Slope(131.0, "+131 MB/h"),
        confidence=99,
        limit="1.5 GB (warning)",
        reached_in=Figure(10_800, "s"),
    )


def test_without_a_clear_trend_there_is_no_growth() -> None:
    found = growth(Trend(120.0, -10.0, 250.0, 3300.0), REPORT, None)
    assert found is not None
    assert (found.slope, found.low, found.limit, found.seconds.text) == (None, None, "", "55 min")
    assert growth(None, REPORT, None) is None


def test_the_memory_of_a_run_that_is_over_is_told_by_its_last_hour() -> None:
    points = [
        Point(START + 60 * minute, 6, *(200.0 + 2.0 * minute,) * 4) for minute in range(-60, 180)
    ]
    ended = START + 120 * 60.0
    assert before_end(points, START, ended) == "+120 MB/h over its last 1 h"
    flat = [Point(one.time, 6, *(200.0,) * 4) for one in points]
    assert before_end(flat, START, ended) == "no trend over its last 1 h"
    assert before_end(points, START, START + 600.0) == "", "too few values of this run"

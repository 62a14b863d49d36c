from __future__ import annotations

import pytest

from services.debugcog.alerting.chart_events import Breach, ChartEvents
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers import series_charts as charts
from services.debugcog.answers.markers import Timeline
from services.debugcog.charting.chart_spec import ChartSpec, Line, Mark, Span, Threshold
from services.debugcog.process.samplers import STARTED
from services.debugcog.timeseries.snapshot import Point
from tests.services.answers.world import START, reading

HOUR = 3600.0
TIMELINE = Timeline(START, START + HOUR)


def points(*values: float, width: float = 60.0) -> tuple[Point, ...]:
    return tuple(
        Point(START + width * number, 1, value, value / 2, 2 * value, 3 * value, width)
        for number, value in enumerate(values)
    )


def counted(*counts: int) -> tuple[Point, ...]:
    return tuple(
        Point(START + 60 * number, count, 0.0, 0.0, 0.0, 0.0, 60.0)
        for number, count in enumerate(counts)
        if count
    )


def lines(chart: ChartSpec) -> dict[str, list[float | None]]:
    return {line.label: [value for _, value in line.points] for line in chart.lines}


def test_response_times_are_drawn_as_average_and_p95_or_in_detail() -> None:
    status = reading("response_time", 100.0)
    overview = charts.response_chart("total_response_time", points(10.0, 20.0), TIMELINE, status)
    assert lines(overview) == {"average": [10.0, 20.0], "p95": [20.0, 40.0]}
    assert (overview.title, overview.unit) == ("Response time", "ms")
    assert overview.thresholds == (
        Threshold("warning", 3000.0, "warning"),
        Threshold("critical", 5000.0, "critical"),
    )
    detail = charts.spread_chart("command", points(10.0), TIMELINE, None)
    assert lines(detail) == {"p50": [5.0], "p95": [20.0], "max": [30.0]}
    assert (detail.title, detail.thresholds) == ("Command time", ())


def test_memory_and_lag_are_drawn_with_their_peaks() -> None:
    memory = charts.memory_chart(points(500.0), TIMELINE, reading("memory", 500.0))
    assert lines(memory) == {"memory": [1500.0]}
    assert [one.value for one in memory.thresholds] == [1536.0, 2048.0]
    lag = charts.lag_chart(points(2.0), TIMELINE, None)
    assert lines(lag) == {"p95": [4.0], "max": [6.0]}


def test_messages_are_drawn_by_the_minute() -> None:
    found = {charts.MESSAGES: counted(5, 0, 7), charts.LAG: points(2.0, 2.0, 2.0)}
    assert lines(charts.messages_chart(found, TIMELINE)) == {"messages": [5.0, 0.0, 7.0]}
    none = {charts.MESSAGES: (), charts.LAG: points(2.0)}
    assert lines(charts.messages_chart(none, TIMELINE)) == {"messages": []}


@pytest.mark.parametrize(
    ("sent", "received", "used", "drawn"),
    [
        (points(500.0), points(80.0), (), {"in": [500.0], "out": [80.0]}),
        (points(500.0), (), points(580.0), {"in": [500.0]}),
        ((), (), points(580.0), {"used": [580.0]}),
        ((), (), (), {}),
    ],
)
def test_tokens_are_drawn_as_the_bot_tells_them(
    sent: tuple[Point, ...],
    received: tuple[Point, ...],
    used: tuple[Point, ...],
    drawn: dict[str, list[float]],
) -> None:
    found = {"tokens_input": sent, "tokens_output": received, "tokens_used": used}
    chart = charts.tokens_chart({**found, charts.LAG: points(2.0)}, TIMELINE)
    assert lines(chart) == drawn


def test_services_that_were_never_asked_are_left_out() -> None:
    found = {"llm_generation": points(900.0), "tts_generation": (), "gateway_latency_ms": ()}
    assert lines(charts.latency_chart(found, TIMELINE)) == {"LLM": [900.0]}


def test_a_minute_without_lookups_has_no_hit_rate() -> None:
    found = {charts.HITS: counted(3, 0, 0), charts.MISSES: counted(1, 0, 2)}
    chart = charts.cache_chart(found, TIMELINE)
    assert lines(chart) == {"hits": [75.0, 0.0]}
    assert [time - START for time, _ in chart.lines[0].points] == [0, 120]


def test_all_charts_of_a_page_begin_with_its_first_value_and_break_at_restarts() -> None:
    restart = START + 600
    found = {
        charts.LAG: points(*[2.0] * 20),
        charts.MESSAGES: counted(0, 0, 4),
        STARTED: (
            Point(START, 1, START - 5, 0.0, 0.0, START - 5, 60.0),
            Point(restart, 1, restart, 0.0, 0.0, restart, 60.0),
        ),
    }
    shared = charts.timeline(found, HOUR, START + 1200, restart, ChartEvents())
    assert (shared.start, shared.end, shared.restarts) == (START, START + 1200, (restart,))
    drawn = charts.lag_chart(found[charts.LAG], shared, None)
    assert drawn.marks == (Mark(restart, "restart"),)
    assert lines(drawn)["p95"] == [4.0] * 10 + [None] + [4.0] * 10


def test_a_chart_marks_changes_and_shades_incidents() -> None:
    events = ChartEvents(
        changes=(
            RecentChange(START + 300, "Log level of all loggers: DEBUG"),
            RecentChange(START + 200, "DebugCog reloaded, release 2"),
            RecentChange(START + 100, "Deployed: release 2, before it 1"),
            RecentChange(START - 100, "Deployed: release 1, before it 0"),
            RecentChange(START + 50, "DebugCog loaded"),
        ),
        breaches=(
            Breach(START + 3000, None, Severity.WARNING),
            Breach(START - 900, START + 60, Severity.CRITICAL),
        ),
    )
    shared = Timeline(START, START + HOUR, (START + 40,), events)
    chart = shared.chart("Memory", "MB", [Line("memory", ())])
    assert chart.marks == (
        Mark(START + 40, "restart"),
        Mark(START + 100, "deploy"),
        Mark(START + 200, "reload"),
        Mark(START + 300, "log level"),
    )
    assert chart.spans == (
        Span(START, START + 60, "critical"),
        Span(START + 3000, START + HOUR, "warning"),
    )

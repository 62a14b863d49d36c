from __future__ import annotations

import sqlite3
from dataclasses import replace

from services.debugcog.alerting import incident_store as store
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.models import ModelsAnswer
from services.debugcog.answers.performance import performance
from services.debugcog.charting.chart_spec import MAX_POINTS, Mark, Span
from services.debugcog.windows import WINDOWS, Window
from tests.services.answers.test_frame import INCIDENT
from tests.services.answers.world import START, World, published

CHARTS = ["response_time", "tokens", "api_latency", "cache", "memory", "event_loop_lag"]


async def test_every_chart_has_the_same_edges_marks_and_spans(bot: World) -> None:
    bot.run(1200, total_response_time=200.0, tokens_input=500.0, memory_usage_mb=512.0)

    def save(connection: sqlite3.Connection) -> None:
        store.note_change(connection, "Deployed: release 2, before it 1", START + 300)
        store.save_incident(connection, replace(INCIDENT, id=0, since=START + 900), START)

    await bot.database.run(save)
    answer = await performance(bot.sources, published(), "1h")
    assert list(answer.charts) == CHARTS
    now = START + 1200
    for chart in answer.charts.values():
        assert (chart.start, chart.end) == (START, now)
        assert chart.marks == (Mark(START + 300, "deploy"),)
        assert chart.spans == (Span(START + 900, now, "critical"),)
    assert [line.label for line in answer.charts["response_time"].lines] == ["p50", "p95", "max"]


async def test_no_window_has_more_points_than_a_page_can_draw(bot: World) -> None:
    bot.run(7 * 86_400, step=600, command=20.0, messages_processed=1, cache_hits=1)
    for window in WINDOWS:
        answer = await performance(bot.sources, published(), window)
        counts = [len(one.points) for chart in answer.charts.values() for one in chart.lines]
        assert max(counts) <= MAX_POINTS


async def test_commands_have_a_row_each(bot: World) -> None:
    for name, milliseconds in (("ask", 300.0), ("ask", 500.0), ("play", 20.0)):
        bot.metrics.record("command", milliseconds, command=name)
    answer = await performance(bot.sources, published(), "1h")
    assert [(row.name, row.calls.text, row.mean.text) for row in answer.commands] == [
        ("ask", "2", "400 ms"),
        ("play", "1", "20 ms"),
    ]


def models_of(window: Window) -> ModelsAnswer:
    none = Figure(None, "USD")
    return ModelsAnswer(window, (), none, none, none, (), None)


async def test_the_tables_of_models_are_made_by_who_knows_them(bot: World) -> None:
    assert (await performance(bot.sources, published(), "1h")).models is None
    sources = replace(bot.sources, models=models_of)
    assert (await performance(sources, published(), "6h")).models == models_of("6h")

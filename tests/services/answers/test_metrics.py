from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from services.debugcog.alerting.incident_store import note_change
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.metric_figures import OwnMetric
from services.debugcog.answers.metrics import metrics
from services.debugcog.charting.chart_spec import Mark
from tests.services.answers.test_frame import INCIDENT
from tests.services.answers.world import (
    RULES,
    START,
    World,
    on_a_thread,
    published,
    reading,
)

T = TypeVar("T")


async def test_what_a_new_bot_has_never_recorded_is_none(bot: World) -> None:
    answer = await metrics(bot.sources, published(), "1h")
    assert [(one.title, one.recorded) for one in answer.timings] == [("Command time", False)]
    assert (answer.tokens, answer.calls, answer.own) == (None, None, ())
    assert (answer.errors.count, answer.errors.rate) == (Figure(0), Figure(None, "%"))
    assert (answer.alerts, answer.enabled, answer.trouble) == (Figure(0), True, None)


async def test_marks_are_those_of_the_rules_and_a_warning_comes_with_what_the_rule_reads(
    bot: World,
) -> None:
    bot.run(600, total_response_time=200.0, tokens_input=4000.0)
    rules = {
        **RULES,
        "response_time": reading("response_time", 5200.0),
        "tokens": reading("tokens", 4000.4),
    }
    answer = await metrics(bot.sources, published(rules=rules, incidents=(INCIDENT,)), "1h")
    (timing, *_), tokens = answer.timings, answer.tokens
    assert timing.average == Figure(200.0, "ms", Severity.CRITICAL)
    assert timing.now == Figure(5200.0, "ms", Severity.CRITICAL)
    assert tokens is not None
    assert (tokens.per_request, tokens.now.text) == (Figure(4000, "", Severity.WARNING), "4,000")
    assert answer.alerts == Figure(1, "", Severity.WARNING)
    assert answer.uptime == Figure(600, "s")


async def test_its_chart_has_the_marks_of_the_state_file(bot: World) -> None:
    bot.run(600, total_response_time=200.0)
    await bot.database.run(partial(note_change, text="DebugCog reloaded", unix=START + 300))
    answer = await metrics(bot.sources, published(), "1h")
    assert answer.chart.marks == (Mark(START + 300, "reload"),)
    bot.database.close()
    answer = await metrics(bot.sources, published(), "1h")
    assert answer.chart.marks == ()
    assert (answer.trouble or "").startswith("Marks in charts are missing: ")


async def test_metrics_of_the_host_are_listed_by_name_counters_last(bot: World) -> None:
    bot.run(10, queue_length=12.0, jokes=3, user_mistakes=1)
    answer = await metrics(bot.sources, published(), "1h")
    depth, none = Figure(12.0), Figure(None)
    assert answer.own == (
        OwnMetric("queue_length", depth, depth, depth, depth),
        OwnMetric("jokes", none, none, none, none, Figure(6)),
    )


async def test_metrics_of_the_host_have_the_units_of_their_own_pages(bot: World) -> None:
    with bot.metrics.timer("db_query"):
        pass
    bot.run(10, lavalink_ping_ms=2500.0, cache_mb=2500.0, queue_length=12.0)
    answer = await metrics(bot.sources, published(), "1h")
    assert {one.name: one.last.unit for one in answer.own} == {
        "cache_mb": "MB",
        "db_query": "ms",
        "lavalink_ping_ms": "ms",
        "queue_length": "",
    }
    assert {one.name: one.maximum.text for one in answer.own if one.name != "db_query"} == {
        "cache_mb": "2.44 GB",
        "lavalink_ping_ms": "2.5 s",
        "queue_length": "12",
    }


async def test_the_numbers_are_summed_up_off_the_loop(bot: World) -> None:
    threads = set()

    async def noting(work: Callable[[], T]) -> T:
        def noted() -> T:
            threads.add(threading.current_thread())
            return work()

        return await on_a_thread(noted)

    await metrics(replace(bot.sources, off_loop=noting), published(), "1h")
    assert len(threads) == 1
    assert threading.current_thread() not in threads

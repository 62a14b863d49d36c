"""One metric: its figures, the rules that read it, by label, and against other times."""

from __future__ import annotations

import pytest

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.metric import MetricAnswer, Other, metric
from services.debugcog.answers.metric_list import label_names, metric_names
from services.debugcog.timeseries.metric_names import LEVELS
from services.debugcog.windows import Window
from tests.services.answers.world import World, published, reading

HOUR, DAY = 3600.0, 86_400.0


async def asked(
    bot: World, name: str, by: str = "", compare: Other = "none", *, window: Window = "1h"
) -> MetricAnswer:
    rules = {**published().rules, "response_time": reading("response_time", 3200.0)}
    found = await metric(bot.sources, published(rules=rules), window, name, by, compare)
    assert found is not None
    return found


def figures(answer: MetricAnswer) -> dict[str, str]:
    return {
        one.name: one.figure.text + (f" {one.figure.mark}" if one.figure.mark else "")
        for one in answer.statistics
    }


async def test_a_timer_has_its_figures_and_the_rule_that_reads_it(bot: World) -> None:
    bot.run(600.0, total_response_time=1000.0)
    answer = await asked(bot, "total_response_time")
    assert figures(answer) == {
        "count": "120",
        "rate": "12",
        "failed": "0",
        "mean": "1 s ⚠️",
        "p50": "1 s",
        "p95": "1 s",
        "p99": "1 s",
        "maximum": "1 s",
        "last": "1 s",
    }
    (rule,) = answer.rules
    assert (rule.name, rule.value.text, rule.warning.text, rule.critical.text) == (
        *("response_time", "3.2 s", "3 s", "5 s"),
    )
    assert [(one.label, one.value) for one in answer.chart.thresholds] == [
        ("warning", 3000.0),
        ("critical", 5000.0),
    ]
    assert [line.label for line in answer.chart.lines] == ["p50", "p95", "max"]


async def test_a_counter_is_counted_and_drawn_as_a_rate(bot: World) -> None:
    bot.run(600.0, messages_processed=2)
    answer = await asked(bot, "messages_processed")
    assert figures(answer) == {"count": "240", "rate": "24"}
    assert [rule.name for rule in answer.rules] == ["error_rate"]
    assert answer.chart.title == "messages_processed per minute"
    assert {value for _, value in answer.chart.lines[0].points} == {22.0, 24.0}


async def test_of_a_level_the_newest_value_is_told_first(bot: World) -> None:
    bot.run(60.0, memory_usage_mb=100.0)
    bot.run(60.0, memory_usage_mb=300.0)
    assert list(figures(await asked(bot, "memory_usage_mb")).items())[:2] == [
        ("last", "300 MB"),
        ("mean", "200 MB"),
    ]


async def test_by_a_label_the_slowest_come_first_and_what_is_without_is_told(bot: World) -> None:
    for model, value in (("small", 100.0), ("large", 900.0), ("large", 1100.0)):
        bot.metrics.record("llm_generation", value, model=model, provider="p")
    bot.metrics.record("llm_generation", 500.0, provider="p")
    bot.run(60.0)
    answer = await asked(bot, "llm_generation", "model")
    assert [(row.value, row.count.text, row.mean.text) for row in answer.rows] == [
        ("large", "2", "1 s"),
        ("(without)", "1", "500 ms"),
        ("small", "1", "100 ms"),
    ]
    assert answer.labels == ("model", "provider")
    assert [line.label for line in answer.chart.lines] == ["large", "(without)", "small"]
    assert answer.chart.title == "llm_generation, by model"


async def test_a_label_adds_up_the_sets_that_share_its_value(bot: World) -> None:
    bot.run(30.0)
    for command in ("ask", "draw"):
        bot.metrics.increment("api_calls", 3, backend="b", command=command)
    bot.metrics.increment("api_calls", 2, backend="a", command="ask")
    bot.run(30.0)
    answer = await asked(bot, "api_calls", "backend")
    assert [(row.value, row.count, row.share.text) for row in answer.rows] == [
        ("b", Figure(6), "75%"),
        ("a", Figure(2), "25%"),
    ]
    drawn = {line.label: max(v for _, v in line.points if v) for line in answer.chart.lines}
    assert drawn == {"b": 6.0, "a": 2.0}


async def test_a_thousand_values_of_a_label_are_bounded_rows_and_few_lines(bot: World) -> None:
    for number in range(1000):
        bot.metrics.record("llm_generation", 1.0 + number, model=f"m{number}")
    bot.run(60.0)
    answer = await asked(bot, "llm_generation", "model", "before")
    assert len(answer.rows) == 101
    assert len(answer.chart.lines) == 5


async def test_the_window_before_is_compared_in_figures_that_suit_both(bot: World) -> None:
    bot.run(HOUR, llm_generation=800.0)
    bot.run(HOUR, llm_generation=1200.0)
    before, yesterday = (await asked(bot, "llm_generation")).others
    rate, mean, p95 = before.compared
    assert (rate.name, rate.now.text, rate.before.text) == ("rate", "12", "12")
    assert (mean.name, mean.now.text, mean.before.text) == ("mean", "1.2 s", "800 ms")
    assert (mean.difference.text, mean.percent.text) == ("399 ms", "49.9%")
    assert (p95.name, p95.now.text, p95.before.text) == ("p95", "1.2 s", "800 ms")
    assert (before.start, before.end) == (bot.clock() - 2 * HOUR, bot.clock() - HOUR)
    assert yesterday.missing == "No data yesterday."


@pytest.mark.parametrize(("window", "seconds"), [("5m", HOUR), ("1h", HOUR), ("6h", 6 * HOUR)])
async def test_the_same_time_yesterday_is_compared_by_the_hour(
    bot: World, window: Window, seconds: float
) -> None:
    bot.run(8 * HOUR, step=60.0, api_calls=1)
    bot.run(16 * HOUR, step=600.0, api_calls=1)
    bot.run(8 * HOUR, step=10.0, api_calls=1)
    _, yesterday = (await asked(bot, "api_calls", window=window)).others
    (rate,) = yesterday.compared
    assert rate.now.value == pytest.approx(6.0, rel=0.05)
    assert rate.before.text == "1"
    assert rate.difference.value == pytest.approx(5.0, rel=0.1)
    assert yesterday.start is not None
    assert yesterday.end is not None
    assert yesterday.end - yesterday.start == seconds


async def test_nothing_came_while_the_bot_ran_is_zero_and_not_missing(bot: World) -> None:
    bot.run(HOUR, api_calls=0)
    bot.run(HOUR, api_calls=1)
    before, _ = (await asked(bot, "api_calls")).others
    (rate,) = before.compared
    assert (rate.before.value, rate.percent.value, before.missing) == (0.0, None, "")


async def test_what_history_does_not_hold_is_not_compared(bot: World) -> None:
    bot.run(HOUR, api_calls=1)
    answer = await asked(bot, "api_calls", window="7d")
    assert [one.missing for one in answer.others] == ["History is kept for 7 days."] * 2


@pytest.mark.parametrize("compare", ["before", "yesterday"])
async def test_an_earlier_time_is_drawn_where_the_window_is(bot: World, compare: Other) -> None:
    bot.run(DAY + HOUR, step=60.0, api_calls=1)
    answer = await asked(bot, "api_calls", compare=compare)
    line = answer.chart.lines[-1]
    assert line.label == {"before": "before", "yesterday": "yesterday"}[compare]
    assert all(bot.clock() - HOUR <= time <= bot.clock() for time, _ in line.points)
    assert {round(value) for _, value in line.points if value} == {1}


async def test_an_unknown_metric_and_the_mark_of_restarts_are_none(bot: World) -> None:
    for name in ("nothing_like_it", "process_start_time_seconds", "@everyone", ""):
        assert await metric(bot.sources, published(), "1h", name) is None


async def test_the_names_come_with_what_the_metrics_are_just_now(bot: World) -> None:
    bot.run(60.0, api_calls=2, llm_generation=500.0, memory_usage_mb=64.0)
    bot.metrics.record("own_queue", 3.0, shard=1)
    bot.metrics.fold()
    found = await metric_names(bot.sources, "", 25)
    assert {one.name: one.text for one in found} == {
        "api_calls": "24 in 5 minutes",
        "event_loop_lag_ms": "2 ms now",
        "llm_generation": "average 500 ms in 5 minutes",
        "memory_usage_mb": "64 MB now",
        "own_queue": "average 3 in 5 minutes",
    }
    assert [one.name for one in await metric_names(bot.sources, "LLM", 25)] == ["llm_generation"]
    assert await label_names(bot.sources, "own_queue") == ("shard",)
    assert await label_names(bot.sources, "nothing") == ()
    assert "event_loop_lag_ms" in LEVELS

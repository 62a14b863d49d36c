from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.timeseries.intake import CHUNK
from services.debugcog.timeseries.listeners import Listener
from services.debugcog.timeseries.metric import Metric
from services.debugcog.timeseries.snapshot import Summary

NOW = 1_800_000_000.0


def metric(
    name: str = "affection", *, counter: bool = False, sets: int = 3, listener: Listener = len
) -> Metric:
    return Metric(name, counter, sets, [listener])


def fold(metric: Metric, *values: object) -> Summary:
    metric.intake.pending.extend(values)  # type: ignore[arg-type]  # hosts append anything
    metric.fold(NOW, tell=True)
    return metric.summary(300.0, NOW)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_folding_keeps_count_sum_ends_and_the_newest_value(values: list[float]) -> None:
    summary = fold(metric(), *values)
    assert summary.count == len(values)
    assert summary.total == pytest.approx(sum(values))
    assert (summary.minimum, summary.maximum) == (min(values), max(values))
    assert summary.last == values[-1]
    assert min(values) <= summary.p50 <= summary.p95 <= summary.p99 <= max(values)


BAD = [float("nan"), float("inf"), -float("inf"), 10**400, 1e101]


@pytest.mark.parametrize("bad", BAD, ids=[f"{value!r:.9}" for value in BAD])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_value_is_counted_and_leaves_its_neighbours_alone(bad: float, place: int) -> None:
    values = [1.0, 3.0]
    values.insert(place, bad)
    told: list[Sequence[float]] = []
    gauge = metric(listener=told.append)
    assert fold(gauge, *values) == fold(metric(), 1.0, 3.0)
    assert gauge.refused == 1
    assert told == [[1.0, 3.0]]


@given(st.lists(st.one_of(st.floats(), st.integers())))
def test_whatever_is_recorded_folding_neither_raises_nor_loses_count(values: list[float]) -> None:
    for each in (metric(), metric("llm_generation"), metric(counter=True)):
        fold(each, *values)
        assert each.taken == len(values)
        assert 0 <= each.refused <= len(values)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("llm_generation", -1, "llm_generation got -1: it cannot be below zero"),
        ("query_ms", -0.5, "query_ms got -0.5: it cannot be below zero"),
        ("x", float("nan"), r"x got nan: give a finite number, 1e\+100 at most"),
        ("x", 10**400, "x got inf: give a finite number"),
        ("x", "5", "x got a str: give a number"),
    ],
)
def test_a_refusal_names_the_metric_the_problem_and_the_fix(
    name: str, value: object, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        metric(name).check(value)


def test_a_counter_adds_whole_numbers_and_refuses_the_rest() -> None:
    counter = metric(counter=True)
    assert fold(counter, 1, 2, 3.0, True) == Summary(count=7, total=7.0)
    assert fold(counter, -1, 0.5, float("nan"), 1) == Summary(count=8, total=8.0)
    assert counter.refused == 3
    with pytest.raises(ValueError, match=r"affection got 0\.5: count in whole numbers"):
        counter.check(0.5)


def test_an_amount_that_was_meant_to_be_below_zero_is_refused_by_a_counter() -> None:
    counter = metric(counter=True)
    assert fold(counter, 2, 2**64 - 2, 2**52) == Summary(count=2**52 + 2, total=2.0**52 + 2)
    assert counter.refused == 1
    with pytest.raises(ValueError, match="give a finite number, 9007199254740992 at most"):
        counter.check(2**64 - 2)


@given(st.lists(st.sampled_from([1, 1.0, True, 2, 0]), max_size=20))
def test_what_is_added_to_a_counter_as_a_rule_counts_like_the_rest(amounts: list[float]) -> None:
    told: list[Sequence[float]] = []
    counter = metric(counter=True, listener=told.append)
    total = sum(amounts)
    assert fold(counter, *amounts) == Summary(count=int(total), total=float(total))
    assert [value for chunk in told for value in chunk] == amounts


def test_a_long_queue_is_folded_in_chunks_and_in_order() -> None:
    told: list[Sequence[float]] = []
    values = [float(value) for value in range(2 * CHUNK + 10)]
    fold(metric(listener=told.append), *values)
    assert [len(chunk) for chunk in told] == [CHUNK, CHUNK, 10]
    assert [value for chunk in told for value in chunk] == values


def test_arrivals_are_those_since_the_last_look_folded_or_not() -> None:
    gauge = metric()
    fold(gauge, 1, 2, 3)
    gauge.labelled("a=1").pending.append(4)
    assert (gauge.arrivals(), gauge.arrivals()) == (4, 0)


def test_a_label_set_has_its_own_figures_and_is_part_of_the_whole() -> None:
    gauge = metric()
    gauge.labelled("command=ask").pending.append(2.0)
    gauge.labelled("command=say").pending.append(4.0)
    assert fold(gauge, 6.0).total == 12.0
    totals = {key: summary.total for key, summary in gauge.summaries(300.0, NOW).items()}
    assert totals == {"command=ask": 2.0, "command=say": 4.0}


def test_label_sets_beyond_the_bound_share_other() -> None:
    gauge = metric(sets=2)
    for user in range(100):
        gauge.labelled(f"user={user}").pending.append(1.0)
    assert fold(gauge).count == 100
    counts = {key: summary.count for key, summary in gauge.summaries(300.0, NOW).items()}
    assert counts == {"user=0": 1, "user=1": 1, "other": 98}


def test_a_listener_that_raises_is_logged_and_not_called_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls: list[Sequence[float]] = []

    def broken(values: Sequence[float]) -> None:
        calls.append(values)
        raise RuntimeError("broken listener")

    gauge = metric(listener=broken)
    fold(gauge, 1.0)
    assert fold(gauge, 2.0).count == 2
    assert calls == [[1.0]]
    assert [(r.name, r.levelname) for r in caplog.records] == [("debugcog.metrics", "ERROR")]


def test_a_fold_that_finds_another_one_at_work_leaves_the_values_to_it() -> None:
    gauge = metric()
    gauge.intake.pending.append(1.0)
    with gauge._lock:
        gauge.fold(NOW, wait=False)
    assert list(gauge.intake.pending) == [1.0]


def test_who_asks_waits_for_the_values_that_another_thread_folds_just_now() -> None:
    gauge = metric()
    gauge.intake.pending.append(1.0)
    with gauge._lock:  # as the one who folds does
        gauge.is_folded, taken = True, gauge.intake.take()
        asks = threading.Thread(target=gauge.fold, args=(NOW,))
        asks.start()
        asks.join(0.05)
        assert (asks.is_alive(), list(taken)) == (True, [1.0])
        gauge.is_folded = False
    asks.join(10)
    assert not asks.is_alive()


def test_the_first_refusal_is_told_without_a_word_that_grep_takes_for_a_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    fold(metric("total_response_time"), -1.0, -2.0)
    assert caplog.messages == [
        "Values are refused: total response time got -1: it cannot be below zero"
    ]


def test_a_set_beyond_the_bound_is_not_restored_into_other() -> None:
    old, new = metric(sets=3), metric(sets=1)
    for label in ("a=1", "a=2"):
        old.labelled(label).pending.append(1.0)
    old.fold(NOW)
    later = NOW + 3600
    history = list(old.closed_since(NOW - 1, later, with_open=False))
    for key in ("", "a=1", "a=2"):
        new.restore(key, [(s.width, s.bucket) for s in history if s.labels == key], later)
    assert new.summary(7200.0, later).count == 2
    counts = {key: summary.count for key, summary in new.summaries(7200.0, later).items()}
    assert counts == {"a=1": 1}

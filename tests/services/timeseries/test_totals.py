"""Totals since start: exact counts in buckets, for whatever comes, and over a change of service."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.bounds import bounds_of
from services.debugcog.timeseries.intake import CHUNK
from services.debugcog.timeseries.metric_names import LEVELS, TIMINGS, TOKENS
from services.debugcog.timeseries.totals import FEW, MetricTotals, SetTotals
from tests.clock import Clock

RESPONSES = bounds_of("total_response_time", timed=True, level=False)


def totals(metrics: MetricsService, name: str) -> MetricTotals:
    return next(one for one in metrics.totals() if one.name == name)


def buckets(metrics: MetricsService, name: str) -> tuple[int, ...]:
    (only,) = totals(metrics, name).sets
    return only.buckets


def counted(values: list[float], bounds: tuple[float, ...]) -> tuple[int, ...]:
    """Count by the definition: how many values lie up to a bound, and above the one before it."""
    edges = (-math.inf, *bounds, math.inf)
    return tuple(
        sum(low < value <= high for value in values) for low, high in itertools.pairwise(edges)
    )


near = st.sampled_from(RESPONSES).flatmap(
    lambda bound: st.sampled_from(
        (bound, math.nextafter(bound, math.inf), math.nextafter(bound, 0.0))
    )
)
durations = st.one_of(near, st.floats(0, 1e6), st.integers(0, 100_000))


@given(st.lists(st.lists(durations, max_size=3 * FEW), max_size=4))
def test_each_value_counts_in_the_first_bucket_whose_bound_it_does_not_exceed(
    batches: list[list[float]],
) -> None:
    metrics = MetricsService(fold_interval=None)
    for batch in batches:
        for value in batch:
            metrics.record("total_response_time", value)
        metrics.fold()
    values = [value for batch in batches for value in batch]
    assert buckets(metrics, "total_response_time") == counted(values, RESPONSES)


def test_more_values_than_are_folded_at_once_are_all_counted() -> None:
    metrics = MetricsService(fold_interval=None)
    values = [float(number) for number in range(2 * CHUNK + 5)]
    for value in values:
        metrics.record("total_response_time", value)
    assert buckets(metrics, "total_response_time") == counted(values, RESPONSES)


def test_label_sets_and_values_without_labels_are_counted_apart() -> None:
    metrics = MetricsService(fold_interval=None, clock=Clock(1000.0))
    metrics.record("tokens_input", 10)
    metrics.record("tokens_input", 200, model="small")
    metrics.record("tokens_input", 300, model="small")
    found = totals(metrics, "tokens_input")
    assert [(one.labels, one.count, one.total, one.last) for one in found.sets] == [
        ("", 1, 10.0, 10.0),
        ("model=small", 2, 500.0, 300.0),
    ]
    assert metrics.snapshot().totals["tokens_input"] == 510


def test_counters_and_levels_have_no_buckets() -> None:
    metrics = MetricsService(fold_interval=None, clock=Clock(1000.0))
    metrics.increment("api_calls", 4)
    metrics.record("memory_usage_mb", 300)
    metrics.record("memory_usage_mb", 200)
    calls, memory = totals(metrics, "api_calls"), totals(metrics, "memory_usage_mb")
    assert calls.sets == (SetTotals("", 4, 0, 4.0, math.inf, None, -math.inf, ()),)
    assert memory.sets == (SetTotals("", 2, 0, 500.0, 200.0, 200.0, 1000.0, ()),)


def test_a_gauge_is_a_level_and_a_timed_name_has_durations() -> None:
    metrics = MetricsService(fold_interval=None)
    metrics.gauge("depth", lambda: 3)
    with pytest.raises(ValueError, match="broken"), metrics.timer("upload"):
        raise ValueError("broken")
    depth, upload = totals(metrics, "depth"), totals(metrics, "upload")
    assert (depth.level, depth.timed, depth.bounds) == (True, False, ())
    assert (upload.level, upload.timed, upload.bounds) == (False, True, RESPONSES)
    assert (upload.sets[0].count, upload.sets[0].failed) == (1, 1)
    metrics.close()


def test_bounds_stay_what_they_were_when_counting_began() -> None:
    metrics = MetricsService(fold_interval=None)
    metrics.record("upload", 3)
    before = totals(metrics, "upload").bounds
    with metrics.timer("upload"):
        pass
    assert totals(metrics, "upload").bounds == before
    assert sum(buckets(metrics, "upload")) == 2


def test_neither_a_clock_that_is_set_nor_history_changes_totals() -> None:
    clock = Clock()
    metrics = MetricsService(fold_interval=None, clock=clock)
    metrics.record("total_response_time", 700)
    metrics.fold()
    clock.turn(-7200)
    metrics.record("total_response_time", 800)
    metrics.fold()
    clock.turn(30 * 86_400)
    metrics.restore(())
    assert totals(metrics, "total_response_time").sets[0].count == 2


def test_a_service_goes_on_from_the_totals_of_the_one_it_replaces() -> None:
    first = MetricsService(fold_interval=None)
    first.record("total_response_time", 700)
    first.increment("api_calls", 2, provider="own")
    first.gauge("depth", lambda: 3)
    first.close()
    second = MetricsService(fold_interval=None)
    second.carry(first.totals())
    assert second.totals() == first.totals()

    second.record("total_response_time", 90_000)
    second.increment("api_calls", provider="own")
    response = totals(second, "total_response_time").sets[0]
    assert (response.count, response.total) == (2, 90_700.0)
    assert response.buckets == counted([700, 90_000], RESPONSES)
    assert second.snapshot().totals["api_calls"] == 3


def test_what_is_carried_beyond_the_bound_of_label_sets_is_shared() -> None:
    first = MetricsService(fold_interval=None)
    for name in ("a", "b", "c"):
        first.increment("api_calls", provider=name)
    second = MetricsService(fold_interval=None, max_label_sets=2)
    second.carry(first.totals())
    found = {one.labels: one.count for one in totals(second, "api_calls").sets}
    assert found == {"": 0, "provider=a": 1, "provider=b": 1, "other": 1}


def test_refused_values_count_nowhere() -> None:
    metrics = MetricsService(fold_interval=None)
    for value in (math.nan, math.inf, -1.0, 700.0):
        metrics.record("total_response_time", value)
    assert buckets(metrics, "total_response_time") == counted([700.0], RESPONSES)


@pytest.mark.parametrize("name", [*TIMINGS, *TOKENS, *LEVELS, "own", "own_ms"])
def test_bounds_rise(name: str) -> None:
    for timed in (True, False):
        bounds = bounds_of(name, timed=timed, level=False)
        assert list(bounds) == sorted(set(bounds))

from __future__ import annotations

import itertools
from dataclasses import replace
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.timeseries.bucket import Batch, Closed
from services.debugcog.timeseries.series import LONGEST, STEP_BACK, TIERS, Series, _tier_for
from services.debugcog.timeseries.sketch import bucket_indexes
from services.debugcog.timeseries.snapshot import EMPTY, Summary

START = 1_800_000_000.0  # the start of an hour
WINDOWS = (300.0, 900.0, 3_600.0, 7_200.0, 21_600.0, 86_400.0, 604_800.0)


def batch(*values: float) -> Batch:
    low, high = min(values), max(values)
    numbers = bucket_indexes(values, low, high)
    return Batch(len(values), 0, sum(values), low, high, values[-1], numbers)


def fed(series: Series, start: float, end: float, step: float = 5.0, value: float = 1.0) -> Series:
    for index in range(int((end - start) / step)):
        series.add(batch(value), start + index * step)
    return series


def kept(series: Series) -> int:
    return sum(len(tier.closed) for tier in series._tiers)


@pytest.mark.parametrize(
    ("window", "width"),
    [(1, 10), (300, 10), (900, 10), (901, 60), (7200, 60), (86_400, 600), (604_800, 3600)],
)
def test_a_window_is_read_from_the_finest_tier_that_reaches_back_so_far(
    window: float, width: float
) -> None:
    assert TIERS[_tier_for(window)][0] == width
    assert TIERS[_tier_for(10 * LONGEST)][0] == 3600


@given(
    st.lists(st.floats(0, 5000), min_size=1, max_size=60),
    st.sampled_from(WINDOWS),
)
def test_a_window_has_all_of_its_values_and_none_older_than_a_bucket_more(
    gaps: list[float], window: float
) -> None:
    series = Series()
    times = list(itertools.accumulate(gaps, initial=START))
    for time in times:
        series.add(batch(2.0), time)
    now = times[-1]
    inside = sum(time > now - window for time in times)
    most = sum(time > now - window - TIERS[_tier_for(window)][0] for time in times)
    assert inside <= series.summary(window, now).count <= most


@given(
    st.lists(st.floats(0, 40_000), min_size=1, max_size=60),
    st.sampled_from(WINDOWS),
)
def test_points_are_in_order_few_and_add_up_to_the_summary(
    gaps: list[float], window: float
) -> None:
    series = Series()
    times = list(itertools.accumulate(gaps, initial=START))
    for time in times:
        series.add(batch(1.0, 3.0), time)
    points = series.points(window, times[-1])
    assert [point.time for point in points] == sorted({point.time for point in points})
    reach = min(window, times[-1] - START)
    assert {point.time % TIERS[_tier_for(reach)][0] for point in points} == {0.0}
    assert len(points) <= 600
    assert sum(point.count for point in points) == series.summary(window, times[-1]).count
    plain = series.points(window, times[-1], percentiles=False)
    assert [replace(point, p50=0.0, p95=0.0) for point in plain] == [
        replace(point, p50=0.0, p95=0.0) for point in points
    ]
    assert all(isnan(point.p50) and isnan(point.p95) for point in plain)
    assert {(point.mean, point.maximum) for point in points} == {(2.0, 3.0)}


def test_a_week_of_values_is_counted_once_in_each_window() -> None:
    series = fed(Series(), START, START + LONGEST, step=60.0)
    now = START + LONGEST
    counts = [series.summary(window, now).count for window in WINDOWS]
    assert counts == [5, 15, 60, 120, 360, 1440, 10_080]
    assert [len(series.points(window, now)) for window in WINDOWS] == [5, 15, 60, 120, 36, 144, 168]


def test_what_is_kept_stops_growing() -> None:
    series = fed(Series(), START, START + LONGEST + 86_400, step=60.0)
    before = kept(series)
    fed(series, START + LONGEST + 86_400, START + LONGEST + 2 * 86_400, step=60.0)
    assert kept(series) == before
    assert before <= sum(span / width + 1 for width, span in TIERS)


def test_a_series_without_new_values_empties() -> None:
    series = fed(Series(), START, START + 3600)
    series.roll(START + 2 * LONGEST)
    assert kept(series) == 0
    assert series.summary(LONGEST, START + 2 * LONGEST) == EMPTY


def test_the_newest_value_of_a_window_is_the_newest_of_all_its_buckets() -> None:
    series = fed(Series(), START, START + 3600, value=7.0)
    series.add(batch(9.0), START + 3600)
    series.add(batch(8.0), START + 3609)
    assert [series.summary(window, START + 3609).last for window in WINDOWS] == [8.0] * 7


@given(st.lists(st.floats(-200_000, 200_000), min_size=1, max_size=40))
def test_a_clock_that_jumps_breaks_nothing_and_no_age_is_negative(jumps: list[float]) -> None:
    series = Series()
    now = START
    for recorded, jump in enumerate(jumps, start=1):
        now += jump
        series.add(batch(1.0), now)
        for window in WINDOWS:
            points = series.points(window, now)
            assert [point.time for point in points] == sorted({point.time for point in points})
            assert all(point.time <= now + STEP_BACK for point in points)
            assert 1 <= series.summary(window, now).count <= recorded
        assert all(closed.start <= now for _, closed in series.closed_since(0.0, now))


def test_a_small_step_back_holds_time_and_loses_nothing() -> None:
    series = fed(Series(), START, START + 100)
    fed(series, START + 100 - STEP_BACK, START + 200)
    assert series.summary(300.0, START + 200).count == 20 + 32
    assert len(series.points(300.0, START + 200)) == 20


def test_a_large_step_back_drops_what_would_lie_in_the_future() -> None:
    series = fed(Series(), START, START + 1800)
    series.add(batch(5.0), START + 600)
    assert series.summary(300.0, START + 600).count == 1
    assert series.summary(3600.0, START + 600).count == 120 + 1
    assert series.points(3600.0, START + 600)[-1].time == START + 600


def test_after_a_suspend_there_is_a_gap_and_then_it_goes_on() -> None:
    series = fed(Series(), START, START + 600)
    series.add(batch(5.0), START + 40_000)
    assert series.summary(300.0, START + 40_000).count == 1
    assert series.summary(86_400.0, START + 40_000).count == 121
    assert len(series.points(86_400.0, START + 40_000)) == 2


def saved(series: Series, now: float, *, with_open: bool = False) -> list[tuple[float, Closed]]:
    return list(series.closed_since(float("-inf"), now, with_open=with_open))


def test_history_gets_each_ended_bucket_of_a_minute_and_more_once() -> None:
    series = fed(Series(), START, START + 1801)
    first = list(series.closed_since(START, START + 1801))
    fed(series, START + 1801, START + 3701)
    second = list(series.closed_since(START + 1801, START + 3701))
    assert sorted((width, bucket.start) for width, bucket in first + second) == [
        *((60.0, START + 60 * minute) for minute in range(61)),
        *((600.0, START + 600 * tens) for tens in range(6)),
        (3600.0, START),
    ]


gaps_of_seconds = st.lists(st.floats(1, 80), max_size=10)


@given(
    st.lists(st.floats(1, 3_000), min_size=1, max_size=60),
    st.floats(0, 100_000),
    gaps_of_seconds,
    gaps_of_seconds,
)
def test_a_restart_changes_no_window_that_history_serves(
    gaps: list[float], pause: float, before_restore: list[float], after_restore: list[float]
) -> None:
    unbroken, first, second = Series(), Series(), Series()
    times = list(itertools.accumulate(gaps, initial=START))
    for time in times:
        unbroken.add(batch(1.0, time % 7 + 1), time)
        first.add(batch(1.0, time % 7 + 1), time)
    past = saved(first, times[-1], with_open=True)
    now = times[-1] + pause
    for gap in before_restore:
        unbroken.add(batch(3.0), now := now + gap)
        second.add(batch(3.0), now)
    second.restore(past, now)
    for gap in after_restore:
        unbroken.add(batch(3.0), now := now + gap)
        second.add(batch(3.0), now)
    for window in (3_600.0, 86_400.0, 604_800.0):
        assert second.summary(window, now) == unbroken.summary(window, now)
        shown = second.points(window, now)
        assert sum(point.count for point in shown) == second.summary(window, now).count


def test_a_coarse_bucket_cut_short_by_a_kill_is_built_again_from_its_minutes() -> None:
    series = fed(Series(), START, START + 3600 + 1234)
    past = saved(series, START + 3600 + 1234)  # the open minute of 34 s is lost
    after = Series()
    after.restore(past, START + 9000)
    assert after.summary(LONGEST, START + 9000).count == (3600 + 1200) / 5
    again = saved(after, START + 9000)
    assert sorted({bucket.start for width, bucket in again if width == 3600.0}) == [
        START,
        START + 3600,
    ]


def test_windows_of_up_to_15_minutes_start_afresh_because_alerts_read_them() -> None:
    series = fed(Series(), START, START + 600)
    after = Series()
    after.restore(saved(series, START + 600), START + 600)
    assert after.summary(300.0, START + 600) == EMPTY
    assert after.summary(3600.0, START + 600).count == 120


def test_history_from_the_future_or_of_unknown_width_is_left_out() -> None:
    series = fed(Series(), START, START + 600)
    past = saved(series, START + 600)
    after = Series()
    after.restore(past, START - 1)
    after.restore([(61.0, bucket) for _, bucket in past], START + 600)
    assert after.summary(LONGEST, START + 600) == Summary()


def test_a_young_series_is_shown_in_fine_points_whatever_the_window() -> None:
    series = Series()
    for second in range(0, 60, 10):
        series.add(batch(1.0), START + second)
    assert [point.time - START for point in series.points(86_400.0, START + 60)] == [
        0.0,
        10.0,
        20.0,
        30.0,
        40.0,
        50.0,
    ]

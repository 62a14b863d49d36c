from __future__ import annotations

from typing import Any

import pytest

from services.debugcog.timeseries.bucket import Batch, Bucket
from services.debugcog.timeseries.sketch import bucket_indexes
from services.debugcog.timeseries.snapshot import EMPTY, Point, Summary


def batch(*values: float, failed: int = 0) -> Batch:
    low, high = min(values), max(values)
    numbers = bucket_indexes(values, low, high)
    return Batch(len(values), failed, sum(values), low, high, values[-1], numbers)


def about(value: float) -> Any:
    return pytest.approx(value, rel=0.01)


def amount(count: int) -> Batch:
    return Batch(count, 0, float(count), float("inf"), float("-inf"), None, ())


def test_a_bucket_tells_its_figures_with_exact_ends_and_sums() -> None:
    bucket = Bucket(60.0)
    bucket.add(batch(3.0, 1.0, failed=1))
    bucket.add(batch(2.0))
    assert bucket.summary() == Summary(
        count=3,
        failed=1,
        total=6.0,
        minimum=1.0,
        maximum=3.0,
        p50=about(2),
        p95=about(3),
        p99=about(3),
        last=2.0,
    )
    assert bucket.summary().mean == 2.0
    assert bucket.point() == Point(
        time=60.0,
        count=3,
        mean=2.0,
        p50=about(2),
        p95=about(3),
        maximum=3.0,
    )


def test_percentiles_never_leave_what_was_recorded() -> None:
    bucket = Bucket(0.0)
    bucket.add(batch(1234.5))
    summary = bucket.summary()
    assert (summary.p50, summary.p95, summary.p99) == (1234.5, 1234.5, 1234.5)


def test_a_counter_has_an_amount_and_no_other_figure() -> None:
    bucket = Bucket(0.0)
    bucket.add(amount(2))
    bucket.add(amount(5))
    assert bucket.summary() == Summary(count=7, total=7.0)
    assert bucket.point() == Point(0.0, 7, 0.0, 0.0, 0.0, 0.0)


def test_nothing_recorded_is_all_zero() -> None:
    assert Bucket(0.0).summary() == EMPTY
    assert EMPTY.mean == 0.0


def test_a_failure_that_is_folded_before_its_value_is_kept() -> None:
    bucket = Bucket(0.0)
    bucket.add(Batch(0, 1, 0.0, float("inf"), float("-inf"), None, ()))
    assert bucket.summary() == Summary(failed=1)


def test_a_bucket_comes_back_from_its_closed_form() -> None:
    bucket = Bucket(60.0)
    bucket.add(batch(3.0, 1.0, failed=1))
    assert bucket.close().reopen().close() == bucket.close()


def test_the_newest_value_is_that_of_the_part_added_last() -> None:
    old, new, counter = Bucket(0.0), Bucket(10.0), Bucket(20.0)
    old.add(batch(1.0, 9.0))
    new.add(batch(5.0))
    counter.add(amount(1))
    whole = Bucket(0.0)
    whole.merge(old.close())
    whole.join(new)
    whole.merge(counter.close())
    assert whole.last == 5.0

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.timeseries.sketch import (
    GROWTH,
    LARGEST,
    MANY,
    SMALLEST,
    Sketch,
    bucket_counts,
    bucket_indexes,
)

magnitudes = st.floats(SMALLEST, LARGEST)
signed = st.one_of(magnitudes, magnitudes.map(lambda value: -value), st.just(0.0))
samples = st.lists(signed, min_size=1, max_size=200)
FRACTIONS = (0.0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)


def sketch_of(values: list[float]) -> Sketch:
    sketch = Sketch()
    sketch.add(bucket_indexes(values, min(values), max(values)))
    return sketch


def nearest_rank(values: list[float], fraction: float) -> float:
    rank = max(1, math.ceil(fraction * len(values) - 1e-9))
    return sorted(values)[rank - 1]


@given(samples)
def test_every_percentile_is_within_one_percent_of_a_recorded_value(values: list[float]) -> None:
    estimates = sketch_of(values).quantiles(FRACTIONS)
    exact = [nearest_rank(values, fraction) for fraction in FRACTIONS]
    assert estimates == [pytest.approx(value, rel=0.01) for value in exact]


@given(samples, samples)
def test_merging_equals_adding_all_values_to_one(left: list[float], right: list[float]) -> None:
    merged = sketch_of(left)
    merged.merge(sketch_of(right).pack())
    assert merged.pack() == sketch_of(left + right).pack()


@given(samples, samples)
def test_joining_an_open_sketch_equals_merging_its_packed_form(
    left: list[float], right: list[float]
) -> None:
    joined, other = sketch_of(left), sketch_of(right)
    joined.join(other)
    assert joined.pack() == sketch_of(left + right).pack()
    assert other.pack() == sketch_of(right).pack()


@given(st.lists(samples, min_size=1, max_size=5))
def test_the_order_of_merging_does_not_matter(parts: list[list[float]]) -> None:
    forward, backward = Sketch(), Sketch()
    for part in parts:
        forward.merge(sketch_of(part).pack())
    for part in reversed(parts):
        backward.merge(sketch_of(part).pack())
    assert forward.pack() == backward.pack()


@given(samples)
def test_what_is_packed_comes_back(values: list[float]) -> None:
    packed = sketch_of(values).pack()
    again = Sketch()
    again.merge(packed)
    assert again.pack() == packed


@given(st.lists(magnitudes, min_size=1), st.lists(st.just(0.0), min_size=1))
def test_a_lane_does_not_depend_on_the_company(positive: list[float], zeros: list[float]) -> None:
    mixed = positive + zeros
    alone = bucket_indexes(positive, min(positive), max(positive))
    assert bucket_indexes(mixed, 0.0, max(mixed)) == alone + bucket_indexes([0.0], 0.0, 0.0) * len(
        zeros
    )


def test_nothing_packs_to_no_bytes_and_has_only_zeros() -> None:
    empty = Sketch()
    empty.merge(b"")
    empty.join(Sketch())
    assert empty.pack() == b""
    assert empty.quantiles((0.5, 0.99)) == [0.0, 0.0]


def test_magnitudes_outside_the_range_count_as_its_ends() -> None:
    estimates = sketch_of([-1e300, -1e-9, 0.0, 1e-9, 1e300]).quantiles((0.1, 0.5, 1.0))
    assert estimates == [pytest.approx(-LARGEST, rel=0.01), 0.0, pytest.approx(LARGEST, rel=0.01)]


@pytest.mark.parametrize("doublings", [7, 8, 15, 16, 31, 32, 40])
def test_counts_of_any_size_survive_packing_and_do_not_spill(doublings: int) -> None:
    sketch = sketch_of([1.0, 1.02, 1.05, 700.0])
    for _ in range(doublings):
        sketch.merge(sketch.pack())
    again = Sketch()
    again.merge(sketch.pack())
    assert again._unfold() == sketch._unfold()
    assert sorted(set(again._unfold())) == [0, 2**doublings]
    assert again.quantiles((0.2, 1.0)) == [pytest.approx(1, rel=0.01), pytest.approx(700, rel=0.01)]


def test_a_thousand_values_of_two_decades_take_a_byte_a_lane() -> None:
    values = [100 * 1.0046**step for step in range(1000)]
    assert len(sketch_of(values).pack()) == 3 + 233


@pytest.mark.parametrize(
    "damaged",
    [b"\1", b"\1\0", b"\1\0\0\1\1", b"\1\0\3\1\1\1", b"\1\0\2\1", b"\1\0\xff\1"],
    ids=["a byte", "no width", "width 0", "width 3", "half a bucket", "width 255"],
)
def test_bytes_that_are_no_sketch_are_refused_and_change_nothing(damaged: bytes) -> None:
    sketch = sketch_of([5.0])
    packed = sketch.pack()
    with pytest.raises(ValueError, match="not a packed sketch"):
        sketch.merge(damaged)
    assert sketch.pack() == packed


def test_many_values_are_counted_like_few() -> None:
    source = random.Random(7)
    values = [source.lognormvariate(6.5, 0.8) for _ in range(2 * MANY)]
    counts = bucket_counts(sorted(values))
    assert counts == Counter(bucket_indexes(values, min(values), max(values)))


def test_many_values_at_the_very_ends_of_buckets_are_all_counted_within_1_percent() -> None:
    values = sorted(GROWTH**power for power in range(-400, 1700) for _ in range(3))
    sketch = Sketch()
    sketch.add(bucket_counts(values))
    fractions = [(place + 1) / len(values) for place in range(len(values))]
    for estimate, value in zip(sketch.quantiles(fractions), values, strict=True):
        assert abs(estimate / value - 1) < 0.0101


@pytest.mark.parametrize("odd", [0.0, -5.0, SMALLEST / 2, 2 * LARGEST])
def test_many_values_with_an_odd_one_are_placed_one_by_one(odd: float) -> None:
    values = sorted([odd, *([700.0] * MANY)])
    assert bucket_counts(values) == bucket_indexes(values, values[0], values[-1])

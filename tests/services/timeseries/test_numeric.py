from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from math import inf
from typing import Any

import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.numeric import as_number


class Loudness(IntEnum):
    LOUD = 90


class Int16:
    """A number whose sum overflows as that of 16-bit integers does; ``level`` may change."""

    def __init__(self, level: int) -> None:
        self.level = level

    def __float__(self) -> float:
        return float(self.level)

    def __add__(self, other: Any) -> Int16:
        return Int16((self.level + int(other) + 32_768) % 65_536 - 32_768)

    __radd__ = __add__

    def __int__(self) -> int:
        return self.level

    def __lt__(self, other: Any) -> bool:
        return self.level < float(other)


class Index:
    def __index__(self) -> int:
        return 7


class Celsius(float):
    def __add__(self, other: float) -> float:
        raise AssertionError("its own arithmetic is not asked for")

    __radd__ = __add__


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (2.5, 2.5),
        (10**30, 10**30),
        (True, 1.0),
        (Loudness.LOUD, 90.0),
        (Decimal("2.5"), 2.5),
        (Fraction(5, 2), 2.5),
        (Celsius(36.6), 36.6),
        (Int16(30_000), 30_000.0),
        (Index(), 7.0),
        (Fraction(10**400), inf),
    ],
)
def test_a_number_of_any_type_becomes_one_of_pythons_own(value: object, number: float) -> None:
    converted = as_number(value)
    assert type(converted) in (int, float)
    assert converted == number


@pytest.mark.parametrize("value", ["7", b"7", bytearray(b"7"), memoryview(b"7"), None, 3 + 0j, []])
def test_what_is_no_number_is_refused_even_where_float_would_read_it(value: object) -> None:
    with pytest.raises(TypeError, match="is no numeric type"):
        as_number(value)


def test_scalars_and_arrays_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    for value in (numpy.int16(3), numpy.float32(3), numpy.array(3), numpy.longdouble(3)):
        assert as_number(value) == 3.0
    assert as_number(numpy.bool_(True)) == 1.0
    for value in (numpy.str_("7"), numpy.complex64(3), numpy.array([3, 4])):
        with pytest.raises(TypeError):
            as_number(value)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("labels", [{}, {"channel": "left"}])
def test_values_of_a_type_that_overflows_have_the_right_average(
    strict: bool, labels: dict[str, str]
) -> None:
    metrics = MetricsService(fold_interval=None, strict=strict)
    for _ in range(4):
        metrics.record("audio_peak", Int16(30_000), **labels)  # type: ignore[arg-type]
        metrics.increment("samples", Int16(30_000), **labels)  # type: ignore[arg-type]
    peak = metrics.summary("audio_peak")
    assert (peak.count, peak.mean, peak.maximum, peak.last) == (4, 30_000.0, 30_000.0, 30_000.0)
    assert metrics.snapshot().counters["samples"] == 120_000
    assert metrics.refused == 0


class Odd:
    """What a host may pass by mistake: it fails when it is asked for a number."""

    def __float__(self) -> float:
        raise RuntimeError("odd")


@pytest.mark.parametrize("bad", ["5", None, b"", [1], 1j, Odd()])
@pytest.mark.parametrize("labels", [{}, {"channel": "left"}])
def test_a_bad_value_is_counted_and_leaves_its_neighbours_alone(
    bad: object, labels: dict[str, str]
) -> None:
    metrics = MetricsService(fold_interval=None)
    for value in (1.0, bad, 3.0):
        metrics.record("audio_peak", value, **labels)  # type: ignore[arg-type]
    assert (metrics.summary("audio_peak").total, metrics.refused) == (4.0, 1)
    assert metrics.summary("audio_peak").count == 2


def test_a_value_that_its_owner_changes_later_counts_as_it_was() -> None:
    metrics = MetricsService(fold_interval=None)
    level = Int16(5)
    for _ in range(2):
        metrics.record("audio_peak", level)  # type: ignore[arg-type]
    level.level = 900
    assert metrics.summary("audio_peak").maximum == 5.0

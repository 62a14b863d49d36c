from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.charting.scales import (
    Frame,
    clock_time,
    spread,
    time_ticks,
    value_range,
    value_ticks,
)

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


@pytest.mark.parametrize(
    ("low", "high", "unit", "labels"),
    [
        (0, 5600, "ms", ["0", "1 s", "2 s", "3 s", "4 s", "5 s"]),
        (0, 2300, "MB", ["0", "0.5 GB", "1.0 GB", "1.5 GB", "2.0 GB"]),
        (0, 700, "ms", ["0", "200 ms", "400 ms", "600 ms"]),
        (0, 100, "%", ["0", "20%", "40%", "60%", "80%", "100%"]),
        (-3, 9, "", ["-2", "0", "2", "4", "6", "8"]),
        (0, 0.004, "ms", ["0", "1 µs", "2 µs", "3 µs", "4 µs"]),
        (0, 5e299, "", ["0", "1.0e290B", "2.0e290B", "3.0e290B", "4.0e290B", "5.0e290B"]),
    ],
)
def test_ticks_of_values_are_round_and_in_one_unit(
    low: float, high: float, unit: str, labels: list[str]
) -> None:
    assert [label for _, label in value_ticks(low, high, unit)] == labels


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (1, ["12:00:00", "12:00:01"]),
        (60, ["12:00:00", "12:00:15", "12:00:30", "12:00:45", "12:01:00"]),
        (3600, ["12:00", "12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]),
        (86_400, ["12:00", "18:00", "16 Nov", "06:00", "12:00"]),
        (7 * 86_400, ["17 Nov", "19 Nov", "21 Nov"]),
        (366 * 86_400, ["25 Jan", "25 Apr", "25 Jul", "24 Oct"]),
    ],
)
def test_ticks_of_time_are_round_hours_and_days_in_utc(seconds: float, labels: list[str]) -> None:
    assert [label for _, label in time_ticks(NOON, NOON + seconds)] == labels


def test_a_tick_lies_at_the_time_that_it_names() -> None:
    assert time_ticks(NOON + 1, NOON + 7201)[0] == (NOON + 1800, "12:30")


def test_a_time_has_its_day_where_the_window_is_longer_than_one() -> None:
    assert clock_time(NOON, 3600) == "12:00"
    assert clock_time(NOON, 2 * 86_400) == "15 Nov 12:00"


def test_a_frame_maps_its_window_to_its_rectangle() -> None:
    frame = Frame(100, 50, 700, 350, NOON, NOON + 60, 0, 10)
    assert (frame.x(NOON), frame.x(NOON + 30), frame.x(NOON + 60)) == (100, 400, 700)
    assert (frame.y(0), frame.y(5), frame.y(10)) == (50, 200, 350)


@pytest.mark.parametrize(
    ("values", "limits", "expected"),
    [
        ([0.0, 100.0], [], (0.0, 110.0)),
        ([-100.0, 100.0], [], (-120.0, 120.0)),
        ([50.0, 100.0], [200.0, 400.0], (0.0, 440.0)),
        ([50.0, 100.0], [301.0, 400.0], (0.0, 110.0)),  # out of reach: the lines need the room
        ([50.0, 100.0], [200.0, 601.0], (0.0, 220.0)),
        ([0.0], [], (0.0, 5.0)),
        ([-4.0, -2.0], [], (-4.4, 0.4)),
        ([-4.0, -2.0], [-10.0], (-4.4, 0.4)),
    ],
)
def test_the_range_starts_at_zero_and_takes_in_the_limits_in_reach(
    values: list[float], limits: list[float], expected: tuple[float, float]
) -> None:
    assert value_range(values, limits) == pytest.approx(expected)


def test_labels_that_are_apart_stay_where_they_are() -> None:
    assert spread([90.0, 10.0, 50.0], 20, 0, 100) == (90.0, 10.0, 50.0)


def test_labels_that_would_overlap_make_room_in_their_order() -> None:
    assert spread([12.0, 10.0, 11.0], 20, 0, 100) == (50.0, 10.0, 30.0)
    assert spread([99.0, 100.0], 20, 0, 100) == (80.0, 100.0)


@given(st.lists(st.floats(-50, 150), max_size=12), st.floats(1, 30))
def test_labels_never_overlap_nor_leave_their_room(wanted: list[float], gap: float) -> None:
    placed = sorted(spread(wanted, gap, 0, 100))
    apart = min(gap, 100 / max(1, len(wanted) - 1))
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in placed)
    assert all(above - below >= apart - 1e-9 for below, above in pairwise(placed))

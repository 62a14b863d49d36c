from __future__ import annotations

from services.debugcog.answers.rates import per_minute
from services.debugcog.timeseries.snapshot import Point

START = 1_800_000_000.0


def counted(minute: float, count: int, width: float = 60.0) -> Point:
    return Point(START + 60 * minute, count, 0.0, 0.0, 0.0, 0.0, width)


def alive(*minutes: float) -> list[Point]:
    return [Point(START + 60 * minute, 240, 2.0, 2.0, 2.0, 9.0, 60.0) for minute in minutes]


def rates(points: tuple[Point, ...]) -> list[tuple[float, float]]:
    return [((point.time - START) / 60, point.mean) for point in points]


def test_where_the_bot_ran_and_nothing_came_the_rate_is_zero() -> None:
    found = per_minute([counted(1, 30)], alive(0, 1, 2), START + 180)
    assert rates(found) == [(0, 0.0), (1, 30.0), (2, 0.0)]


def test_where_the_bot_did_not_run_there_is_no_rate() -> None:
    assert rates(per_minute([counted(9, 3)], alive(0, 9), START + 600)) == [(0, 0.0), (9, 3.0)]


def test_of_buckets_of_two_widths_the_wider_counts() -> None:
    fine = [counted(minute / 6, 2, 10.0) for minute in range(12)]
    assert rates(per_minute(fine, alive(0, 1), START + 120)) == [(0, 12.0), (1, 12.0)]
    hours = [counted(0, 600, 3600.0)]
    assert rates(per_minute(hours, alive(0, 1), START + 3600)) == [(0, 10.0)]


def test_the_minute_that_has_not_ended_counts_for_as_long_as_it_has_lasted() -> None:
    now = START + 80
    assert rates(per_minute([counted(1, 5)], alive(0, 1), now)) == [(0, 0.0), (1, 15.0)]
    assert rates(per_minute([counted(1, 5)], alive(0, 1), now - 11)) == [(0, 0.0)]


def test_amounts_of_values_are_their_sum() -> None:
    tokens = [Point(START, 4, 500.0, 0.0, 0.0, 900.0, 60.0)]
    found = per_minute(tokens, alive(0), START + 60, lambda point: point.mean * point.count)
    assert rates(found) == [(0, 2000.0)]

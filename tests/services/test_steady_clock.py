from __future__ import annotations

import math

from services.debugcog.steady_clock import SteadyClock, Timestamp


class Clocks:
    def __init__(self) -> None:
        self.unix = 1000.0
        self.steady = 5.0

    def line(self, limit: float = 30.0, start: float = 0.0) -> SteadyClock:
        return SteadyClock(limit, start, unix=lambda: self.unix, monotonic=lambda: self.steady)


def test_it_starts_at_the_wall_clock_and_follows_the_monotonic_one() -> None:
    clocks = Clocks()
    line = clocks.line()
    clocks.steady += 10
    clocks.unix += 500
    assert line.read() == Timestamp(now=1010.0, unix=1500.0)


def test_it_never_starts_before_the_last_one_ended() -> None:
    assert Clocks().line(start=2000.0).read().now == 2000.0
    assert Clocks().line(start=500.0).read().now == 1000.0


def test_a_suspended_machine_is_credited_with_the_limit() -> None:
    clocks = Clocks()
    line = clocks.line(limit=30.0)
    clocks.steady += 36_000
    assert line.read().now == 1030.0
    clocks.steady += 15
    assert line.read().now == 1045.0


def test_a_monotonic_clock_that_goes_back_passes_no_time() -> None:
    clocks = Clocks()
    line = clocks.line(limit=math.inf)
    clocks.steady -= 3
    assert line.read().now == 1000.0

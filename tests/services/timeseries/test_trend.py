from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from time import perf_counter

import pytest

from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import POINTS_MIN, WARM_UP, Trend, fit, of_run

NOW = 1_800_000_000.0
SEEDS = range(40)

Values = Callable[[random.Random], list[float]]


def points(values: Sequence[float], seconds: float = 60.0) -> list[Point]:
    """Give one value to each bucket of an hour, as many as there are."""
    return [Point(NOW + seconds * n, 1, v, v, v, v) for n, v in enumerate(values)]


def trend(values: Sequence[float]) -> Trend:
    fitted = fit(points(values))
    assert fitted
    return fitted


def test_a_leak_is_its_slope_with_its_span_and_how_sure_it_is() -> None:
    noise = random.Random(1)
    leak = trend([400 + 2 * minute + noise.gauss(0, 3) for minute in range(60)])
    assert leak.clear
    assert leak.slope == pytest.approx(120, rel=0.05)
    assert leak.low < 120 < leak.high
    assert leak.high - leak.low < 30
    assert leak.seconds == 59 * 60


def test_a_leak_without_noise_is_exact() -> None:
    leak = trend([400 + 2 * minute for minute in range(60)])
    assert [leak.low, leak.slope, leak.high] == pytest.approx([120.0] * 3)
    assert leak.clear


@pytest.mark.parametrize("count", [POINTS_MIN, 20, 37, 90])
@pytest.mark.parametrize("step", [-1.0, 0.1, 1 / 3, 2.0])
def test_of_a_straight_line_of_any_length_the_trend_is_sure(count: int, step: float) -> None:
    straight = trend([787 + step * minute for minute in range(count)])
    assert [straight.low, straight.high] == pytest.approx([60 * step] * 2)
    assert straight.clear


def test_memory_that_shrinks_has_a_trend_down() -> None:
    noise = random.Random(1)
    shrinking = trend([400 - 2 * minute + noise.gauss(0, 3) for minute in range(60)])
    assert shrinking.clear
    assert shrinking.high < 0


@pytest.mark.parametrize("spike", [10, 30, 59])
def test_a_spike_does_not_move_it(spike: int) -> None:
    values = [400.0 + minute for minute in range(60)]
    values[spike] += 5000
    assert trend(values).slope == pytest.approx(60.0, rel=0.01)


@pytest.mark.parametrize("after", [1, 5, 20, 30, 31, 45, 59])
@pytest.mark.parametrize("size", [300.0, -300.0])
def test_one_step_is_no_trend_wherever_it_is(after: int, size: float) -> None:
    for seed in SEEDS[:10]:
        noise = random.Random(seed)
        values = [600 + size * (n >= after) + noise.gauss(0, 3) for n in range(60)]
        assert not trend(values).clear
    assert not trend([600 + size * (n >= after) for n in range(60)]).clear


def white(noise: random.Random) -> list[float]:
    return [noise.gauss(400, 20) for _ in range(60)]


def few(noise: random.Random) -> list[float]:
    return [noise.gauss(400, 20) for _ in range(POINTS_MIN)]


def swinging(noise: random.Random) -> list[float]:
    start = noise.uniform(0, 6)
    return [400 + 50 * math.sin(start + n / 3) for n in range(60)]


def sawtooth(noise: random.Random) -> list[float]:
    start = noise.randrange(9)
    return [400.0 + 10 * ((start + n) % 9) for n in range(60)]


def settling(noise: random.Random) -> list[float]:
    return [600 - 200 * math.exp(-n / 8) + noise.gauss(0, 1) for n in range(60)]


@pytest.mark.parametrize("shape", [white, few, swinging, sawtooth, settling])
def test_noise_and_what_comes_back_or_settles_is_no_trend(shape: Values) -> None:
    found = sum(trend(shape(random.Random(seed))).clear for seed in SEEDS)
    assert found <= 2, "of 40, at a confidence of 99 percent"


def test_a_leak_beneath_the_collectors_sawtooth_is_found() -> None:
    values = [400 + 2 * minute + 4 * (minute % 9) for minute in range(60)]
    assert trend(values).clear
    assert trend(values).slope == pytest.approx(120, rel=0.1)


def test_memory_that_stays_has_none() -> None:
    assert trend([400.0] * 60) == Trend(0.0, 0.0, 0.0, 59 * 60.0, steady=False)
    assert not trend([400.0] * 60).clear


def test_too_few_points_have_none() -> None:
    assert fit(points([400.0] * (POINTS_MIN - 1))) is None
    assert fit([]) is None


def test_many_points_are_joined_so_that_the_cost_is_bounded() -> None:
    week = points([400 + n / 10 for n in range(5000)])
    start = perf_counter()
    fitted = fit(week)
    assert perf_counter() - start < 2.0, "all pairs would take minutes"
    assert fitted
    assert fitted.slope == pytest.approx(6.0)


def test_the_run_before_and_the_warm_up_count_nothing() -> None:
    leaking = points([60 + 20 * n for n in range(40)])
    start = leaking[-1].time + 30
    fresh = [Point(start + 60 * n, 1, 58.0, 58.0, 58.0, 58.0) for n in range(30)]
    chosen = of_run([*leaking, *fresh], start)
    assert [point.time for point in chosen] == [start + 60 * n for n in range(5, 30)]
    assert chosen[0].time == start + WARM_UP
    fitted = fit(chosen)
    assert fitted
    assert (fitted.slope, fitted.clear) == (0.0, False)

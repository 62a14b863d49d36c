from __future__ import annotations

import pytest

from services.debugcog.answers.charts import line, marks, restarts, span, starts
from services.debugcog.charting.chart_spec import Mark
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED, ProcessSampler
from services.debugcog.timeseries.snapshot import Point
from tests.clock import Clock

NOW = 1_800_000_000.0
HOUR = 3600.0


def point(time: float, value: float) -> Point:
    return Point(time, 1, value, value, value, value)


def test_a_pause_in_the_points_is_a_gap_in_the_line() -> None:
    points = [point(0, 1.0), point(10, 2.0), point(20, 3.0), point(100, 4.0), point(110, 5.0)]
    assert line("mean", points, lambda point: point.mean).points == (
        (0, 1.0),
        (10, 2.0),
        (20, 3.0),
        (60, None),
        (100, 4.0),
        (110, 5.0),
    )


def test_a_line_does_not_go_on_over_a_restart_and_the_first_start_is_none() -> None:
    points = [point(60 * step, float(step)) for step in range(1, 6)]
    assert restarts(points, (65.0, 150.0, 400.0)) == (150.0, 400.0)
    assert restarts(points[:1], (150.0,)) == ()
    assert restarts((), (150.0,)) == ()
    assert line("mean", points, lambda point: point.mean, (150.0, 400.0)).points == (
        (60, 1.0),
        (120, 2.0),
        (150, None),
        (180, 3.0),
        (240, 4.0),
        (300, 5.0),
    )


def test_starts_are_those_of_earlier_runs_and_of_this_one_each_once() -> None:
    recorded = [point(0, 5.0), point(60, 5.02), point(120, 130.0), point(180, 7000.0)]
    assert starts(recorded, 130.3) == (5.0, 130.3)
    assert starts((), 130.3) == (130.3,)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_clock_that_was_set_while_the_process_ran_is_no_restart(jump: float) -> None:
    clock, monotonic = Clock(NOW), Clock(0.0)
    metrics = MetricsService(clock=clock, fold_interval=None)
    sampler = ProcessSampler(metrics, clock=clock, monotonic=monotonic)
    for step in range(240):
        for one in (clock, monotonic):
            one.turn(30)
        if step == 120:
            clock.turn(jump)
        sampler.sample_start()
        metrics.record("memory_usage_mb", 60)
        metrics.fold()
    recorded, memory = (
        metrics.points(name, 6 * HOUR, percentiles=False) for name in (STARTED, "memory_usage_mb")
    )
    found = starts(recorded, sampler.started)
    assert found == (sampler.started,)
    assert restarts(memory, found) == ()


def test_of_many_changes_the_last_ones_are_marked() -> None:
    assert marks((), 0, 40, [float(start) for start in range(30)])[0] == Mark(10.0, "restart")


def test_a_young_bots_chart_begins_with_its_first_value() -> None:
    assert span([point(NOW - 600, 1.0)], NOW - 3600, NOW) == (NOW - 600, NOW)
    assert span([point(NOW - 5, 1.0)], NOW - 3600, NOW) == (NOW - 60, NOW)
    assert span([], NOW - 3600, NOW) == (NOW - 3600, NOW)
    assert span([point(NOW - 4000, 1.0)], NOW - 3600, NOW) == (NOW - 3600, NOW)

"""A process that stood still is told from one that was busy, blocked or forked."""

from __future__ import annotations

import os
import threading
import time

import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import LagSampler
from services.debugcog.process.suspension import Clocks, Suspension, SuspensionWatch
from services.debugcog.timeseries.timer import Timer


class Machine:
    """Clocks that a test moves; its watch looks twice a second."""

    def __init__(self) -> None:
        self.steady, self.asleep, self.processor = 100.0, 0.0, 5.0
        clocks = Clocks(
            steady=lambda: self.steady,
            with_sleep=lambda: self.steady + self.asleep,
            processor=lambda: self.processor,
            unix=lambda: 1_000_000.0 + self.steady + self.asleep,
        )
        self.watch = SuspensionWatch(clocks, beat=None)

    def run(self, seconds: float, processor: float = 0.01) -> None:
        """Let time pass, with looks in it as the thread has them."""
        for _ in range(round(seconds / 0.5)):
            self.steady += 0.5
            self.processor += 0.5 * processor
            self.watch.look()

    def stand_still(self, seconds: float) -> None:
        self.steady += seconds

    def hold_the_lock(self, seconds: float) -> None:
        """Let C code keep every thread of Python from running."""
        self.steady += seconds
        self.processor += seconds


def test_a_process_that_stood_still_has_lost_that_time() -> None:
    machine = Machine()
    machine.run(10)
    machine.stand_still(120)
    machine.watch.look()
    assert machine.watch.take() == (Suspension(110.0, 230.0, 120.0, 1_000_230.0),)
    assert machine.watch.take() == ()
    assert machine.watch.recent == (Suspension(110.0, 230.0, 120.0, 1_000_230.0),)


@pytest.mark.parametrize(
    ("start", "end", "lost"),
    [(100.0, 230.0, 120.0), (170.0, 230.0, 60.0), (100.0, 109.0, 0.0), (231.0, 240.0, 0.0)],
)
def test_a_duration_has_lost_what_it_shares_with_it(start: float, end: float, lost: float) -> None:
    machine = Machine()
    machine.run(10)
    machine.stand_still(120)
    assert machine.watch.lost(start, end) == lost, "who asks first is told, before the thread looks"


def test_code_that_holds_the_interpreters_lock_is_no_suspension() -> None:
    machine = Machine()
    machine.run(10)
    machine.hold_the_lock(20)
    assert machine.watch.lost(100.0, 130.0) == 0.0


def test_a_blocked_loop_beside_a_thread_that_beats_is_no_suspension() -> None:
    machine = Machine()
    machine.run(60)
    assert machine.watch.lost(100.0, 160.0) == 0.0


def test_a_sleep_that_the_clock_of_durations_does_not_count_is_told_but_takes_nothing_off() -> None:
    machine = Machine()
    machine.run(10)
    machine.asleep = 3600.0
    machine.run(0.5)
    (told,) = machine.watch.take()
    assert told.seconds == 3600.5
    assert machine.watch.lost(105.0, 110.5) == 0.5


def test_the_lag_of_a_process_that_stood_still_is_what_is_left() -> None:
    machine, metrics = Machine(), MetricsService(fold_interval=None)
    sampler = LagSampler(metrics, lambda: machine.steady, machine.watch.lost)
    sampler.sample(0.25)
    machine.stand_still(120)
    sampler.sample(0.25)
    machine.hold_the_lock(4)
    sampler.sample(0.25)
    lag = metrics.summary("event_loop_lag_ms", 300)
    assert (lag.count, lag.minimum, lag.maximum) == (2, 0.0, 3750.0)


def test_a_timer_does_not_count_it(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = MetricsService(fold_interval=None)
    asked: list[float] = []

    def suspended(start: float, end: float) -> float:
        asked.append(end - start)
        return 119.0

    times = iter([0.0, 120.0, 200.0, 200.5])
    monkeypatch.setattr("services.debugcog.timeseries.timer.perf_counter", lambda: next(times))
    monkeypatch.setattr(Timer, "suspended", suspended)
    for _ in range(2):
        with metrics.timer("command"):
            pass
    summary = metrics.summary("command", 300)
    assert (summary.maximum, summary.minimum) == (1000.0, 500.0)
    assert asked == [120.0], "a short one is not asked of"


def test_a_thread_beats_until_it_is_closed() -> None:
    watch = SuspensionWatch(beat=0.01)
    watch.start()
    assert "debugcog-suspension" in [thread.name for thread in threading.enumerate()]
    watch.close()
    assert "debugcog-suspension" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_without_the_thread_has_lost_nothing() -> None:
    machine = Machine()
    watch = SuspensionWatch(machine.watch._clocks, beat=0.01)
    watch.start()
    child = os.fork()
    if not child:
        machine.stand_still(120)
        os._exit(1 if watch.lost(100.0, 220.0) else 0)
    try:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        watch.close()


def test_the_clocks_of_this_system_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = SuspensionWatch(beat=None)
    started = time.perf_counter()
    assert watch.lost(started, time.perf_counter()) == 0.0
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    assert SuspensionWatch(beat=None).lost(started, time.perf_counter()) == 0.0

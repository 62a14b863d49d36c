"""For how long the event loop was late in a stretch of time."""

from __future__ import annotations

import pytest

from services.debugcog.calls.loop_delays import KEPT, LoopDelays
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import LagSampler
from tests.clock import Clock


def beaten(*waits: float) -> LoopDelays:
    """Let the loop beat, each time after a wait, from 100 s on."""
    clock, delays = Clock(100.0), LoopDelays()
    metrics = MetricsService(fold_interval=None)
    sampler = LagSampler(metrics, clock, late=delays.add)
    sampler.sample(0.25)
    for wait in waits:
        clock.turn(wait)
        sampler.sample(0.25)
    metrics.close()
    return delays


def test_a_loop_in_time_keeps_nobody_waiting() -> None:
    assert beaten(0.25, 0.26, 0.25).between(0.0, 200.0) == 0.0


def test_what_a_late_beat_and_a_wait_have_in_common_counts() -> None:
    delays = beaten(0.25, 2.25)
    assert delays.between(0.0, 200.0) == pytest.approx(2.0)
    assert delays.between(101.0, 200.0) == pytest.approx(1.5)
    assert delays.between(100.0, 100.75) == pytest.approx(0.25)
    assert delays.between(103.0, 104.0) == 0.0


def test_only_the_last_late_beats_are_kept() -> None:
    assert beaten(*[1.25] * (KEPT + 9)).between(0.0, 999.0) == pytest.approx(KEPT)

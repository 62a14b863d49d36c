from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping

import psutil
import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.process.own_cost import CostMeter, OwnCost
from services.debugcog.process.samplers import ProcessSampler
from tests.clock import Clock


@pytest.fixture
def numbers() -> Iterator[tuple[int, int]]:
    """Run a thread of ours and one of the host's; the system's numbers of both."""
    end = threading.Event()
    threads = [
        threading.Thread(target=end.wait, name=name, daemon=True)
        for name in ("debugcog-test", "host")
    ]
    for thread in threads:
        thread.start()
    own, other = (thread.native_id for thread in threads)
    assert own
    assert other
    yield own, other
    end.set()
    for thread in threads:
        thread.join()


def test_the_cpu_of_its_own_threads_and_ticks_is_a_share_of_the_time(
    numbers: tuple[int, int],
) -> None:
    own, other = numbers
    clock = Clock(0.0)
    spent = {own: 1.5, other: 99.0}
    meter = CostMeter(lambda: spent, lambda: None, clock)
    clock.turn(100)

    cost = meter.read(loop=0.5)

    assert cost == OwnCost(seconds=100.0, threads=1.5, loop=0.5, memory_mb=None)
    assert cost.percent == 2.0


def test_what_a_thread_has_spent_stays_counted_when_its_number_is_used_again(
    numbers: tuple[int, int],
) -> None:
    own, _ = numbers
    told = iter(({own: 3.0}, {own: 4.0}, {own: 0.5}, {}))
    meter = CostMeter(lambda: next(told), lambda: None)

    assert [meter.read(0.0).threads for _ in range(4)] == [3.0, 4.0, 4.5, 4.5]


def test_where_the_system_does_not_tell_of_threads_there_is_no_share() -> None:
    clock = Clock(0.0)

    def nothing() -> Mapping[int, float] | None:
        return None

    meter = CostMeter(nothing, lambda: None, clock)
    clock.turn(10)

    assert meter.read(0.1).percent is None


def test_the_memory_is_what_the_process_grew_by_while_the_cog_was_starting() -> None:
    resident = iter((50.0, 59.5))
    meter = CostMeter(dict, lambda: next(resident))
    meter.started()

    assert meter.read(0.0).memory_mb == 9.5


def test_the_system_tells_what_a_thread_that_works_has_spent() -> None:
    sampler = ProcessSampler(MetricsService(fold_interval=None), psutil.Process())
    before = (sampler.thread_seconds() or {})[threading.get_native_id()]
    end = time.thread_time() + 0.2
    while time.thread_time() < end:
        pass
    after = (sampler.thread_seconds() or {})[threading.get_native_id()]

    assert after - before == pytest.approx(0.2, abs=0.1)

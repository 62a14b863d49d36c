"""Gauges: sampled by a thread of their own, whatever a host's function does."""

from __future__ import annotations

import gc
import logging
import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.gauges import Gauges
from tests.hostile import odd

SECONDS = 10.0


@pytest.fixture
def metrics() -> Iterator[MetricsService]:
    service = MetricsService()
    service.gauges.every(0.005)
    yield service
    service.close()


class Sampled:
    """A function that tells when it was called, and how often."""

    def __init__(self, value: Any = 7.0) -> None:
        self.value = value
        self.calls: Queue[str] = Queue()

    def __call__(self) -> float:
        self.calls.put(threading.current_thread().name)
        if isinstance(self.value, Exception):
            raise self.value
        return float(self.value)

    def wait(self, times: int = 1) -> list[str]:
        return [self.calls.get(timeout=SECONDS) for _ in range(times)]


def test_a_gauge_is_recorded_at_once_and_then_at_every_interval(metrics: MetricsService) -> None:
    length = Sampled()
    metrics.gauge("queue_length", length)
    assert length.wait(4) == ["debugcog-gauges"] * 4
    assert metrics.summary("queue_length").last == 7.0
    assert metrics.summary("queue_length").count >= 3


def test_the_bound_method_of_a_queue_is_a_gauge(metrics: MetricsService) -> None:
    queue: Queue[int] = Queue()
    queue.put(1)
    metrics.gauge("queue_length", queue.qsize)
    settle(metrics)
    assert metrics.summary("queue_length").last == 1.0


def settle(metrics: MetricsService) -> None:
    """Wait until the gauges that are there have been sampled."""
    last = Sampled()
    end = metrics.gauge("after_the_others", last)
    last.wait(2)
    end()


def test_what_raises_or_is_no_number_is_counted_and_told_once(
    metrics: MetricsService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "debugcog.metrics")
    broken, strange = Sampled(RuntimeError("gone")), Sampled(math.nan)
    metrics.gauge("broken", broken)
    metrics.gauge("strange", strange)
    broken.wait(3)
    strange.wait(3)
    assert metrics.snapshot().refused == metrics.refused >= 4
    assert metrics.summary("strange").count == 0
    told = [record.getMessage() for record in caplog.records]
    assert told.count("Gauge not readable: broken") == 1


async def later() -> float:
    return 1.0


class Streamed:
    async def __call__(self) -> float:
        return 1.0


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda: None, "TypeError: it returned a NoneType: give a number"),
        (lambda: "7", "TypeError: it returned a str: give a number"),
        (later, "TypeError: it returned a coroutine: give a number"),
        (Streamed(), "TypeError: it returned a coroutine: give a number"),
        (lambda: odd(KeyboardInterrupt()), "KeyboardInterrupt"),
    ],
)
def test_a_gauge_that_gives_no_number_is_told_once_by_its_name_and_listed(
    metrics: MetricsService, caplog: pytest.LogCaptureFixture, read: Callable[[], Any], text: str
) -> None:
    caplog.set_level(logging.WARNING, "debugcog.metrics")
    metrics.gauge("queue_length", lambda: read())
    settle(metrics)
    settle(metrics)
    assert [(one.name, one.text) for one in metrics.gauges.faults] == [("queue_length", text)]
    assert caplog.messages == ["Gauge not readable: queue_length"]
    assert metrics.summary("queue_length").count == 0
    assert metrics.refused >= 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a coroutine that nobody awaits
        gc.collect()


def test_a_gauge_that_blocks_keeps_neither_the_bot_nor_the_end_waiting() -> None:
    metrics = MetricsService()
    free, called = threading.Event(), threading.Event()

    def blocks() -> float:
        called.set()
        free.wait(SECONDS)
        return 1.0

    metrics.gauge("stuck", blocks)
    assert called.wait(SECONDS)
    metrics.record("other", 2.0)
    assert metrics.summary("other").last == 2.0
    metrics.close()
    free.set()


def test_a_second_gauge_of_a_name_takes_the_place_of_the_first(metrics: MetricsService) -> None:
    first, second = Sampled(1.0), Sampled(2.0)
    end_first = metrics.gauge("length", first)
    first.wait()
    end_second = metrics.gauge("length", second)
    second.wait(2)
    end_first()  # is none of its business any more
    second.wait(2)
    assert metrics.summary("length").last == 2.0
    end_second()
    settle(metrics)
    while not second.calls.empty():
        second.calls.get_nowait()
    settle(metrics)
    assert second.calls.empty()


@pytest.mark.parametrize(
    ("name", "read"),
    [("Bad Name", lambda: 1.0), ("errors", lambda: 1.0), ("fine", 5), ("fine", "coroutine")],
)
def test_what_can_be_no_gauge_is_refused(metrics: MetricsService, name: str, read: Any) -> None:
    async def coroutine() -> float:
        return 1.0

    given: Any = coroutine if read == "coroutine" else read
    metrics.gauge(name, given)
    assert metrics.refused == 1
    metrics.strict = True
    with pytest.raises(ValueError, match=r"metric name|counter|plain function"):
        metrics.gauge(name, given)


def test_a_closed_or_disabled_service_calls_no_gauge(metrics: MetricsService) -> None:
    metrics.close()
    off = MetricsService(enabled=False)
    for service in (metrics, off):
        service.gauge("length", Sampled())
        assert not service.gauges._thread.alive
    off.close()


def test_the_thread_ends_with_its_service() -> None:
    metrics = MetricsService(fold_interval=None)
    length = Sampled()
    metrics.gauge("length", length)
    length.wait()
    thread, reference = metrics.gauges._thread._thread, weakref.ref(metrics)
    del metrics
    gc.collect()
    assert thread
    thread.join(SECONDS)
    assert (thread.is_alive(), reference()) == (False, None)


def test_sampling_needs_no_owner_to_end() -> None:
    class Owner:
        def record(self, name: str, value: float) -> None:
            """Take it."""

    owner = Owner()
    gauges = Gauges(owner.record)
    gauges.add("length", Sampled())
    thread = gauges._thread._thread
    assert thread
    del owner
    thread.join(SECONDS)
    assert not gauges._thread.alive

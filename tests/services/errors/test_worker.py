"""A thread of its own that calls one function after a signal, and when that asks for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from services.debugcog.errors import worker as error_worker
from services.debugcog.errors.worker import Worker


@contextmanager
def running(work: Callable[[], float | None], pause: float = 0.0) -> Iterator[Worker]:
    worker = Worker(work, pause)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(5)


def test_signals_that_come_together_are_one_call() -> None:
    calls: list[float] = []
    with running(lambda: calls.append(time.monotonic()), pause=0.05) as worker:
        for _ in range(100):
            worker.wake()
        assert worker.flush(5)

        assert len(calls) == 1


def test_where_signal_follows_signal_a_call_waits_for_five_pauses_after_the_one_before() -> None:
    times: list[float] = []
    second = threading.Event()

    def work() -> None:
        times.append(time.monotonic())
        if len(times) == 2:
            second.set()

    with running(work, pause=0.05) as worker:
        while not second.is_set():
            worker.wake()
            second.wait(0.001)

        assert times[1] - times[0] >= 0.25 - 0.01  # a wait may end a clock's tick too soon


def test_a_flush_and_a_stop_wait_for_no_pause() -> None:
    calls: list[None] = []
    begin = time.monotonic()
    with running(lambda: calls.append(None), pause=30.0) as worker:
        for _ in range(2):
            worker.wake()
            assert worker.flush(10)
        worker.wake()

    assert len(calls) == 3
    assert time.monotonic() - begin < 10


def test_it_is_called_again_when_it_asked_for_that() -> None:
    called, answers = threading.Semaphore(0), iter([0.0, 0.001, None])

    def work() -> float | None:
        called.release()
        return next(answers, None)

    with running(work) as worker:
        worker.wake()

        assert all(called.acquire(timeout=5) for _ in range(3))


def test_a_call_that_fails_is_repeated_and_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(error_worker, "RETRY", 0.001)
    done, failures = threading.Event(), iter([OSError("disk"), OSError("disk")])

    def work() -> float | None:
        error = next(failures, None)
        if error is not None:
            raise error
        done.set()
        return None

    with running(work) as worker:
        worker.wake()
        assert done.wait(5)

        assert worker.failures == 2
    assert [(record.name, record.levelno, record.getMessage()) for record in caplog.records] == [
        ("debugcog.errors", logging.WARNING, "Errors not stored yet: OSError: disk")
    ] * 2


def test_the_stop_makes_a_last_call_and_ends_the_thread() -> None:
    calls: list[None] = []
    with running(lambda: calls.append(None)):
        assert "debugcog-errors" in {thread.name for thread in threading.enumerate()}

    assert calls == [None]
    assert "debugcog-errors" not in {thread.name for thread in threading.enumerate()}


def test_a_worker_that_does_not_run_is_not_waited_for() -> None:
    worker = Worker(lambda: None, 0.0)

    assert not worker.flush(5)
    worker.stop(5)

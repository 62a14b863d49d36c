from __future__ import annotations

import sys
import threading
import time

import pytest

from services.debugcog.stalls.thread_times import thread_times

linux = pytest.mark.skipif(sys.platform != "linux", reason="clocks of threads are Linux's")


@linux
def test_what_a_thread_has_computed_grows_and_what_waits_stands_still() -> None:
    ends, waits = threading.Event(), threading.Event()

    def computing() -> None:
        while not ends.is_set():
            sum(range(1_000))

    worker = threading.Thread(target=computing)
    waiter = threading.Thread(target=waits.wait)
    for thread in (worker, waiter):
        thread.start()
    try:
        assert worker.ident
        assert waiter.ident
        while thread_times()[worker.ident] < 0.1:
            time.sleep(0.01)
        assert thread_times()[waiter.ident] < 0.05
    finally:
        ends.set()
        waits.set()
        worker.join()
        waiter.join()


@linux
def test_a_threads_own_clock_is_that_of_the_system() -> None:
    before = time.thread_time()
    read = thread_times()[threading.get_ident()]
    assert before <= read <= time.thread_time()


@linux
def test_a_thread_that_has_just_ended_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Thread(target=int)
    ended.start()
    ended.join()
    monkeypatch.setattr(threading, "enumerate", lambda: [ended])
    deadline = time.monotonic() + 20
    while thread_times() and time.monotonic() < deadline:  # the system ends it after Python does
        time.sleep(0.001)
    assert thread_times() == {}

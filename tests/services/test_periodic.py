"""A thread that calls a function at an interval, or when it is woken, whatever that raises."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

from services.debugcog.periodic import PeriodicThread

ROOT = Path(__file__).parent.parent.parent
SECONDS = 10.0
HOUR = 3600.0


class Body:
    """Counts its calls, and raises in the first ones."""

    def __init__(self, *failures: BaseException) -> None:
        self.calls = 0
        self.enough = threading.Event()
        self._failures = failures

    def call(self) -> None:
        self.calls += 1
        if self.calls <= len(self._failures):
            raise self._failures[self.calls - 1]
        if self.calls >= len(self._failures) + 3:
            self.enough.set()


def thread_of(periodic: PeriodicThread) -> threading.Thread:
    assert periodic._thread is not None
    return periodic._thread


def test_it_calls_again_and_again_until_it_is_stopped_for_good() -> None:
    body = Body()
    periodic = PeriodicThread("debugcog-test", body.call, 0.001)
    periodic.start()
    assert body.enough.wait(SECONDS)
    periodic.stop()
    calls = body.calls
    assert not periodic.alive
    periodic.start()
    assert (periodic.alive, body.calls) == (False, calls)


def test_starting_twice_starts_one_thread_and_it_is_a_daemon() -> None:
    periodic = PeriodicThread("debugcog-test", Body().call, HOUR)
    periodic.start()
    thread = thread_of(periodic)
    periodic.start()
    assert thread_of(periodic) is thread
    assert (thread.daemon, thread.name) == (True, "debugcog-test")
    periodic.stop()
    periodic.stop()


def test_it_is_woken_before_its_interval_is_over() -> None:
    body = Body()
    periodic = PeriodicThread("debugcog-test", body.call, HOUR)
    periodic.start()
    for calls in (1, 2, 3):
        periodic.wake()
        assert periodic.flush(SECONDS)
        assert body.calls >= calls
    periodic.stop()


def test_without_an_interval_it_waits_to_be_woken_and_the_stop_makes_a_last_call() -> None:
    body = Body()
    periodic = PeriodicThread("debugcog-test", body.call, None)
    periodic.start()
    periodic.stop()
    assert body.calls == 1


def test_the_body_may_say_when_it_wants_to_be_called_again() -> None:
    called, waits = threading.Semaphore(0), iter([0.0, 0.001])

    def body() -> float | None:
        called.release()
        return next(waits, None)

    periodic = PeriodicThread("debugcog-test", body, HOUR)
    periodic.start()
    periodic.wake()
    assert all(called.acquire(timeout=SECONDS) for _ in range(3))
    periodic.stop()


def test_a_wait_that_no_thread_can_wait_is_as_long_as_one_can() -> None:
    periodic = PeriodicThread("debugcog-test", lambda: 1e300, None)
    periodic.start()
    assert [periodic.flush(SECONDS) for _ in range(3)] == [True, True, True]
    assert periodic.failures == 0
    periodic.stop()


def test_a_call_that_raises_is_counted_and_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = Body(RuntimeError("fold"), SystemExit(1))
    periodic = PeriodicThread("debugcog-test", body.call, 0.001)
    periodic.start()
    assert body.enough.wait(SECONDS)
    periodic.stop()
    assert periodic.failures == 2
    assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [
        ("debugcog.periodic", "ERROR", "Call failed: debugcog-test, failure 1"),
        ("debugcog.periodic", "ERROR", "Call failed: debugcog-test, failure 2"),
    ]
    assert "RuntimeError: fold" in caplog.text


def test_what_failed_is_repeated_after_a_time_of_its_own() -> None:
    done, failures = threading.Event(), iter([OSError("disk"), OSError("disk")])

    def body() -> None:
        for error in failures:
            raise error
        done.set()

    periodic = PeriodicThread("debugcog-test", body, HOUR, retry=0.001)
    periodic.start()
    periodic.wake()
    assert done.wait(SECONDS)
    periodic.stop()
    assert periodic.failures == 2


def test_the_thread_ends_when_nobody_holds_the_owner_of_its_body() -> None:
    body = Body()
    periodic = PeriodicThread("debugcog-test", body.call, HOUR, weak=True)
    periodic.start()
    reference = weakref.ref(body)
    del body
    gc.collect()
    assert reference() is None
    thread_of(periodic).join(SECONDS)
    assert not periodic.alive


def test_the_body_may_stop_its_own_thread() -> None:
    stopped = threading.Event()

    def body() -> None:
        periodic.stop()
        stopped.set()

    periodic = PeriodicThread("debugcog-test", body, 0.001)
    periodic.start()
    assert stopped.wait(SECONDS)
    thread_of(periodic).join(SECONDS)
    assert not periodic.alive


def test_a_body_that_hangs_does_not_hold_the_stop_for_long() -> None:
    called, free = threading.Event(), threading.Event()

    def body() -> None:
        called.set()
        free.wait(SECONDS)

    periodic = PeriodicThread("debugcog-test", body, 0.001)
    periodic.start()
    assert called.wait(SECONDS)
    periodic.stop(0.01)
    assert periodic.alive
    free.set()
    thread_of(periodic).join(SECONDS)
    assert not periodic.alive


def test_a_thread_that_never_started_stops_and_flushes_quietly() -> None:
    periodic = PeriodicThread("debugcog-test", Body().call, HOUR)
    assert not periodic.flush(SECONDS)
    periodic.stop()


def program(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", source],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_in_a_forked_child_it_starts_again_whatever_was_going_on_in_the_parent() -> None:
    done = program("""
import os
import threading
import warnings
from services.debugcog.periodic import PeriodicThread

warnings.simplefilter("ignore", DeprecationWarning)  # fork() of a program with threads
called = threading.Event()
periodic = PeriodicThread("debugcog-test", called.set, 3600.0)
periodic.start()
periodic._starting.acquire()  # another thread starts it in just this moment
child = os.fork()
if child == 0:
    alive = periodic.alive
    periodic.start()
    periodic.wake()
    print(alive, called.wait(10), flush=True)
    os._exit(0)
os.waitpid(child, 0)
""")
    assert (done.stdout, done.stderr, done.returncode) == ("False True\n", "", 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_child_that_was_forked_while_signals_gathered_hears_its_own() -> None:
    done = program("""
import os
import threading
import warnings
from services.debugcog.periodic import PeriodicThread

warnings.simplefilter("ignore", DeprecationWarning)  # fork() of a program with threads
called = threading.Event()
periodic = PeriodicThread("debugcog-test", called.set, None, gather=3600.0)
periodic.start()
periodic.wake()
while not periodic._is_gathering:
    threading.Event().wait(0.001)
child = os.fork()
if child == 0:
    periodic._gather = 0.0
    periodic.wake()
    periodic.start()
    print(called.wait(10), flush=True)
    os._exit(0)
os.waitpid(child, 0)
""")
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


def test_nothing_is_started_while_the_interpreter_is_ending() -> None:
    done = program("""
from services.debugcog.metrics import MetricsService
from services.debugcog.periodic import PeriodicThread

class Late:
    def __init__(self) -> None:
        self.metrics = MetricsService()
        self.metrics.increment("api_calls")
        self.fresh = PeriodicThread("debugcog-test", print, 0.001)

    def __del__(self) -> None:
        self.metrics.increment("errors")
        self.metrics.gauge("length", float)
        self.fresh.start()
        self.metrics.close()
        print(self.fresh.alive)

late = Late()
""")
    assert (done.stdout, done.stderr, done.returncode) == ("False\n", "", 0)

"""Code of the host may raise anything: it is survived, and what is meant for us is not."""

from __future__ import annotations

import functools
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import pytest

from services.debugcog.guard import HostCall, attempt, bounded, guard
from tests.clock import Clock
from tests.hostile import RAISED, raising


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_the_default_is_returned_and_the_log_has_it(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    @guard("nothing")
    def watch() -> str:
        raise error

    assert (watch(), attempt(raising(error), 0), attempt(lambda: 5, 0)) == ("nothing", 0, 5)
    name = f"Watching failed: {watch.__qualname__}"
    assert [(one.name, one.getMessage()) for one in caplog.records] == [("debugcog.guard", name)]


def test_an_exception_that_is_raised_again_and_again_is_still_the_hosts() -> None:
    error = KeyboardInterrupt()
    for _ in range(300):
        assert attempt(raising(error), None) is None


def test_a_handler_of_the_host_that_raises_at_our_line_is_survived_too() -> None:
    class Bad(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise SystemExit(record.getMessage())

    handler = Bad()
    logging.getLogger().addHandler(handler)
    try:
        assert guard(1)(raising(RuntimeError()))() == 1
    finally:
        logging.getLogger().removeHandler(handler)


class Impatient(Exception):  # noqa: N818 - a name
    """Raised by a host's handler of a signal."""


def stop(number: int, frame: FrameType | None, error: type[BaseException] = SystemExit) -> None:
    raise error


HANDLERS: tuple[tuple[Callable[..., object], type[BaseException]], ...] = (
    (signal.default_int_handler, KeyboardInterrupt),
    (stop, SystemExit),
    (functools.partial(stop, error=KeyboardInterrupt), KeyboardInterrupt),
    (functools.partial(stop, error=Impatient), Impatient),
)


@pytest.fixture(params=HANDLERS, ids=lambda pair: pair[1].__name__)
def interrupt(request: pytest.FixtureRequest) -> Iterator[type[BaseException]]:
    """Let SIGINT be handled as a program or host does."""
    handler, error = request.param
    before = signal.signal(signal.SIGINT, handler)
    yield error
    signal.signal(signal.SIGINT, before)


def test_what_a_signal_raises_in_the_middle_of_the_hosts_code_ends_it(
    interrupt: type[BaseException],
) -> None:
    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        for _ in range(1_000):
            time.sleep(0)

    with pytest.raises(interrupt):
        attempt(interrupted, None)
    with pytest.raises(interrupt):
        guard(None)(interrupted)()


def test_what_hangs_is_left_behind_on_a_thread_of_its_own() -> None:
    free, names = threading.Event(), []

    def hang() -> str:
        names.append(threading.current_thread().name)
        free.wait(60)
        return "late"

    assert bounded(hang, "default", seconds=0.01) == "default"
    assert names == ["debugcog-bounded"]
    assert bounded(lambda: "in time", "default", seconds=60) == "in time"
    assert bounded(raising(KeyboardInterrupt()), "default", seconds=60) == "default"
    free.set()


def test_who_waits_for_a_thread_does_not_wait_for_code_of_the_host_that_hangs() -> None:
    clock = Clock(0.0)
    call = HostCall(clock)
    waits: list[float] = []

    def is_done(seconds: float) -> bool:
        waits.append(seconds)
        clock.now += 0.1
        return len(waits) == 20

    assert call.wait(is_done, 60)
    waits.clear()
    assert not call.wait(is_done, 1.0)
    assert 9 <= len(waits) <= 11
    waits.clear()
    with call:
        assert not call.wait(is_done, 60)
    assert len(waits) == 3
    assert not call.hangs

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

from services.debugcog.guard import HostCall, attempt, bounded, guard, own_logger
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


class Kept(logging.Handler):
    """Keeps the lines that it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def handle(self, record: logging.LogRecord) -> bool:
        self.lines.append(record.getMessage())
        return True


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Give the last of the root logger's handlers."""
    before, factory, kept = logging.root.handlers[:], logging.getLogRecordFactory(), Kept()
    logging.root.addHandler(kept)
    yield kept
    logging.root.handlers = before
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("what", ["handler", "record factory", "filter"])
def test_a_line_of_ours_goes_on_to_the_other_handlers_whatever_code_of_the_host_raises(
    kept: Kept, what: str, error: BaseException
) -> None:
    ours = own_logger("debugcog.test")
    bad = logging.NullHandler()
    bad.handle = raising(error)  # type: ignore[method-assign] # as a subclass has it
    if what == "handler":
        logging.root.handlers.insert(0, bad)
    elif what == "record factory":
        logging.setLogRecordFactory(raising(error))
    else:
        ours.addFilter(raising(error))
    ours.warning("line %d", 1)
    ours.filters.clear()
    assert kept.lines == ["line 1"]


def test_a_record_factory_that_makes_no_record_is_not_used(kept: Kept) -> None:
    logging.setLogRecordFactory(lambda *_, **__: None)  # type: ignore[arg-type] # a host may
    own_logger("debugcog.test").warning("line %d", 1)
    assert kept.lines == ["line 1"]


def test_a_record_of_a_host_that_fits_is_kept_as_it_is(kept: Kept) -> None:
    class Numbered(logging.LogRecord):
        def getMessage(self) -> str:  # noqa: N802 - its name
            return f"1: {super().getMessage()}"

    logging.setLogRecordFactory(Numbered)
    own_logger("debugcog.test").warning("line")
    assert kept.lines == ["1: line"]


def test_levels_propagate_and_the_last_resort_count_for_our_loggers_as_for_any(
    kept: Kept, capfd: pytest.CaptureFixture[str]
) -> None:
    ours, quiet = own_logger("debugcog.test"), Kept()
    quiet.setLevel(logging.ERROR)
    ours.addHandler(quiet)
    ours.warning("line 1")
    ours.error("line 2")
    ours.propagate = False
    ours.error("line 3")
    ours.removeHandler(quiet)
    ours.error("line 4")
    ours.propagate = True
    assert (kept.lines, quiet.lines) == (["line 1", "line 2"], ["line 2", "line 3"])
    assert capfd.readouterr().err == "line 4\n"


def test_what_a_library_puts_in_the_place_of_the_loggers_method_gets_our_lines_too(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, before = [], logging.Logger.callHandlers

    def replaced(logger: logging.Logger, record: logging.LogRecord) -> None:
        seen.append(record.getMessage())
        before(logger, record)

    monkeypatch.setattr(logging.Logger, "callHandlers", replaced)
    own_logger("debugcog.test").warning("line")
    assert (seen, kept.lines) == (["line"], ["line"])


@pytest.mark.parametrize("slots", [(), ("extra",)])
def test_the_hosts_own_class_of_loggers_stays(slots: tuple[str, ...], kept: Kept) -> None:
    hosts = type("Hosts", (logging.Logger,), {"__slots__": slots})
    name = f"debugcog.test.slots{len(slots)}"
    logging.setLoggerClass(hosts)
    try:
        own_logger(name).warning("line")
        assert logging.getLoggerClass() is hosts
    finally:
        logging.setLoggerClass(logging.Logger)
        logging.root.manager.loggerDict.pop(name)
    assert kept.lines == ["line"]


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

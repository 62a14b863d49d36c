"""Guard: the one way in which code of the host is called; survives whatever it raises.

Code of the host is every function, value, exception, label and log argument that it gives us: a
rule, a gauge, ``__str__``, ``__hash__``, an attribute. It may raise ``KeyboardInterrupt``,
``SystemExit``, ``CancelledError`` or ``GeneratorExit`` as well, and none of these is then meant for
the thread or task that called it. What is meant for it is raised again: Ctrl-C and what a handler
of the host raises for a signal, and the cancellation of our own task.
"""

from __future__ import annotations

import functools
import logging
import opcode
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import CodeType, TracebackType
from typing import Any, ParamSpec, TypeVar

from services.debugcog.interpreter import ending

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D")

HANG_SECONDS = 0.3
"""After which code of the host that is still being called counts as hanging."""
TEXT_SECONDS = 0.2
"""For a text of the host's, on a thread of its own."""
POLL_SECONDS = 0.02
STEPS_MAX = 10_000
RAISE = opcode.opmap["RAISE_VARARGS"]
_TRACE: Callable[[BaseException], Any] = BaseException.__dict__["__traceback__"].__get__


def is_hosts(error: BaseException) -> bool:
    """Return whether an exception is the fault of the host's code that was called.

    For a call that waits for nothing: there, no cancellation can be meant for us.
    """
    trace = trace_of(error)
    is_from_c = trace is None or trace.tb_next is None
    if (is_from_c and isinstance(error, Exception)) or not _is_main_thread():
        return True
    steps = list(_steps(trace))
    if type(error) is KeyboardInterrupt and _is_interrupted(steps):
        return False
    handlers = set(_signal_handlers())
    return not any(step.tb_frame.f_code in handlers for step in steps)


def attempt(call: Callable[[], T], default: D) -> T | D:
    """Call code of the host; where it raises, return ``default``."""
    try:
        return call()
    except BaseException as error:
        if not is_hosts(error):
            raise
        return default


def bounded(call: Callable[[], T], default: D, seconds: float = TEXT_SECONDS) -> T | D:
    """Call code of the host that may hang, on a thread of its own that is left behind then."""
    if ending():  # no thread begins any more
        return attempt(call, default)
    done = SimpleQueue[T | D]()

    def run() -> None:
        done.put(attempt(call, default))

    try:
        threading.Thread(target=run, name="debugcog-bounded", daemon=True).start()
        return done.get(timeout=seconds)
    except (Empty, RuntimeError):  # it hangs, or there are too many threads
        return default


def guard(default: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a decorator: where the function raises, it returns ``default``, and the log has it."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                if not is_hosts(error):
                    raise
                _tell(function.__qualname__, error)
                return default

        return guarded

    return decorate


class OwnLogger(logging.Logger):
    """Logger whose records reach the log, whatever a record factory, filter or handler raises.

    These are code of the host, which may work on one thread only, as what asks for the current task
    does; what logs a line here is a thread or a task of ours.
    """

    def makeRecord(self, *args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: N802 - its name
        """Make a record with the host's factory, or without it."""
        made = attempt(lambda: super(OwnLogger, self).makeRecord(*args, **kwargs), None)
        return made if isinstance(made, logging.LogRecord) else logging.LogRecord(*args[:8])

    def filter(self, record: logging.LogRecord) -> Any:
        """Ask the filters; one that raises hides nothing."""
        return attempt(lambda: super(OwnLogger, self).filter(record), True)

    def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name
        """Hand a record to each handler that it reaches, also after one that raises."""
        is_replaced = logging.Logger.callHandlers.__module__ != "logging"  # as by Sentry
        if is_replaced or not self.hasHandlers():
            attempt(lambda: super(OwnLogger, self).callHandlers(record), None)
            return
        logger: logging.Logger | None = self
        while logger is not None:
            for handler in tuple(logger.handlers):
                attempt(functools.partial(_hand_on, handler, record), None)
            logger = logger.parent if logger.propagate else None


def _hand_on(handler: logging.Handler, record: logging.LogRecord) -> None:
    if record.levelno >= handler.level:
        handler.handle(record)


def own_logger(name: str) -> logging.Logger:
    """Return a logger of ours, whatever class the host gives to loggers."""
    made = logging.getLogger(name)
    with suppress(TypeError):  # a class of the host's with slots
        made.__class__ = OwnLogger
    return made


logger = own_logger("debugcog.guard")


class HostCall:
    """How long a thread of ours has been in code of the host, for those who wait for the thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    def __enter__(self) -> None:
        self._since = self._clock()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._since = None

    @property
    def hangs(self) -> bool:
        """Return whether the code of the host has not returned for too long."""
        since = self._since
        return since is not None and self._clock() - since >= HANG_SECONDS

    def wait(self, is_done: Callable[[float], bool], timeout: float) -> bool:
        """Wait for what the thread does, unless the host's code hangs or the interpreter ends.

        Args:
            is_done: waits for so many seconds at most, and returns whether it is done.
            timeout: seconds.
        """
        end = self._clock() + timeout
        while not is_done(POLL_SECONDS):
            if self.hangs or self._clock() >= end or sys.is_finalizing():
                return False
        return True


def trace_of(error: BaseException) -> TracebackType | None:
    """Return the traceback of an exception, whatever its class makes of the attribute."""
    trace: TracebackType | None = _TRACE(error)
    return trace


def _is_main_thread() -> bool:
    return threading.get_ident() == threading.main_thread().ident


def _steps(trace: TracebackType | None) -> Iterator[TracebackType]:
    for _ in range(STEPS_MAX):
        if trace is None:
            break
        yield trace
        trace = trace.tb_next


def _is_interrupted(steps: list[TracebackType]) -> bool:
    """Return whether a KeyboardInterrupt came from outside: no statement has raised it."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not steps:
        return False
    step = steps[-1]
    return step.tb_frame.f_code.co_code[step.tb_lasti] != RAISE


def _signal_handlers() -> Iterator[CodeType]:
    """List the code of the functions that Python calls for signals."""
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        while isinstance(handler, functools.partial):  # as asyncio.run() has it
            handler = handler.func
        code = getattr(handler, "__code__", None)
        if isinstance(code, CodeType):
            yield code


def _tell(name: str, error: BaseException) -> None:
    """Log what was survived; a handler of the host's is code of the host, too."""
    attempt(lambda: logger.error("Watching failed: %s", name, exc_info=error), None)

"""Block, function or coroutine → its duration in milliseconds, queued at a metric."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import aclosing
from time import perf_counter
from types import TracebackType
from typing import Any, ClassVar, TypeVar, cast

from services.debugcog.calls.running import ACTIVE
from services.debugcog.timeseries.intake import Intake

F = TypeVar("F", bound=Callable[..., Any])
LONG = 1.0
"""Seconds from which a duration is asked whether the process stood still in it."""
active = ACTIVE.get


def _never(start: float, end: float) -> float:
    return 0.0


class Timer:
    """Times one block at a time with ``with``, any number of calls at once as a decorator.

    A block that raises is timed too, and counted as failed; one that is cancelled is only timed.

    Attributes:
        suspended: tells how many seconds of a duration the process stood still; there is one clock
            for all timers of a process, so it is an attribute of the class.
    """

    __slots__ = ("_intake", "_start")
    suspended: ClassVar[Callable[[float, float], float]] = _never

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        seconds = (end := perf_counter()) - self._start
        if seconds > LONG:
            seconds = max(0.0, seconds - Timer.suspended(self._start, end))
        self._intake.inlet.append(seconds * 1000.0)
        if kind is not None and issubclass(kind, Exception):
            self._intake.failures.append(None)
        if (running := active()) is not None:
            failed = kind is not None and issubclass(kind, Exception)
            running.span(self._intake.name, self._intake.labels, self._start, end, failed)

    def since(self, start: float) -> Timer:
        """Let the block have begun at a time of ``time.perf_counter()``; it is still to be left."""
        self._start = start
        return self

    def __call__(self, function: F) -> F:
        """Time every call of a function, or every await of a coroutine function.

        A generator is timed from its first item to its end, with what its reader does in between.
        """
        return cast("F", functools.wraps(function)(_wrapper(function)(function, self._intake)))


class IdleTimer(Timer):
    """Times nothing: metrics are off, or the name was refused."""

    __slots__ = ()

    def __init__(self) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, function: F) -> F:
        """Return the function as it is."""
        return function


def _wrapper(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    kinds = (
        (inspect.iscoroutinefunction, _timed_coroutine),
        (inspect.isasyncgenfunction, _timed_async_generator),
        (inspect.isgeneratorfunction, _timed_generator),
    )
    called = type(function).__call__  # of an object that is called
    for is_kind, wrapper in kinds:
        if is_kind(function) or is_kind(called):
            return wrapper
    return _timed_function


def _timed_function(function: Callable[..., Any], intake: Intake) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        with Timer(intake):
            return function(*args, **kwargs)

    return timed


def _timed_coroutine(function: Callable[..., Any], intake: Intake) -> Callable[..., Any]:
    async def timed(*args: Any, **kwargs: Any) -> Any:
        with Timer(intake):
            return await function(*args, **kwargs)

    return timed


def _timed_generator(function: Callable[..., Any], intake: Intake) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        with Timer(intake):
            return (yield from function(*args, **kwargs))

    return timed


def _timed_async_generator(function: Callable[..., Any], intake: Intake) -> Callable[..., Any]:
    """As ``_timed_generator``: what its reader sends or throws reaches the function."""

    async def timed(*args: Any, **kwargs: Any) -> Any:
        with Timer(intake):
            async with aclosing(function(*args, **kwargs)) as items:
                step = items.asend(None)
                while True:
                    try:
                        item = await step
                    except StopAsyncIteration:
                        return
                    try:
                        sent = yield item
                    except GeneratorExit:  # it is closed
                        raise
                    except BaseException as error:  # noqa: BLE001 - the function's to handle
                        step = items.athrow(error)
                    else:
                        step = items.asend(sent)

    return timed

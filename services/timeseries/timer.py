"""A block, function or coroutine → its milliseconds, appended to a metric's intake."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from time import perf_counter
from types import TracebackType
from typing import Any, TypeVar, cast

from services.timeseries.metric import Intake

F = TypeVar("F", bound=Callable[..., Any])


class Timer:
    """Times one block at a time with ``with``, any number of calls at once as a decorator.

    A block that raises is timed too, and counted as failed; one that is cancelled is only timed.
    """

    __slots__ = ("_intake", "_start")

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
        self._intake.pending.append((perf_counter() - self._start) * 1000.0)
        if kind is not None and issubclass(kind, Exception):
            self._intake.failures.append(None)

    def __call__(self, function: F) -> F:
        """Time every call of a function, or every await of a coroutine function.

        Raises:
            TypeError: it is a generator, which is left and entered again while others run;
                put ``with`` around the part of its body that counts.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__qualname__} is a generator: use the timer inside it")
        wrap = _timed_coroutine if inspect.iscoroutinefunction(function) else _timed_function
        return cast("F", functools.wraps(function)(wrap(function, self._intake)))


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

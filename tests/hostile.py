"""What a host's code may raise or be, for the tests of all places that call it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any


class Mute(Exception):  # noqa: N818 - a name
    """An exception that raises when it is asked what it is."""

    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


RAISED: tuple[BaseException, ...] = (
    RuntimeError("broken"),
    KeyError("missing"),
    KeyboardInterrupt(),
    SystemExit(3),
    GeneratorExit(),
    asyncio.CancelledError(),
    Mute(),
    BaseExceptionGroup("several", [KeyboardInterrupt(), Mute()]),
)
"""Whatever a function of a host can raise."""


def raising(error: BaseException) -> Callable[..., Any]:
    """Make a function that raises an exception, with a frame of its own in the traceback."""

    def function(*_: object, **__: object) -> Any:
        raise error

    return function


def odd(error: BaseException) -> Any:
    """Make an object that raises whatever Python asks of it."""
    text = ("str", "repr", "format", "hash", "bool", "len", "iter")
    numbers = ("eq", "lt", "le", "gt", "ge", "add", "radd", "mod", "float", "int", "index")
    methods = {f"__{name}__": raising(error) for name in text + numbers}
    return type("Odd", (), methods)()


class Stuck:
    """An object whose text never comes, until the test ends."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.free = threading.Event()
        self.threads: list[str] = []

    def __str__(self) -> str:
        self.threads.append(threading.current_thread().name)
        self.asked.set()
        self.free.wait(30)
        return "at last"

    __repr__ = __str__


class StuckError(Exception):
    """An exception whose text never comes."""

    def __init__(self, stuck: Stuck) -> None:
        super().__init__("E-MAIL", 7)
        self._stuck = stuck

    def __str__(self) -> str:
        return str(self._stuck)

from __future__ import annotations

import asyncio
import operator
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType, MethodType
from typing import Any

import pytest

from services.debugcog.stalls.callbacks import RUN, name_of


@contextmanager
def names() -> Iterator[list[str | None]]:
    """Collect the names of what handles call meanwhile."""
    found: list[str | None] = []

    def see(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code is RUN and event == "c_call":
            found.append(name_of(frame))

    sys.setprofile(see)
    try:
        yield found
    finally:
        sys.setprofile(None)


def named(callback: Callable[..., object], *arguments: object) -> str | None:
    """Have the running loop's handle call something, and return its name."""
    handle: Any = asyncio.Handle(callback, arguments, asyncio.get_running_loop())
    with names() as found:
        handle._run()
    (name,) = found
    return name


def python() -> None:
    """Do nothing."""


class Hostile(type):
    """Kind of class that nobody may look at."""

    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(name)


class Called(metaclass=Hostile):
    """Object that nobody may look at."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __call__(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("callback", "arguments", "name"),
    [
        (time.sleep, (0,), "time.sleep"),
        (partial(time.sleep, 0), (), "time.sleep"),
        (MethodType(time.sleep, 0), (), "time.sleep"),
        (sorted, ((),), "sorted"),
        ([].sort, (), "list.sort"),
        (dict.fromkeys, ((),), "dict.fromkeys"),
        (frozenset, (), "frozenset"),
        (operator.methodcaller("sort"), ([],), ""),
        (python, (), None),
        (partial(python), (), None),
    ],
)
async def test_a_callback_in_c_is_named(
    callback: Callable[..., object], arguments: tuple[object, ...], name: str | None
) -> None:
    assert named(callback, *arguments) == name


async def test_nothing_is_asked_of_a_callback_that_is_the_hosts() -> None:
    assert (named(Called()), named(Called)) == ("", "Called")


async def test_a_step_of_a_task_is_no_callback_of_the_hosts() -> None:
    async def waiting() -> None:
        await asyncio.sleep(0)

    with names() as found:
        await asyncio.gather(waiting(), waiting())
    assert found
    assert set(found) == {None}


def test_a_frame_that_is_not_the_loops_calls_no_callback() -> None:
    assert name_of(sys._getframe()) is None

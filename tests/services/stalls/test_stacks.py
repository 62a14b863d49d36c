from __future__ import annotations

import asyncio
import copy
import dataclasses
import heapq
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import pytest

from services.debugcog.stalls import stacks as module
from services.debugcog.stalls.stacks import (
    CALLS_MAX,
    MORE_MAX,
    Call,
    below_callback,
    calls_in_loop,
    calls_of,
)
from services.debugcog.stalls.watch import BEAT
from services.debugcog.ticker import Beat


@dataclass
class Model:
    """Keeps the stack of its making."""

    name: str

    def __post_init__(self) -> None:
        self.calls = calls_of(sys._getframe())


def stack_in(names: dict[str, Any]) -> tuple[Call, ...]:
    """Take the stack in code without a file, with these names in its module."""
    names |= {"calls_of": calls_of, "frame": sys._getframe}
    exec("calls = calls_of(frame())", names)
    found: tuple[Call, ...] = names["calls"]
    return found


def test_generated_code_is_its_modules_and_other_code_its_files() -> None:
    own, generated, caller = Model("x").calls[:3]
    assert (own.file, own.module, own.home) == (__file__, "", __file__)
    assert (generated.file, generated.module) == ("<string>", __file__)
    assert generated.home == __file__
    assert (caller.file, caller.module) == (__file__, "")


def test_the_file_of_a_module_is_a_text_or_not_known() -> None:
    assert stack_in({"__file__": dataclasses.__file__})[0].home == dataclasses.__file__
    assert stack_in({"__file__": ["x"]})[0].home == "<string>"
    assert stack_in({})[0].home == "<string>"


class OwnLoop(asyncio.SelectorEventLoop):
    """A loop whose turns are no code of asyncio's, as nest_asyncio's are none."""

    def _run_once(self) -> None:
        loop: Any = self
        due = [timer._when for timer in loop._scheduled]
        wait = 0 if loop._ready else max(0, min(due) - self.time()) if due else None
        loop._process_events(loop._selector.select(wait))
        while loop._scheduled and loop._scheduled[0]._when <= self.time():
            loop._ready.append(heapq.heappop(loop._scheduled))
        while loop._ready:
            loop._ready.popleft()._run()


def look(thread: int, below: tuple[CodeType, ...]) -> tuple[Call, ...]:
    """Look at a loop until it waits, or for a second."""
    end = time.monotonic() + 1.0
    while calls := calls_in_loop(sys._current_frames()[thread], below):
        if time.monotonic() > end:
            break
    return calls


async def waiting_and_blocked() -> tuple[tuple[Call, ...], tuple[Call, ...]]:
    """Look at the running loop while it waits, and while it runs this."""
    below: list[tuple[CodeType, ...]] = []
    beat = Beat("lag", 0.25, lambda: below.append(below_callback(sys._getframe(), BEAT)))
    beat.start()
    await asyncio.sleep(0.01)
    await beat.close()
    waiting = await asyncio.to_thread(look, threading.get_ident(), below[0])
    return waiting, calls_in_loop(sys._getframe(), below[0])


@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, OwnLoop])
def test_what_stands_below_a_heartbeat_is_the_loops_and_what_started_it_whatever_loop_it_is(
    kind: type[asyncio.SelectorEventLoop],
) -> None:
    loop = kind()
    try:
        waiting, blocked = loop.run_until_complete(waiting_and_blocked())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    assert waiting == ()
    assert [call.function for call in blocked] == ["waiting_and_blocked"]


def test_a_loop_in_c_shows_nothing_but_what_started_it() -> None:
    found: list[tuple[str, ...]] = []

    def note(frame: FrameType) -> None:
        calls = calls_in_loop(frame, below[0])
        found.append(tuple(call.function.rpartition(".")[2] for call in calls))

    def start(callback: Callable[[], None]) -> None:
        """Stand for what has started a loop of C code."""
        callback()
        note(sys._getframe())

    def beat() -> None:
        below.append(below_callback(sys._getframe(), beat.__code__))

    def block() -> None:
        note(sys._getframe())

    def again() -> None:
        start(block)

    below: list[tuple[CodeType, ...]] = []
    for callback in (beat, block, again):
        start(callback)
    assert found == [(), ("block",), (), ("block", "start", "again"), ("start", "again"), ()]


def test_a_heartbeat_that_no_loop_has_called_tells_nothing() -> None:
    assert below_callback(sys._getframe(), BEAT) == ()


class Copied:
    """Keeps the stack of its copying."""

    def __init__(self) -> None:
        self.calls: tuple[Call, ...] = ()

    def __deepcopy__(self, memo: dict[int, object]) -> Copied:
        self.calls = calls_of(sys._getframe())
        return self


def copied(depth: int) -> tuple[str, ...]:
    """Return the functions on the stack in which something nested is copied."""
    inner = Copied()
    tree: object = inner
    for _ in range(depth):
        tree = [tree]
    copy.deepcopy(tree)
    return tuple(call.function for call in inner.calls)


def test_below_a_deep_recursion_is_seen_who_began_it() -> None:
    functions = copied(200)
    assert functions[:5] == (
        "Copied.__deepcopy__",
        "deepcopy",
        "_deepcopy_list",
        "deepcopy",
        "_deepcopy_list",
    )
    assert functions[CALLS_MAX : CALLS_MAX + 2] == (
        "copied",
        "test_below_a_deep_recursion_is_seen_who_began_it",
    )


def test_of_a_stack_no_more_than_so_many_calls_are_gone_through_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "DEPTH_MAX", 300)
    assert len(copied(200)) == CALLS_MAX
    space: dict[str, Any] = {"f0": lambda: calls_of(sys._getframe())}
    for number in range(300):
        exec(f"def f{number + 1}(): return f{number}()", space)
    assert len(space["f300"]()) == CALLS_MAX + MORE_MAX

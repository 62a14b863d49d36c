"""Traceback → its frames as they are kept; a stack that came before is not taken down again.

A bot fails in few ways and often. What is remembered holds no frame: a frame holds every local
variable of the host.
"""

from __future__ import annotations

import linecache
from collections.abc import Sequence
from functools import partial
from types import CodeType, TracebackType
from typing import NamedTuple

from services.debugcog.guard import attempt

Key = tuple[object, ...]

STACKS_MAX = 500
"""Stacks that are remembered."""
STEPS_MAX = 100
"""Steps of a stack that is."""

Frame = tuple[str, int, str]
"""File, line and function; the source is read when it is shown."""


class StackSummary(NamedTuple):
    """The frames of a traceback, outermost first, with a gap if there are many.

    It is to ``traceback.StackSummary`` what a ``Frame`` is to its ``FrameSummary``.
    """

    first: tuple[Frame, ...]
    left_out: int
    last: tuple[Frame, ...]

    @property
    def size(self) -> int:
        """Count the frames."""
        return len(self.first) + self.left_out + len(self.last)


class StackMemory:
    """Takes down stacks, from any thread; equal ones are the same object while remembered.

    Args:
        first: frames of a stack from its start that are kept.
        last: frames from its end.
    """

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        self._last = last
        self._known: dict[Key, tuple[StackSummary, frozenset[str], list[CodeType]]] = {}

    def of(self, trace: TracebackType) -> StackSummary:
        """Take down a traceback."""
        parts: list[object] = []
        step = trace
        for _ in range(STEPS_MAX):
            frame = step.tb_frame
            module = frame.f_globals.get("__name__")
            # By its id: a code's own hash takes the longer, the longer its function is.
            parts += id(frame.f_code), step.tb_lineno, module if type(module) is str else None
            following = step.tb_next
            if following is None:
                break
            step = following
        else:
            return self._taken(None, trace)
        key = tuple(parts)
        known = self._known.get(key)
        if known is None:
            return self._taken(key, trace)
        for file in known[1]:  # each cheaper than one call that compares the sets
            if file not in linecache.cache:
                return self._taken(key, trace)
        return known[0]

    def _taken(self, key: Key | None, trace: TracebackType) -> StackSummary:
        """Take down a traceback, and remember it by its key, if it has one."""
        steps: list[TracebackType] = []
        step: TracebackType | None = trace
        while step is not None:
            steps.append(step)
            step = step.tb_next
        left_out = max(0, len(steps) - self._first - self._last)
        first = self._first if left_out else len(steps)
        stack = StackSummary(_frames(steps[:first]), left_out, _frames(steps[first + left_out :]))
        if key is None:
            return stack
        if len(self._known) >= STACKS_MAX:
            self._known.clear()
        frames = (*stack.first, *stack.last)
        files = frozenset(file for file, _, _ in frames if file in linecache.cache)
        self._known[key] = stack, files, [each.tb_frame.f_code for each in steps]
        return stack


def _frames(steps: Sequence[TracebackType]) -> tuple[Frame, ...]:
    return tuple(map(_frame, steps))


def _frame(step: TracebackType) -> Frame:
    frame = step.tb_frame
    code = frame.f_code
    file = code.co_filename
    if file not in linecache.cache:
        # A source that only its loader can read, as in a zip file, is then found by its name.
        attempt(partial(linecache.lazycache, file, frame.f_globals), False)
    return file, step.tb_lineno, code.co_name

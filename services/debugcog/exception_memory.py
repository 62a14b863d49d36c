"""Exception → as it is taken down; of one like another before it, little is made anew.

A bot fails in few ways and often: with the same type at the same place, mostly with the same text.
What is remembered holds no exception and no frame.
"""

from __future__ import annotations

import weakref
from types import TracebackType

from services.debugcog.exceptions import attributes_of, earlier_than
from services.debugcog.host_text import text_now
from services.debugcog.stack_memory import STEPS_MAX, StackMemory, StackSummary
from services.debugcog.tracebacks import Limits, Link, Raised, take_down, text_within

KNOWN_MAX = 500
"""Exceptions that are remembered."""
SHORT = 500
"""Characters of the text of one that is."""

Kind = weakref.ref[type[BaseException]]


class ExceptionMemory:
    """Takes down exceptions, from any thread; equal ones are the same object while remembered.

    Those that came from others, groups, and those with notes, with long texts or with stacks that
    are not remembered themselves are taken down each time.

    Args:
        limits: how much of each.

    Attributes:
        stacks: takes down their tracebacks.
    """

    def __init__(self, limits: Limits) -> None:
        self.stacks = StackMemory(limits.first, limits.last)
        self._limits = limits
        self._known: dict[tuple[int, int], tuple[Kind, Link, Raised]] = {}

    def of(self, error: BaseException, trace: TracebackType | None) -> Raised:
        """Take down an exception as it is now, with its traceback."""
        is_alone = earlier_than(error) is None and "__notes__" not in attributes_of(error)
        if trace is None or not is_alone:
            return take_down(error, trace, self._limits, self.stacks)
        kind, stack = type(error), self.stacks.of(trace)
        known = self._known.get((id(kind), id(stack)))
        if known is None or known[0]() is not kind or known[1].stack is not stack:
            return self._taken(error, stack)
        _, link, raised = known
        text = text_now(error)
        if text == link.text.text:
            return raised
        fields = link.type, text_within(text, self._limits.text), *link[2:]
        return Raised((tuple.__new__(Link, fields),), is_whole=True)

    def _taken(self, error: BaseException, stack: StackSummary) -> Raised:
        """Take down an exception whose stack is taken down already."""
        (bare,) = take_down(error, None, self._limits, self.stacks).links
        link = bare._replace(stack=stack)
        kind, raised = type(error), Raised((link,), is_whole=True)
        is_short = len(link.text.text) <= SHORT and not link.text.left_out
        if is_short and not link.size and stack.size <= STEPS_MAX:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[id(kind), id(stack)] = weakref.ref(kind), link, raised
        return raised

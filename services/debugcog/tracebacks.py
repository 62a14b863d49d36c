"""Exception → what it says now, none of the host's objects → bounded list of traceback lines.

An exception is taken down where it is reported: its texts may change later, and its frames hold
every local variable of the host. Another thread makes the lines, root cause first, in the caller's
format. Python 3.11 and newer mark the failing part of each line with carets: half of the cost of a
traceback (``make bench`` shows it), and nothing that its readers need. Locals are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import NamedTuple

from services.debugcog.exceptions import (
    attributes_of,
    cause_of,
    earlier_than,
    members_of,
    type_name,
)
from services.debugcog.frozen import frozen
from services.debugcog.guard import trace_of
from services.debugcog.host_text import text_now
from services.debugcog.stack_memory import StackMemory, StackSummary

CHAIN_MAX = 10
"""Exceptions of one chain of causes that are shown."""
GROUP_MAX = 10
"""Exceptions of one group that are shown."""
DEPTH_MAX = 4
"""Groups inside groups that are shown."""
TOTAL_MAX = 100
"""Exceptions of one report that are shown, members of groups and causes together."""
NOTES_MAX = 10

CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
START = "Traceback (most recent call last):"


class Limits(NamedTuple):
    """How much of an exception is taken down.

    Attributes:
        text: characters of a text.
        first: frames of a stack from its start.
        last: frames from its end.
    """

    text: int
    first: int
    last: int


class Text(NamedTuple):
    """A text of an exception.

    Attributes:
        text: as far as it was taken down.
        left_out: characters that were not.
    """

    text: str
    left_out: int = 0


class Link(NamedTuple):
    """An exception of a chain.

    Attributes:
        type: its name in full.
        text: what it says of itself.
        notes: what was added to it.
        stack: where it was raised; None if it never was.
        is_cause: it was raised from the one before it, not merely while that was handled.
        members: the exceptions of a group, as far as they are shown.
        size: how many these are.
    """

    type: str
    text: Text = Text("")
    notes: tuple[Text, ...] = ()
    stack: StackSummary | None = None
    is_cause: bool = False
    members: tuple[Raised, ...] = ()
    size: int = 0


class Raised(NamedTuple):
    """An exception and those before it, root cause first.

    Attributes:
        links: there is at least one, the exception itself.
        is_whole: there were no more.
    """

    links: tuple[Link, ...]
    is_whole: bool


@frozen
class Form:
    """How a writer has the parts of a traceback.

    Attributes:
        text: makes one safe line of an exception's type and text, or of a note.
        frames: gives the lines of a stack.
        joint: gives the sentence between an exception and the one before it.
    """

    text: Callable[[Text], str]
    frames: Callable[[StackSummary], Iterable[str]]
    joint: Callable[[str], str] = str


def take_down(
    error: BaseException,
    trace: TracebackType | None,
    limits: Limits,
    memory: StackMemory | None = None,
) -> Raised:
    """Take down an exception as it is now; what fails in it is left out.

    Args:
        error: the exception.
        trace: its traceback as it was when it was reported.
        limits: how much of it.
        memory: takes down its stacks, within these limits.
    """
    memory = memory or StackMemory(limits.first, limits.last)
    return _Taker(limits.text, memory).chain(error, trace, 0)


def text_within(text: str, limit: int) -> Text:
    """Keep no more than ``limit`` characters of a text."""
    fields = (text, 0) if len(text) <= limit else (text[:limit], len(text) - limit)
    return tuple.__new__(Text, fields)


def traceback_lines(raised: Raised, form: Form) -> list[str]:
    """Give the lines as Python prints them, each exception's own text in a single one.

    Args:
        raised: the exception.
        form: how the writer has them.
    """
    lines = [] if raised.is_whole else ["[… earlier exceptions left out …]"]
    for number, link in enumerate(raised.links):
        if number:
            lines.append(form.joint(CAUSE if link.is_cause else CONTEXT))
        _add_link(lines, link, form)
    return lines


def chain(error: BaseException, limit: int = CHAIN_MAX) -> list[BaseException]:
    """List an exception and those before it, root cause first, ``limit`` at most."""
    links, earlier = [error], earlier_than(error)
    while earlier is not None and len(links) < limit:
        links.append(earlier)
        earlier = _before(links)
    return links[::-1]


def _before(links: list[BaseException]) -> BaseException | None:
    """Find what the last of ``links`` came from, unless the chain runs in a circle."""
    earlier = earlier_than(links[-1])
    if earlier is None or any(earlier is link for link in links):
        return None
    return earlier


class _Taker:
    """Takes down one exception with all that belongs to it."""

    def __init__(self, limit: int, memory: StackMemory) -> None:
        self._limit = limit
        self._memory = memory
        self._left = TOTAL_MAX

    def chain(self, error: BaseException, trace: TracebackType | None, depth: int) -> Raised:
        links = chain(error)
        is_whole = len(links) < CHAIN_MAX or _before(links[::-1]) is None
        taken, before = [], None
        for link in links:
            stack = trace if link is error else trace_of(link)
            taken.append(self._link(link, before, stack, depth))
            before = link
        return tuple.__new__(Raised, (tuple(taken), is_whole))

    def _link(
        self,
        error: BaseException,
        before: BaseException | None,
        trace: TracebackType | None,
        depth: int,
    ) -> Link:
        self._left -= 1
        kind = type(error)
        is_group = issubclass(kind, BaseExceptionGroup)
        members, size = self._members(error, depth + 1) if is_group else ((), 0)
        fields = (
            type_name(kind),
            self._text(error),
            self._notes(error),
            self._memory.of(trace) if trace is not None else None,
            before is not None and cause_of(error) is before,
            members,
            size,
        )
        return tuple.__new__(Link, fields)  # in half of the time of ``Link()``

    def _text(self, value: object) -> Text:
        return text_within(text_now(value), self._limit)

    def _notes(self, error: BaseException) -> tuple[Text, ...]:
        notes = attributes_of(error).get("__notes__")
        return tuple(map(self._text, notes[:NOTES_MAX])) if type(notes) is list else ()

    def _members(self, error: BaseException, depth: int) -> tuple[tuple[Raised, ...], int]:
        members = members_of(error)
        shown = members[: min(GROUP_MAX, max(self._left, 0))] if depth <= DEPTH_MAX else ()
        return tuple(self.chain(one, trace_of(one), depth) for one in shown), len(members)


def _add_link(lines: list[str], link: Link, form: Form) -> None:
    if link.stack is not None:
        lines.append(START)
        lines += form.frames(link.stack)
    text, left_out = link.text
    lines.append(form.text(Text(f"{link.type}: {text}" if text else link.type, left_out)))
    lines += map(form.text, link.notes)
    if link.size:
        lines += _member_lines(link, form)


def _member_lines(link: Link, form: Form) -> Iterator[str]:
    for number, member in enumerate(link.members, 1):
        yield f"  Exception {number} of {link.size} in the group:"
        for line in traceback_lines(member, form):
            yield "    " + line.replace("\n", "\n    ")
    left_out = link.size - len(link.members)
    if left_out:
        yield f"  [… {left_out} more in the group …]"

"""Exception → bounded list of traceback lines, root cause first, in the caller's format.

Python 3.11 and newer mark the failing part of each line with carets: half of the cost of a
traceback (``make bench`` shows it), and nothing that its readers need. Locals are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType

CHAIN_MAX = 10
"""Exceptions of one chain of causes that are shown."""
GROUP_MAX = 10
"""Exceptions of one group that are shown."""
DEPTH_MAX = 4
"""Groups inside groups that are shown."""
NOTES_MAX = 10

CAUSE = "The above exception was the direct cause of the following exception:"
CONTEXT = "During handling of the above exception, another exception occurred:"
START = "Traceback (most recent call last):"


@dataclass(frozen=True, slots=True)
class Form:
    """How a writer has the parts of a traceback.

    Attributes:
        text: makes one safe line of an exception's type and text, or of a note.
        frames: gives the lines of a stack.
        joint: gives the sentence between an exception and the one before it.
    """

    text: Callable[[str], str]
    frames: Callable[[TracebackType], Iterable[str]]
    joint: Callable[[str], str] = str


def traceback_lines(error: BaseException, trace: TracebackType | None, form: Form) -> list[str]:
    """Give the lines as Python prints them, each exception's own text in a single one.

    Args:
        error: the exception.
        trace: its traceback as it was when it was reported.
        form: how the writer has them.
    """
    return list(_chain(error, trace, form, 0))


def chain(error: BaseException, limit: int = CHAIN_MAX) -> list[BaseException]:
    """List an exception and those before it, root cause first, ``limit`` at most."""
    links = [error]
    while len(links) < limit:
        earlier = _before(links)
        if earlier is None:
            break
        links.append(earlier)
    return links[::-1]


def type_name(kind: type) -> str:
    """Name a type in full, built-in ones without their module."""
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _before(links: list[BaseException]) -> BaseException | None:
    """Find what the last of ``links`` came from, unless the chain runs in a circle."""
    last = links[-1]
    earlier = last.__cause__
    if earlier is None and not last.__suppress_context__:
        earlier = last.__context__
    return None if any(earlier is link for link in links) else earlier


def _chain(
    error: BaseException, trace: TracebackType | None, form: Form, depth: int
) -> Iterator[str]:
    links = chain(error)
    if len(links) == CHAIN_MAX and _before(links[::-1]) is not None:
        yield "[… earlier exceptions left out …]"
    for number, link in enumerate(links):
        if number:
            yield form.joint(CAUSE if link.__cause__ is links[number - 1] else CONTEXT)
        yield from _one(link, trace if link is error else link.__traceback__, form, depth)


def _one(
    error: BaseException, trace: TracebackType | None, form: Form, depth: int
) -> Iterator[str]:
    if trace is not None:
        yield START
        yield from form.frames(trace)
    name, text = type_name(type(error)), _text(error)
    yield form.text(f"{name}: {text}" if text else name)
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list):
        yield from (form.text(_text(note)) for note in notes[:NOTES_MAX])
    if isinstance(error, BaseExceptionGroup):
        yield from _members(error, form, depth + 1)


def _members(group: BaseExceptionGroup[BaseException], form: Form, depth: int) -> Iterator[str]:
    count = len(group.exceptions)
    shown = group.exceptions[:GROUP_MAX] if depth <= DEPTH_MAX else ()
    for number, member in enumerate(shown, 1):
        yield f"  Exception {number} of {count} in the group:"
        lines = _chain(member, member.__traceback__, form, depth)
        yield from ("    " + line.replace("\n", "\n    ") for line in lines)
    if count > len(shown):
        yield f"  [… {count - len(shown)} more in the group …]"


def _text(value: object) -> str:
    try:
        return str(value)
    except BaseException as error:  # noqa: BLE001 - an exception may fail to tell what it is
        return f"<str() raised {type(error).__name__}>"

"""Exception → its whole traceback as text, bounded, without carets and without locals.

The log writes tracebacks too (``services.logfile.tracebacks``), words escaped for grep;
this one is for people, so it has Python's own form, each exception's text in a single line.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from itertools import islice
from types import TracebackType

from services.errors.fingerprint import chain, type_name
from services.redaction import cut

START = "Traceback (most recent call last):"
CAUSE = "\nThe above exception was the direct cause of the following exception:\n"
CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n"
TEXT_MAX = 64_000
"""Characters of one exception's own text that are shown."""
FRAMES_MAX = 200
"""Frames of one exception that are shown, from its end."""
STEPS_MAX = 5_000
MEMBERS_MAX = 10
"""Exceptions of one group that are shown."""
DEPTH_MAX = 4
"""Groups inside groups that are shown."""


def traceback_text(error: BaseException, trace: TracebackType | None) -> str:
    """Write an exception down with those before it; no secret is taken out yet.

    Args:
        error: the exception.
        trace: its traceback as it was when it was reported.
    """
    lines: list[str] = []
    links = chain(error)
    for earlier, link in zip([None, *links], links, strict=False):
        if earlier is not None:
            lines.append(CAUSE if link.__cause__ is earlier else CONTEXT)
        lines += _one(link, trace if link is error else link.__traceback__, 0)
    return "\n".join(lines)


def _one(error: BaseException, trace: TracebackType | None, depth: int) -> Iterator[str]:
    if trace is not None:
        steps = list(islice(traceback.walk_tb(trace), STEPS_MAX))
        yield START
        if len(steps) > FRAMES_MAX:
            yield f"  [… {len(steps) - FRAMES_MAX} frames left out …]"
        stack = traceback.StackSummary.extract(iter(steps[-FRAMES_MAX:]))
        yield from "".join(stack.format()).splitlines()
    text = _one_line(error)
    yield f"{type_name(type(error))}: {text}" if text else type_name(type(error))
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, list):
        yield from (_one_line(note) for note in notes[:MEMBERS_MAX])
    if isinstance(error, BaseExceptionGroup) and depth < DEPTH_MAX:
        yield from _members(error, depth + 1)


def _members(group: BaseExceptionGroup[BaseException], depth: int) -> Iterator[str]:
    count = len(group.exceptions)
    for number, member in enumerate(group.exceptions[:MEMBERS_MAX], 1):
        yield f"  Exception {number} of {count} in the group:"
        yield from (f"    {line}" for line in _one(member, member.__traceback__, depth))


def _one_line(thing: object) -> str:
    try:
        return " ⏎ ".join(cut(str(thing), TEXT_MAX).splitlines())
    except Exception as error:  # noqa: BLE001 - an exception may fail to tell what it is
        return f"<str() raised {type(error).__name__}>"

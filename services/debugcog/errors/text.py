"""Exception → full traceback as readable text, not yet redacted.

The log writes tracebacks too (``logfile.tracebacks``), with words escaped for grep.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from itertools import islice
from types import TracebackType

from services.debugcog.redaction.redactor import cut
from services.debugcog.tracebacks import Form, traceback_lines

TEXT_MAX = 64_000
"""Characters of one exception's own text that are shown."""
FRAMES_MAX = 200
"""Frames of one exception that are shown, from its end."""
STEPS_MAX = 5_000


def traceback_text(error: BaseException, trace: TracebackType | None) -> str:
    """Write an exception down with those before it.

    Args:
        error: the exception.
        trace: its traceback as it was when it was reported.
    """
    return "\n".join(traceback_lines(error, trace, Form(_one_line, _stack, "\n{}\n".format)))


def _stack(trace: TracebackType) -> Iterator[str]:
    steps = list(islice(traceback.walk_tb(trace), STEPS_MAX))
    if len(steps) > FRAMES_MAX:
        yield f"  [… {len(steps) - FRAMES_MAX} frames left out …]"
    stack = traceback.StackSummary.extract(iter(steps[-FRAMES_MAX:]))
    yield from "".join(stack.format()).splitlines()


def _one_line(text: str) -> str:
    return " ⏎ ".join(cut(text, TEXT_MAX).splitlines())

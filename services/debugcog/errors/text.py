"""Exception, taken down → full traceback as readable text, not yet redacted.

The log writes tracebacks too (``logfile.tracebacks``), with words escaped for grep.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator

from services.debugcog.redaction.redactor import LONGEST, cut
from services.debugcog.stack_memory import StackSummary
from services.debugcog.tracebacks import Form, Limits, Raised, Text, traceback_lines
from services.debugcog.wording import counted

TEXT_MAX = 64_000
"""Characters of one exception's own text that are shown."""
FRAMES_MAX = 200
"""Frames of one exception that are shown, from its end."""
LIMITS = Limits(text=LONGEST, first=0, last=FRAMES_MAX)


def traceback_text(raised: Raised) -> str:
    """Write an exception down with those before it."""
    return "\n".join(traceback_lines(raised, Form(_one_line, _stack, "\n{}\n".format)))


def _stack(stack: StackSummary) -> Iterator[str]:
    if stack.left_out:
        yield f"  [… {counted(stack.left_out, 'frame')} left out …]"
    frames = [
        traceback.FrameSummary(*frame, lookup_line=False) for frame in (*stack.first, *stack.last)
    ]
    yield from "".join(traceback.StackSummary.from_list(frames).format()).splitlines()


def _one_line(text: Text) -> str:
    return " ⏎ ".join(cut(text.text, TEXT_MAX).splitlines())

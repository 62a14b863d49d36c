"""LogRecord → the exception that it carries, taken down once for all our handlers.

The log writes it and the error report identifies it, each in the log call. To go through its frames
is the largest part of both.
"""

from __future__ import annotations

import logging
import threading
import weakref
from types import TracebackType
from typing import Any

from services.debugcog.exception_memory import ExceptionMemory
from services.debugcog.guard import is_hosts
from services.debugcog.log_message import FRAMES_FIRST, FRAMES_LAST, TEXT_MAX
from services.debugcog.stack_memory import StackSummary
from services.debugcog.tracebacks import Limits, Link, Raised

LIMITS = Limits(text=TEXT_MAX, first=FRAMES_FIRST, last=FRAMES_LAST)
"""What a log line shows of an exception, and of its text a margin behind that."""
NOTHING: Any = (lambda: None, 0, None)

# Made once for the process: an exception is the same for all who look at it.
_memory = ExceptionMemory(LIMITS)
_latest = threading.local()
"""The record of this thread whose exception was taken down last. It is not kept on the record,
which a handler of the host's may pickle or write down with all that is on it."""


def raised_of(record: logging.LogRecord) -> Raised | None:
    """Take down the exception of a record as it is now, within ``LIMITS``; nothing is raised."""
    caught: Any = record.exc_info
    if not caught:
        return None
    of, which, raised = getattr(_latest, "raised", NOTHING)
    if of() is not record or which != id(caught):
        raised = _taken_down(caught)
        _latest.raised = weakref.ref(record), id(caught), raised
    found: Raised | None = raised
    return found


def stack_of(
    trace: TracebackType | None, record: logging.LogRecord | None = None
) -> StackSummary | None:
    """Take down a traceback; of equal ones, the same object comes while it is remembered.

    Args:
        trace: it may grow later.
        record: that carries it, if one does.
    """
    if trace is None:
        return None
    caught: Any = record.exc_info if record is not None else None
    if record is not None and caught and caught[2] is trace:
        raised = raised_of(record)
        if raised is not None and (found := raised.links[-1].stack) is not None:
            return found
    return _memory.stacks.of(trace)


def _taken_down(caught: Any) -> Raised | None:
    try:
        _, error, trace = caught
        return None if error is None else _memory.of(error, trace)
    except BaseException as trouble:
        if not is_hosts(trouble):
            raise
        text = f"[traceback cannot be formatted: {type(trouble).__name__}]"
        return Raised((Link(text),), is_whole=True)

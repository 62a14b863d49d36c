"""LogRecord → the exception that it carries, whose stack the error report takes over from the log.

The log writes the exception and the report identifies it, both in the log call. To go through its
frames is the largest part of each. The report alone makes no texts: that would be the host's code.
"""

from __future__ import annotations

import logging
import threading
import weakref
from types import TracebackType
from typing import Any

from services.debugcog.exception_memory import ExceptionMemory
from services.debugcog.guard import is_hosts
from services.debugcog.log_message import TEXT_MAX
from services.debugcog.stack_memory import StackSummary
from services.debugcog.tracebacks import Limits, Link, Raised

LIMITS = Limits(text=TEXT_MAX, first=20, last=40)
"""What a log line shows of an exception, and of its text a margin behind that."""
NOTHING: Any = (lambda: None, None, None, None)

# Made once for the process: an exception is the same for all who look at it.
_memory = ExceptionMemory(LIMITS)
_latest = threading.local()
"""The record of this thread that the log has taken down last, the ids of its exception and
traceback, and their stack. It is not kept on the record, which a handler of the host's may pickle
or write down with all that is on it."""


def raised_of(record: logging.LogRecord) -> Raised | None:
    """Take down the exception of a record as it is now, within ``LIMITS``, whatever is in it."""
    if not record.exc_info:
        return None
    try:
        _, error, trace = record.exc_info
        if error is None:
            return None
        raised = _memory.of(error, trace)
        _latest.stack = weakref.ref(record), id(error), id(trace), raised.links[-1].stack
        return raised
    except BaseException as trouble:
        if not is_hosts(trouble):
            raise
        text = f"[traceback cannot be formatted: {type(trouble).__name__}]"
        return Raised((Link(text),), is_whole=True)


def stack_of(
    error: BaseException, trace: TracebackType | None, record: logging.LogRecord | None = None
) -> StackSummary | None:
    """Take down a traceback; of equal ones, the same object comes while it is remembered.

    Args:
        error: the exception.
        trace: its traceback, which may grow later.
        record: that carries it, if one does; what the log has taken down of it is used up here.

    Returns:
        One without frames, but of the right size, where there is no room on the stack to take it
        down.
    """
    if trace is None:
        return None
    if record is not None:
        of, error_id, trace_id, stack = getattr(_latest, "stack", NOTHING)
        _latest.stack = NOTHING
        if of() is record and (error_id, trace_id) == (id(error), id(trace)) and stack is not None:
            found: StackSummary = stack
            return found
    try:
        return _memory.stacks.of(trace)
    except BaseException as trouble:
        if not is_hosts(trouble):
            raise
        return StackSummary((), _length(trace), ())


def _length(trace: TracebackType) -> int:
    step, count = trace.tb_next, 1
    while step is not None:
        step, count = step.tb_next, count + 1
    return count

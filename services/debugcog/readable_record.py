"""LogRecord that cannot be taken as it is → a copy whose parts are of the types that logging gives.

A host's record factory, filter or ``logging.makeLogRecord()`` may put anything into a record, and
reading it may raise. One such part costs its own text, not the line and not the error report.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from services.debugcog.guard import attempt
from services.debugcog.host_text import text_now

UNNAMED = "root"
TEXTS = ("levelname", "pathname", "funcName", "threadName", "processName")


def readable(record: logging.LogRecord) -> logging.LogRecord:
    """Copy a record; whatever is in it, nothing is raised.

    The message and its arguments are those of the record: they are made a text elsewhere.
    """
    read = _reader(record)
    name, level, caught = read("name"), read("levelno"), read("exc_info")
    copy = logging.LogRecord(
        _text(name) if name is not None else UNNAMED,
        level if type(level) is int else attempt(lambda: int(level), logging.ERROR),
        "",
        0,
        read("msg"),
        None,
        caught if _is_exception(caught) else None,
    )
    copy.args, copy.thread = read("args"), read("thread")
    created, line = read("created"), read("lineno")
    copy.created = created if type(created) is float else time.time()
    copy.lineno = line if type(line) is int else 0
    for part in TEXTS:
        setattr(copy, part, _text(read(part)))
    for part in ("exc_text", "stack_info"):
        text = read(part)
        setattr(copy, part, None if text is None else _text(text))
    return copy


def _reader(record: logging.LogRecord) -> Callable[[str], Any]:
    """Return what reads a part where the record keeps it, past its class."""
    parts = attempt(lambda: dict(object.__getattribute__(record, "__dict__")), {})
    return parts.get


def _text(value: object) -> str:
    return value if type(value) is str else attempt(lambda: text_now(value), "?")


def _is_exception(caught: object) -> bool:
    return type(caught) is tuple and len(caught) == 3 and issubclass(type(caught[1]), BaseException)

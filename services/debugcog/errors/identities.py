"""Exception or log record → its Identity; one that cannot be read is known by type and place."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from types import TracebackType

from services.debugcog import readable_record
from services.debugcog.errors.fingerprint import Fingerprinter
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.reraise import steps
from services.debugcog.exceptions import type_name
from services.debugcog.guard import attempt, is_hosts, trace_of
from services.debugcog.level_names import plain_level
from services.debugcog.stack_memory import StackSummary


def of_exception(
    fingerprints: Callable[[], Fingerprinter],
    error: BaseException,
    last: list[TracebackType] | None = None,
    stack: StackSummary | None = None,
) -> Identity:
    """Identify an exception, whatever its attributes raise.

    Args:
        fingerprints: gives what identifies one that can be read.
        error: the exception.
        last: its steps, where its traceback holds those of earlier raises too.
        stack: all of them otherwise.
    """
    try:
        return fingerprints().of_exception(error, last, stack)
    except BaseException as failure:
        if not is_hosts(failure):
            raise
    last = last or steps(trace_of(error))
    code = last[-1].tb_frame.f_code if last else None
    place = f"{code.co_filename} in {code.co_qualname}" if code else ""
    return _unread(type_name(type(error)), place)


def of_record(fingerprints: Callable[[], Fingerprinter], record: logging.LogRecord) -> Identity:
    """Identify a log record; no code of the host's runs for that on the thread that logs."""
    found = attempt(lambda: fingerprints().of_record(record), None)
    if found is not None:
        return found
    record = readable_record.readable(record)
    place = f"{record.pathname}:{record.lineno} in {record.funcName}"
    return _unread(f"{plain_level(record.levelname, record.levelno)} {record.name}", place)


def _unread(kind: str, where: str) -> Identity:
    text = f"unread\n{kind}\n{where}".encode(errors="replace")
    return Identity(hashlib.sha256(text).hexdigest(), kind, where)

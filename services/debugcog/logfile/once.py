"""Handler of ours that the host has handed on to a queue or buffer → each record taken once.

``QueueListener(queue, *root.handlers)`` makes our handlers get copies of records, without their
exceptions. They are put back on the root logger for the records themselves, and leave the copies
out. A ``MemoryHandler`` hands on the records themselves, when it likes, so it is left to that.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from services.debugcog.guard import attempt
from services.debugcog.logfile.handlers import part_of, reached

TAKEN_OFF = (
    ", as logging.basicConfig(force=True) or dictConfig() do; it is back."
    " What was logged in between is not in the log file"
)
HANDED_ON = (
    "taken off the root logger and given to a QueueListener; it is back, and takes each record once"
)


class Once:
    """Filter of a handler on the root logger: leaves out what a ``QueueListener`` hands it too.

    Args:
        handler: of ours, just put back; what was logged before came through the listener alone.
        clock: unix seconds.
    """

    def __init__(self, handler: logging.Handler, clock: Callable[[], float] = time.time) -> None:
        self._handler = handler
        self._since = clock()

    def __call__(self, record: logging.LogRecord) -> bool:
        """Return whether a record is to be taken."""
        if record.thread is None or record.thread == threading.get_ident():
            return True  # it comes from who has logged it
        return (
            record.created < self._since
            or record.process not in (None, os.getpid())
            or not _hands_to(threading.current_thread(), self._handler)
            or self._handler not in reached(record.name, record.levelno)
        )


def is_once(handler: logging.Handler, record: logging.LogRecord) -> bool:
    """Return whether a handler that asks no other filter is to take a record."""
    return all(once(record) for once in _onces(handler))


def is_on_root(handler: logging.Handler) -> bool:
    """Return whether the root logger hands its records to a handler, itself or by a buffer."""
    return any(
        one is handler or part_of(one, "target") is handler for one in tuple(logging.root.handlers)
    )


def put_on_root(handler: logging.Handler) -> bool:
    """Put a handler of ours on the root logger; return whether a listener hands it copies."""
    for old in tuple(_onces(handler)):
        handler.removeFilter(old)
    is_listened = any(_hands_to(thread, handler) for thread in threading.enumerate())
    if is_listened:
        handler.addFilter(Once(handler))
    logging.root.addHandler(handler)
    return is_listened


def _onces(handler: logging.Handler) -> Iterator[Once]:
    return (one for one in handler.filters if isinstance(one, Once))


def _hands_to(thread: threading.Thread, handler: logging.Handler) -> bool:
    """Return whether a thread is that of a ``QueueListener`` that has the handler."""
    kind = getattr(sys.modules.get("logging.handlers"), "QueueListener", None)
    if kind is None:
        return False

    def hands() -> bool:
        listener: Any = getattr(getattr(thread, "_target", None), "__self__", None)
        return issubclass(type(listener), kind) and any(one is handler for one in listener.handlers)

    return attempt(hands, False)

"""Bounded queue of log entries, from the logging threads to the writer thread.

No lock is taken, and what cannot change is not formatted: ``deque`` and ``itertools.count`` each
work in one step of C. What can change is taken down at the call, so that the line says what the
call did, and nothing that waits keeps an object of the host alive.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event

from services.debugcog import readable_record
from services.debugcog.exceptions import brief
from services.debugcog.guard import is_hosts
from services.debugcog.logfile.entry import OWN_LOGGER, Entry, entry_of
from services.debugcog.logfile.handlers import made

CAPACITY_BELOW_WARNING = 8_000
"""Entries in the queue beyond which DEBUG and INFO are dropped."""
CAPACITY_FOR_WARNING = 9_000
CAPACITY_FOR_ERROR = 10_000
"""The last thousand is a reserve for ERROR and above."""

KINDS = ("debug", "info", "warning", "error")


class Tally:
    """Counts from any thread without a lock; only one thread may ``read``."""

    def __init__(self) -> None:
        self._ticks = itertools.count()
        self._reads = 0

    def add(self) -> None:
        """Count one."""
        next(self._ticks)

    def read(self) -> int:
        """Return what was counted so far; a read is itself a tick, which is taken off again."""
        count = next(self._ticks) - self._reads
        self._reads += 1
        return count


def nobody(_: logging.LogRecord) -> bool:
    """Return False: no handler of the host writes a record."""
    return False


class RecordQueue(logging.Handler):
    """The handler of the root logger: one append per record.

    It never waits or raises. After ``shut`` it takes nothing more, and hands what comes to
    ``refuse``. After a fork, the child's copy has no writer: it fills up, and nothing else happens.

    Args:
        is_taken: returns whether a handler of the host writes a record to the log file.
    """

    def __init__(self, is_taken: Callable[[logging.LogRecord], bool] = nobody) -> None:
        super().__init__()
        self._is_taken = is_taken
        self._entries: deque[Entry | Event] = deque()
        self._dropped = {kind: Tally() for kind in KINDS}
        self._shut = self._has_told = False
        self._is_awaited = False  # the writer sleeps until it is called
        self._calls = SimpleQueue[None]()

    def waiting(self) -> int:
        """Count what waits. No ``__len__``: ``logging.shutdown()`` passes by what is empty."""
        return len(self._entries)

    def handle(self, record: logging.LogRecord) -> bool:
        """Queue the record, or drop and count it; the handler's lock is not needed for that."""
        try:
            # Before a filter of the host's can change the record; without one, of what is kept.
            is_taken = self._is_taken(record) if self.filters else None
            kept: object = self.filter(record)
            if self._shut or not kept:
                return self._shut and self.refuse(record)
            level = record.levelno
            capacity = CAPACITY_BELOW_WARNING
            if level >= logging.WARNING:
                capacity = CAPACITY_FOR_ERROR if level >= logging.ERROR else CAPACITY_FOR_WARNING
            if len(self._entries) >= capacity:
                self._dropped[_kind(level)].add()
                return False
            # Since Python 3.12 a filter may answer with another record.
            kept = kept if isinstance(kept, logging.LogRecord) else record
            if is_taken is None:
                is_taken = self._is_taken(record)
            self._entries.append(entry_of(kept, is_taken=is_taken))
            if self._is_awaited:
                self._call()
            return True
        except BaseException as error:
            if not is_hosts(error):
                raise
            return self._take_all_the_same(record, error)

    def put(self, record: logging.LogRecord) -> None:
        """Queue a record that no filter may keep out."""
        if self._shut:
            self.refuse(record)
        elif len(self._entries) < CAPACITY_FOR_ERROR:
            self._entries.append(entry_of(record, is_taken=self._is_taken(record)))
            self._call()
        else:
            self._dropped[_kind(record.levelno)].add()

    def refuse(self, _: logging.LogRecord) -> bool:
        """Take notice of a record that comes too late to be queued; return False."""
        return False

    def _take_all_the_same(self, record: logging.LogRecord, error: BaseException) -> bool:
        """Queue a record that cannot be read, or that a filter of the host's fails at."""
        if self._shut:
            return self.refuse(record)
        if not self._has_told:
            self._has_told = True
            text = "Log handler failed, as by a filter of the bot's that raises: %s; its lines stay"
            self.put(made(OWN_LOGGER, logging.WARNING, text, (brief(error),)))
        self.put(readable_record.readable(record))
        return True

    def mark(self) -> Event:
        """Queue an event that the writer sets when everything before it is written."""
        mark = Event()
        self._entries.append(mark)
        self._call()
        return mark

    def wait(self, seconds: float | None) -> None:
        """Sleep until something is queued or the queue is shut; for the one writer.

        Args:
            seconds: the longest time; None has no end.
        """
        self._is_awaited = True
        if not (self._entries or self._shut):  # what comes from now on calls
            with contextlib.suppress(Empty):
                self._calls.get(timeout=seconds)
        self._is_awaited = False

    def take(self) -> Iterator[Entry | Event]:
        """Take one entry after the other from the front, for the one writer."""
        while self._entries:
            yield self._entries.popleft()

    def dropped(self) -> dict[str, int]:
        """Count the records dropped so far, by kind; for the one writer."""
        return {kind: tally.read() for kind, tally in self._dropped.items()}

    def shut(self) -> None:
        """Refuse what comes from now on."""
        self._shut = True
        self._call()

    def _call(self) -> None:
        """Wake the writer; once, if several threads do not come in the same moment."""
        if self._is_awaited:
            self._is_awaited = False
            self._calls.put(None)


def _kind(level: int) -> str:
    if level >= logging.ERROR:
        return "error"
    if level >= logging.WARNING:
        return "warning"
    return "info" if level >= logging.INFO else "debug"

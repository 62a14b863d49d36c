"""Detection of the host's own writers to the log file: handlers, redirected console, loguru.

A file that two rotate by themselves loses lines: one renames it under the other's hands. So the
host's file is the host's alone, by whatever path it has named it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from services.debugcog.guard import attempt
from services.debugcog.logfile.handlers import attached, part_of, reached

OWN_LOGGERS = "debugcog."
STANDARD_STREAMS = {2: "standard error", 1: "standard output"}
"""By descriptor; who sends both into the file reads of the one that we print on."""


class HostWriters:
    """Looks for writers of one file.

    Args:
        path: the file, absolute.

    Attributes:
        handlers: the host's handlers that write it, as of the last look.
    """

    def __init__(self, path: Path) -> None:
        self.handlers: tuple[logging.Handler, ...] = ()
        self._path = path
        self._files: WeakKeyDictionary[logging.Handler, bool] = WeakKeyDictionary()
        self._consoles: frozenset[logging.Handler] = frozenset()

    def take(self, record: logging.LogRecord) -> bool:
        """Return whether a handler of the host writes this record to the file; from any thread.

        A handler's filters are not asked: they may count what they see. Where there are some, they
        decide over the host's records, but none of ours is left to them.
        """
        for handler in reached(record.name, record.levelno):
            if issubclass(type(handler), logging.FileHandler):
                writes = self._is_file(handler) and not _is_dead(handler)
            else:
                writes = bool(self._consoles) and handler in self._consoles
            if writes and not (handler.filters and record.name.startswith(OWN_LOGGERS)):
                return True
        return False

    def find(self, own: Collection[int], *, thorough: bool) -> str:
        """Name who writes the file besides us; empty when nobody does. For one thread only.

        Args:
            own: our descriptors.
            thorough: look through the open files of the process too, for what ``logging`` does not
                know: loguru, a ``QueueListener``, a console that is sent into the file. Not on
                Windows, which has no list of them.
        """
        found = [(name, handler) for name, handler in attached() if self._writes(handler)]
        self.handlers = tuple(handler for _, handler in found)
        self._consoles = frozenset(self.handlers)
        if found:
            name, handler = found[0]
            return f"{type(handler).__name__} of the logger {name}"
        ours = (handler for handler, writes in self._files.items() if writes)
        gone = {_descriptor(part_of(handler, "stream")) for handler in ours}
        known = gone.union(own) - STANDARD_STREAMS.keys()
        others = _open_elsewhere(self._path) - known if thorough else set()
        for number, name in STANDARD_STREAMS.items():
            if number in others:
                return f"the redirected {name}"
        return "something other than a logging handler, such as loguru," if others else ""

    def _writes(self, handler: logging.Handler) -> bool:
        if issubclass(type(handler), logging.FileHandler):
            return self._is_file(handler) and not _is_dead(handler)
        if issubclass(type(handler), logging.StreamHandler):
            return writes_to(part_of(handler, "stream"), self._path)
        return False

    def _is_file(self, handler: logging.Handler) -> bool:
        """Return whether a handler's file is ours; it is asked of the disk once."""
        is_ours = self._files.get(handler)
        if is_ours is None:
            name = part_of(handler, "baseFilename")
            is_ours = self._files[handler] = type(name) is str and _is_same(name, self._path)
        return is_ours


def _is_dead(handler: logging.Handler) -> bool:
    """Return whether a handler that was closed stays so, because it would empty its file."""
    return part_of(handler, "mode") == "w" and bool(part_of(handler, "_closed"))


def _is_same(one: str, other: Path) -> bool:
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    with contextlib.suppress(OSError):  # else hard links, and names in another case
        return other.samefile(one)
    return False


def writes_to(stream: Any, path: Path) -> bool:
    """Return whether a stream writes to a file, by whatever name that was opened."""
    with contextlib.suppress(OSError):
        return _is_at(_descriptor(stream), path.stat())
    return False


def _descriptor(stream: Any) -> int:
    return attempt(lambda: int(stream.fileno()), -1)


def _is_at(descriptor: int, place: os.stat_result) -> bool:
    """Return whether an open file is this one; False for a device, which anybody may have open."""
    if descriptor < 0 or not stat.S_ISREG(place.st_mode):
        return False
    try:
        return os.path.samestat(os.fstat(descriptor), place)
    except OSError:
        return False


def _open_elsewhere(path: Path) -> set[int]:
    """List the descriptors of this process that write to a file."""
    if sys.platform == "win32":
        return set()
    try:
        place = path.stat()
        numbers = [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except (OSError, ValueError):
        return set()
    return {number for number in numbers if _is_at(number, place) and _is_writable(number)}


def _is_writable(descriptor: int) -> bool:
    if sys.platform == "win32":
        return False
    import fcntl  # Windows has none

    with contextlib.suppress(OSError):
        return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    return False

"""Log lines → bot.log, bot.log.1, …: a file that rotates by size.

Each call ends with the bytes in the hands of the system, so a killed process loses none of them.
Before it writes or rotates, it looks whether the file at its path is still its own, and how large
that is by now: somebody may have moved, deleted or truncated it, and another process may write it
too. Two that do this take turns by a lock, so they lose nothing, and one of them rotates.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.debugcog import file_errors
from services.debugcog.logfile import rotation
from services.debugcog.logfile.file_lock import FileLock
from services.debugcog.wording import counted

RETRY_SECONDS = 5.0
TRIES = 10
"""Attempts to open a file that others rotate at the same time."""
NEW = -1
"""Size of a file that was just opened, of which nothing is known."""
KEY = "LOG_FILE_PATH"


class RotatingFile:
    """Appends whole records and never raises; only one thread may use it.

    Args:
        path: the current file; its directory is made when missing. It may be a link, which stays
            one: what it leads to is rotated where it is.
        max_bytes: size at which it becomes ``.1``; a longer single record is not split.
        backups: older files that are kept.
        clock: monotonic seconds.

    Attributes:
        failing: the last attempt failed.
        is_shared: something else has appended to the file.
        news: pairs of level and message about the file itself; the reader empties it.
    """

    def __init__(
        self,
        path: Path,
        max_bytes: int,
        backups: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.failing = False
        self.is_shared = False
        self.news: list[tuple[int, str]] = []
        self._path = path.absolute()  # the host may go to another folder
        self._max_bytes = max_bytes
        self._backups = backups
        self._clock = clock
        self._lock = FileLock()
        self._file = -1
        self._status = os.stat_result((0,) * 10)
        self._is_locked = False
        self._size = NEW
        self._rotate_at = max_bytes
        self._is_stuck = False
        self._retry_at = 0.0
        self._written = 0
        self._missing = 0

    @property
    def descriptor(self) -> int:
        """The open file, as the system numbers it; -1 while there is none."""
        return self._file

    def write(self, records: Sequence[bytes]) -> None:
        """Append the records; those that cannot be written are counted."""
        if self.failing and self._clock() < self._retry_at:
            self._missing += len(records)
            return
        self._written = 0
        try:
            self._take()
            while self._written < len(records):
                self._append(self._fitting(records[self._written :]))
        except OSError as error:
            self._fail(error, len(records) - self._written)
        else:
            self._recovered()
        finally:
            self._release()

    def close(self) -> None:
        """Close the file; a later write opens it again."""
        self._release()
        file, self._file = self._file, -1
        if file >= 0:
            with contextlib.suppress(OSError):  # a disk that fails now failed before, in a write
                os.close(file)

    def _take(self) -> None:
        """Open and lock the file that is at the path now."""
        for _ in range(TRIES):
            if self._file < 0:
                self._open()
            self._is_locked = self._is_regular and self._lock.take(self._file)
            if self._is_at_path():
                break
            self.close()
        else:
            self._open()

    def _release(self) -> None:
        if self._is_locked:
            self._is_locked = False
            self._lock.release(self._file)

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._path, flags, 0o666)
        self._status = os.fstat(self._file)
        self._size = NEW

    @property
    def _is_regular(self) -> bool:
        """A device or a pipe is never locked, nor rotated."""
        return stat.S_ISREG(self._status.st_mode)

    def _is_at_path(self) -> bool:
        """Return whether the open file is still the one at its path; learn how large it is."""
        try:
            there = self._path.stat()
        except OSError:
            return False
        if not os.path.samestat(there, self._status):
            return False
        if self._is_regular and there.st_size != self._size:
            self._is_changed(there.st_size)
        return True

    def _is_changed(self, size: int) -> None:
        """Take in that somebody else has written to the file, or emptied it."""
        self.is_shared |= size > self._size != NEW
        self._size = size
        if size <= self._max_bytes:  # another process has rotated it
            self._rotate_at = self._max_bytes
        if size and not self._ends_in_line_break():
            self._put(b"\n")  # a full disk or a power cut tore the last record

    def _ends_in_line_break(self) -> bool:
        os.lseek(self._file, -1, os.SEEK_END)
        return os.read(self._file, 1) == b"\n"

    def _fitting(self, records: Sequence[bytes]) -> Sequence[bytes]:
        """Return the records that go to the file as it is, or after it was rotated."""
        if not self._is_regular:
            return records
        count = self._count(records)
        if count == 0 and self._size > 0 and self._make_room():
            count = self._count(records)
        return records[: max(count, 1)]  # a single one that is longer is not split

    def _count(self, records: Sequence[bytes]) -> int:
        size = self._size
        for count, record in enumerate(records):
            size += len(record)
            if size > self._rotate_at:
                return count
        return len(records)

    def _append(self, records: Sequence[bytes]) -> None:
        before = self._size
        try:
            self._put(b"".join(records))
        finally:
            left = self._size - before
            for record in records:
                left -= len(record)
                self._written += left >= 0

    def _put(self, text: bytes) -> None:
        written = 0
        try:
            while written < len(text):
                written += os.write(self._file, text[written:])
        finally:
            self._size += written

    def _make_room(self) -> bool:
        """Rotate the file, and open the new one; return False if that must wait."""
        if not self._is_locked:  # another process may be at it
            return False
        if sys.platform == "win32":
            self.close()  # it does not rename an open file
        try:
            rotation.rotate(Path(os.path.realpath(self._path)), self._backups)
        except FileNotFoundError:
            pass  # somebody moves the files at the same time; the next write looks again
        except OSError as error:
            self._rotate_at = self._size + self._max_bytes  # tried again after as much again
            self._tell_stuck(error)
        else:
            self._rotate_at = self._max_bytes
            self._tell_rotated()
        self.close()
        self._take()
        return True

    def _tell_stuck(self, error: OSError) -> None:
        if not self._is_stuck:
            self._is_stuck = True
            text = (
                f"Log file cannot be rotated: {self._path}: {_why(error)};"
                f" fix: {_advice(error, self._path.parent)}; it grows meanwhile"
            )
            self.news.append((logging.ERROR, text))

    def _tell_rotated(self) -> None:
        if self._is_stuck:
            self._is_stuck = False
            self.news.append((logging.WARNING, f"Log file is rotated again: {self._path}"))

    def _fail(self, error: OSError, left: int) -> None:
        self._missing += left
        self._retry_at = self._clock() + RETRY_SECONDS
        self.close()
        if not self.failing:
            self.failing = True
            text = (
                f"Log file cannot be written: {self._path}: {_why(error)};"
                f" fix: {file_errors.advice_for(error, self._path, KEY)};"
                f" records go to the console, next try in {RETRY_SECONDS:.0f} s"
            )
            self.news.append((logging.ERROR, text))

    def _recovered(self) -> None:
        if self.failing:
            self.failing = False
            missing, self._missing = self._missing, 0
            gap = counted(missing, "record is", "records are")
            text = f"Log file is written again: {self._path}; {gap} missing"
            self.news.append((logging.WARNING, text))


def _advice(error: OSError, folder: Path) -> str:
    if isinstance(error, IsADirectoryError):
        return f"move the directory {error.filename} away"
    if error.errno == errno.EBUSY:
        return file_errors.OF_NUMBER[errno.EBUSY]
    return f"close its files in other programs, and see that those in {folder} can be renamed"


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__

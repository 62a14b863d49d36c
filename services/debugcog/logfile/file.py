"""Log lines → bot.log, bot.log.1, …: a file that rotates by size.

Each call ends with the bytes in the hands of the system, so a killed process loses none of them.
A file that somebody moved, deleted or truncated is noticed, and its path is opened afresh.
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from services.debugcog.file_errors import advice_for

RETRY_SECONDS = 5.0
CHECK_SECONDS = 0.5
KEY = "LOG_FILE_PATH"


class RotatingFile:
    """Appends whole records and never raises; only one thread may use it.

    Args:
        path: the current file; its directory is made when missing.
        max_bytes: size at which it becomes ``.1``; a longer single record is not split.
        backups: older files that are kept.
        clock: monotonic seconds.

    Attributes:
        failing: the last attempt failed.
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
        self.news: list[tuple[int, str]] = []
        self._path = path.absolute()  # the host may go to another folder
        self._max_bytes = max_bytes
        self._backups = backups
        self._clock = clock
        self._file = -1
        self._size = 0
        self._is_regular = True
        self._check_at = 0.0
        self._retry_at = 0.0
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
        left = len(records)
        try:
            self._ready()
            for record in records:
                self._make_room(len(record))
                self._append(record)
                left -= 1
        except OSError as error:
            self._fail(error, left)
        else:
            self._recovered()

    def close(self) -> None:
        """Close the file; a later write opens it again."""
        file, self._file = self._file, -1
        if file >= 0:
            with contextlib.suppress(OSError):  # a disk that fails now failed before, in a write
                os.close(file)

    def _ready(self) -> None:
        now = self._clock()
        if self._file >= 0 and now >= self._check_at:
            self._check_path()
        if self._file < 0:
            self._open()
        self._check_at = max(self._check_at, now + CHECK_SECONDS)

    def _check_path(self) -> None:
        """Let go of a file that is no longer at its path."""
        try:
            there = self._path.stat()
        except OSError:
            self.close()
            return
        mine = os.fstat(self._file)
        if not os.path.samestat(there, mine):
            self.close()
        self._size = mine.st_size  # somebody may have truncated it

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._path, flags, 0o666)
        status = os.fstat(self._file)
        self._is_regular = stat.S_ISREG(status.st_mode)  # a device or a pipe is never rotated
        self._size = status.st_size if self._is_regular else 0
        if self._size and not self._ends_in_line_break():
            self._append(b"\n")  # a full disk or a power cut tore the last record

    def _ends_in_line_break(self) -> bool:
        os.lseek(self._file, -1, os.SEEK_END)
        return os.read(self._file, 1) == b"\n"

    def _append(self, record: bytes) -> None:
        written = 0
        while written < len(record):
            written += os.write(self._file, record[written:])
        self._size += written

    def _make_room(self, needed: int) -> None:
        if self._size == 0 or self._size + needed <= self._max_bytes or not self._is_regular:
            return
        self.close()  # Windows does not rename an open file
        try:
            self._rotate()
        except OSError as error:
            text = f"Log file cannot be rotated: {self._path}: {_why(error)}"
            self.news.append((logging.ERROR, text))
            self._open()
            self._size = 0  # so it is tried again when as much again is written
        else:
            self._open()

    def _rotate(self) -> None:
        if self._backups == 0:
            self._path.unlink()
            return
        for number in range(self._backups, 0, -1):
            older = self._numbered(number)
            newer = self._numbered(number - 1) if number > 1 else self._path
            if newer.exists():
                newer.replace(older)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _fail(self, error: OSError, left: int) -> None:
        self._missing += left
        self._retry_at = self._clock() + RETRY_SECONDS
        self.close()
        if not self.failing:
            self.failing = True
            text = (
                f"Log file cannot be written: {self._path}: {_why(error)};"
                f" fix: {advice_for(error, self._path, KEY)};"
                f" records go to the console, next try in {RETRY_SECONDS:.0f} s"
            )
            self.news.append((logging.ERROR, text))

    def _recovered(self) -> None:
        if self.failing:
            self.failing = False
            missing, self._missing = self._missing, 0
            text = f"Log file is written again: {self._path}; {missing} records are missing"
            self.news.append((logging.WARNING, text))


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__

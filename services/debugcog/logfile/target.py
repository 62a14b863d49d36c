"""Log lines → the log file, or a second file while the host writes to the first itself.

Each record is written once: by a handler of the host that takes it, or else by us.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from services.debugcog.logfile.entry import Entry
from services.debugcog.logfile.file import KEY, RotatingFile
from services.debugcog.logfile.host_writers import HostWriters
from services.debugcog.logfile.no_file import is_file

CHECK_SECONDS = 0.5
THOROUGH_SECONDS = 5.0

Line = tuple[Entry, bytes]


class LogTarget:
    """Writes to the one file or the other; one thread at a time, but any may ask ``is_taken``.

    Args:
        path: the log file; made absolute, because a host may change its working directory.
        max_bytes: size at which a file of ours rotates.
        backups: older files that are kept.
        clock: monotonic seconds.

    Attributes:
        path: the log file, absolute.
        beside: what is written instead while the host writes that one.
        host: who writes it, in words; empty when nobody but us does.
        is_taken: returns whether a handler of the host writes a record, while that is being logged.
    """

    def __init__(
        self,
        path: Path,
        max_bytes: int,
        backups: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = path.absolute()
        self.beside = self.path.with_stem(f"{path.stem}-debugcog")
        self.host = ""
        self._main = RotatingFile(self.path, max_bytes, backups, clock)
        self._other = RotatingFile(self.beside, max_bytes, backups, clock)
        self._writers = HostWriters(self.path)
        self.is_taken = self._writers.take
        self._clock = clock
        self._has_told_shared = False
        self._check_at = self._thorough_at = clock()

    @property
    def handlers(self) -> tuple[logging.Handler, ...]:
        """The host's handlers that write the log file, as of the last check."""
        return self._writers.handlers

    @property
    def failing(self) -> bool:
        """Whether the last line that was ours to write could not be written."""
        return self._file.failing

    def news(self) -> list[tuple[int, str]]:
        """Take what is to be said about the files: pairs of level and message."""
        news = [*self._main.news, *self._other.news, *self._shared()]
        self._main.news.clear()
        self._other.news.clear()
        return news

    def check_host(self) -> None:
        """Find out whether the host writes the log file; its first writer is seen at once."""
        if not is_file(self.path):  # a device is everybody's
            return
        now = self._clock()
        thorough = now >= self._thorough_at
        # Between two thorough checks, what only such a one can see is as it was.
        host = self._writers.find({self._main.descriptor}, thorough=thorough or bool(self.host))
        self._check_at = now + CHECK_SECONDS
        if thorough:
            self._thorough_at = now + THOROUGH_SECONDS
        if host and not self.host:
            self._main.close()  # Windows does not rename an open file
        if self.host and not host:
            self._other.close()
        self.host = host

    def write(self, lines: Sequence[Line]) -> None:
        """Append the lines that no handler of the host writes; it never raises."""
        if self._clock() >= self._check_at:
            self.check_host()
        ours = [line for entry, line in lines if not entry.is_taken]
        if len(ours) < len(lines) and not self.host:
            self.check_host()
        if ours:
            self._file.write(ours)

    def close(self) -> None:
        """Close the files; a later write opens them again."""
        self._main.close()
        self._other.close()

    def _shared(self) -> Iterator[tuple[int, str]]:
        """Tell once that something else writes the file, unless it is the host in this process."""
        if self._has_told_shared or not self._main.is_shared:
            return
        self._thorough_at = self._clock()
        self.check_host()
        self._main.is_shared = False
        if not self.host:
            self._has_told_shared = True
            text = (
                f"Log file is written by another process too: {self.path}. Lines of both are in it;"
                " none is lost between processes with DebugCog. Give each process a"
                f" {KEY} of its own"
            )
            yield logging.WARNING, text

    @property
    def _file(self) -> RotatingFile:
        return self._other if self.host else self._main

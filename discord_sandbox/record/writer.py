"""Lines → file, written by a thread; what exceeds its buffer is dropped and counted."""

from __future__ import annotations

import itertools
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

from discord_sandbox.record.reading import is_record
from discord_sandbox.world.core import SandboxError

log = logging.getLogger(__name__)

FLUSH_SECONDS = 0.5
"""The longest that a line waits; what the system has of a file stays when a process is killed."""
BATCH, REST_SECONDS = 16, 0.001
Line = str | Callable[[], str]
BACKLOG = 64 * 1024 * 1024
"""Characters that may wait to be written."""


class Writer:
    """Appends lines to a file without making anybody wait.

    Args:
        path: the file; one that is there is replaced.
        finish: makes the line from a text that was put, in the thread.
        lost: makes the line that tells how many were dropped.
    """

    def __init__(
        self, path: Path, finish: Callable[[str], str], lost: Callable[[int], str]
    ) -> None:
        self.path = path
        self._finish = finish
        self._lost = lost
        self._lines: deque[tuple[Line, int]] = deque()
        self._size = 0
        self._dropped = 0
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._closing = False
        self._file = self._opened()
        self._thread = threading.Thread(target=self._run, name="sandbox-record", daemon=True)
        self._thread.start()

    def put(self, line: Line, size: int | None = None) -> None:
        """Take a line; it is in the file within about half a second.

        Args:
            line: its text, or what makes a text that needs no finish, called in the thread.
            size: about how many characters it has, if it is no text yet.
        """
        size = len(line) if isinstance(line, str) else size or 0
        with self._guard:
            if self._closing:
                return
            if self._lines and self._size + size > BACKLOG:
                self._dropped += 1
                return
            self._lines.append((line, size))
            self._size += size

    def close(self) -> None:
        """Write what is left, and close the file."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def _opened(self) -> IO[bytes]:
        try:
            if self.path.is_file() and self.path.stat().st_size and not is_record(self.path):
                raise SandboxError(f"{self.path} is no record: another file is not replaced")
            return open(self.path, "wb", opener=_private)
        except OSError as error:
            text = f"the record {self.path} cannot be written: {error.strerror}"
            raise SandboxError(text) from error

    def _run(self) -> None:
        try:
            with self._file:
                while not self._closing:
                    self._wake.wait(FLUSH_SECONDS)
                    self._write()
                self._write()
        except OSError as error:
            with self._guard:
                self._closing = True  # nothing piles up for a file that takes nothing
                self._lines.clear()
            log.error("The record %s ends here: %s", self.path, error)

    def _write(self) -> None:
        for number in itertools.count(1):
            line = self._next()
            if line is None:
                break
            text = self._finish(line) if isinstance(line, str) else line()
            self._file.write(text.encode(errors="replace") + b"\n")
            if number % BATCH == 0 and not self._closing:
                time.sleep(REST_SECONDS)  # the sandbox's own thread goes first
        self._file.flush()

    def _next(self) -> Line | None:
        with self._guard:
            if self._lines:
                line, size = self._lines.popleft()
                self._size -= size
                return line
            dropped, self._dropped = self._dropped, 0
        return self._lost(dropped) if dropped else None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

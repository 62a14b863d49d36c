"""The latest records of the log, numbered, for readers on any thread."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from services.debugcog.logfile import line

if TYPE_CHECKING:
    from services.debugcog.logfile.line import LogLine

LINES_MAX = 5_000
CHARACTERS_MAX = 4_000_000
"""Of all texts together: a record with a traceback may have 30,000."""


class LogLines:
    """Keeps the latest records as they were written; the oldest go first.

    That is half a microsecond for each, on the thread that writes them.

    Args:
        most: records that are kept.
        characters: of all of them together.
    """

    def __init__(self, most: int = LINES_MAX, characters: int = CHARACTERS_MAX) -> None:
        self.most = most
        self._characters = characters
        self._texts = deque[str]()
        self._size = 0
        self._last = 0
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """Count the records that are kept."""
        return len(self._texts)

    @property
    def last(self) -> int:
        """Return the number of the newest record; 0 before the first."""
        return self._last

    def append(self, text: str) -> None:
        """Keep the text of a record, redacted and escaped as the file has it."""
        with self._lock:
            self._texts.append(text)
            self._last += 1
            self._size += len(text)
            while len(self._texts) > self.most or self._size > self._characters:
                self._size -= len(self._texts.popleft())

    def after(self, sequence: int, limit: int) -> tuple[LogLine, ...]:
        """List the records that follow a number, the oldest first; at most ``limit``."""
        with self._lock:
            first = self._last - len(self._texts) + 1
            start = max(0, sequence + 1 - first)
            texts = tuple(islice(self._texts, start, start + limit))
        return tuple(line.log_line(text, first + start + index) for index, text in enumerate(texts))

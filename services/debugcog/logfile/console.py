"""Log lines → standard error or output, except those that a handler of the host prints there."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TextIO

from services.debugcog.interpreter import ending
from services.debugcog.logfile.handlers import part_of, reached
from services.debugcog.logfile.host_writers import writes_to
from services.debugcog.wording import counted, noun

WAITING_MAX = 1_000
"""Texts that wait while nobody reads, as with a stopped terminal or a full pipe."""
CLOSE_SECONDS = 1.0
FLUSH_SECONDS = 0.5
"""For which nobody who waits for the log waits for whoever reads the console."""


class Console:
    """Prints on one of the process's real standard streams, and never waits or raises.

    The real one: a host that sends ``sys.stderr`` into logging would make a circle. A thread of its
    own waits for whoever reads it, so that the log file never does; what finds no room is counted.

    Args:
        stream: the real standard output; otherwise it is standard error.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream: TextIO | None = stream or sys.__stderr__
        self._waiting: deque[str] = deque()
        self._left_out = 0
        self._queued = self._printed = 0
        self._news = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> None:
        """Have a text printed; what cannot be printed is left out."""
        if self.stream is None or not text:  # a process without a console, e.g. pythonw
            return
        if self._thread is None and ending():  # no thread begins any more
            self._print(text)
            return
        with self._news:
            if len(self._waiting) >= WAITING_MAX:
                self._left_out += text.count("\n")
                return
            self._waiting.append(text)
            self._queued += 1
            self._news.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="debugcog-console", daemon=True)
            self._thread.start()

    def flush(self, seconds: float) -> bool:
        """Wait until what waits by now is printed; False if nobody reads it in that time."""
        if self._thread is None or sys.is_finalizing():
            return True
        with self._news:
            last = self._queued
            return self._news.wait_for(
                lambda: self._printed >= last, min(max(seconds, 0.0), FLUSH_SECONDS)
            )

    def prints_into(self, path: Path) -> bool:
        """Return whether the console is sent into a file, so that it has what is printed."""
        return writes_to(self.stream, path)

    def close(self) -> None:
        """Print what waits, as far as somebody reads it within a second."""
        if self._thread is not None:
            with self._news:
                self._closing = True
                self._news.notify_all()
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                text, left_out = self._waiting.popleft(), self._left_out
                self._left_out = 0
            if left_out:
                lines = counted(left_out, "line was", "lines were")
                text += f"[… {lines} not printed: nobody read {noun(left_out, 'it', 'them')} …]\n"
            self._print(text)
            with self._news:
                self._printed += 1
                self._news.notify_all()

    def _print(self, text: str) -> None:
        assert self.stream is not None, "nothing is written without one"
        try:
            encoding = self.stream.encoding or "utf-8"
            self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self.stream.flush()
        except (OSError, ValueError):  # closed, or a pipe whose reader has gone
            pass


def printed_elsewhere(name: str, level: int) -> bool:
    """Return whether a handler of a record's logger, or one above it, prints it on a console.

    ``bot.run()`` gives the logger ``discord`` such a handler.
    """
    return any(_prints(handler) for handler in reached(name, level))


def _prints(handler: logging.Handler) -> bool:
    if not issubclass(type(handler), logging.StreamHandler):
        return False
    consoles = (sys.stderr, sys.stdout, sys.__stderr__, sys.__stdout__)
    stream = part_of(handler, "stream")
    return stream is not None and any(stream is console for console in consoles)

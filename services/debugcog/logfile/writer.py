"""Thread that takes entries from the queue and writes them, formatted, to file and console.

The event loop wants the interpreter's lock back quickly, and a thread that computes gives it up
after 5 ms only. So the writer works in short steps and really sleeps between them: long enough for
the loop to handle what it was late for. What it formats in some steps is written at once, as each
write is four calls of the system. It is called by the first record after a time without any; as
long as they come, it looks for them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from itertools import islice
from threading import Event
from typing import TextIO

from services.debugcog.guard import HostCall, own_logger
from services.debugcog.interpreter import ending
from services.debugcog.log_message import Message
from services.debugcog.logfile.console import Console, printed_elsewhere
from services.debugcog.logfile.entry import OWN_LOGGER, Entry
from services.debugcog.logfile.format import LineFormat
from services.debugcog.logfile.queue import KINDS, RecordQueue
from services.debugcog.logfile.target import LogTarget
from services.debugcog.logfile.text import REDACTED, Redact
from services.debugcog.wording import counted

POLL_SECONDS = 0.05
STEP_SECONDS = 0.0001
"""In which some records are formatted before the writer rests: one at least."""
REST_SECONDS = 0.001
HASTE_MAX = 8
"""How many times as long a step may be while many records wait, and as short the rest after it."""
BACKLOG = 50
"""Waiting records for which a step grows by its own length; the writer waits for no more then."""
BITE_SECONDS = 0.05
"""In which the records that are written at once are formatted."""
LINES_MAX = 100
"""Records that are, at the most."""
REPORT_SECONDS = 1.0
CLOSE_SECONDS = 10.0

Line = tuple[Entry, str]
log = own_logger(OWN_LOGGER)


class LogWriter:
    """Empties one queue until closed.

    Args:
        queue: where the records come from.
        redact: takes the secrets out of a text.
        target: where the lines go, if they go to a file.
        console: print the records too; without it they are printed only while the file fails.
        stream: to print on, other than standard error.
        keep: gets the text of each record.

    Attributes:
        dropped: records that found no room in the queue, by kind, as of the last look at it.
    """

    def __init__(
        self,
        queue: RecordQueue,
        redact: Redact,
        target: LogTarget | None,
        keep: Callable[[str], None],
        *,
        console: bool,
        stream: TextIO | None = None,
    ) -> None:
        self.dropped = dict.fromkeys(KINDS, 0)
        self._queue = queue
        self._target = target
        self._keep = keep
        self._console = Console(stream)
        self._print_all = console
        self._format = LineFormat(redact)
        self._format_blind = LineFormat(lambda _: REDACTED)
        self._wake = Event()
        self._closing = False
        self._reported = self.dropped
        self._report_at = 0.0
        self._thread = threading.Thread(target=self._run, name="debugcog-log", daemon=True)
        self._host_call = HostCall()

    def start(self) -> None:
        """Start the thread, unless the interpreter is ending."""
        if not ending():
            self._thread.start()

    def flush(self, timeout: float) -> bool:
        """Wait until all that is queued by now is written; False if it took longer (seconds).

        It does not wait for an argument of a record whose text hangs, and for half a second at most
        for a console that nobody reads.
        """
        if not self._thread.is_alive():  # closed, or this is a forked child
            return False
        end = time.monotonic() + timeout
        mark = self._queue.mark()
        self._wake.set()
        is_written = self._host_call.wait(mark.wait, timeout)
        return is_written and self._console.flush(end - time.monotonic())

    def close(self) -> None:
        """Refuse new records, write all that were accepted, and end the thread."""
        self._queue.shut()
        self._closing = True
        self._wake.set()
        if self._thread.is_alive():  # not for ever: the terminal may be stopped
            self._host_call.wait(self._has_ended, CLOSE_SECONDS)

    def _has_ended(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        is_busy = False
        while not self._closing:
            if not is_busy:
                untold = self.dropped != self._reported
                self._queue.wait(REPORT_SECONDS if untold else None)
            if self._queue.waiting() < BACKLOG:
                self._wake.wait(POLL_SECONDS)  # more of them gather
            self._wake.clear()
            is_busy = self._drain()
        while self._drain():
            pass
        self._report_drops()
        if self._target is not None:
            self._target.close()
        self._console.close()

    def _drain(self) -> bool:
        """Write what waits now; tell if there was anything. Whatever happens, the thread lives."""
        left, is_busy = self._queue.waiting(), False
        try:
            while left > 0:
                left -= self._bite(left)
                self._check_drops()
                is_busy = True
                self._rest()
            self._check_drops()
        except BaseException:
            log.exception("Log writer failed, and goes on")
        return is_busy

    def _bite(self, most: int) -> int:
        """Write what can be formatted in the time of a bite; return how many entries it took."""
        now = time.perf_counter()
        end, rest_at = now + BITE_SECONDS, now + self._step_seconds()
        lines: list[Line] = []
        marks: list[Event] = []
        taken = 0
        for entry in islice(self._queue.take(), min(most, LINES_MAX)):
            taken += 1
            if isinstance(entry, Event):
                marks.append(entry)
            else:
                if lines and not self._format.is_quick(entry):
                    self._write(lines)
                    lines = []
                lines.append((entry, self._line(entry)))
            now = time.perf_counter()
            if now >= end:
                break
            if now >= rest_at:
                self._rest()
                rest_at = time.perf_counter() + self._step_seconds()
        if lines:
            self._write(lines)
        for mark in marks:
            mark.set()
        return taken

    def _step_seconds(self) -> float:
        return STEP_SECONDS * self._haste()

    def _rest(self) -> None:
        if not self._closing:
            time.sleep(REST_SECONDS / self._haste())

    def _haste(self) -> int:
        return min(HASTE_MAX, 1 + self._queue.waiting() // BACKLOG)

    def _write(self, lines: Sequence[Line]) -> None:
        for _, text in lines:
            self._keep(text)
        if self._target is not None:
            has_printed = self._print_all and self._console.prints_into(self._target.path)
            self._target.write(
                [
                    (entry, text.encode(errors="backslashreplace"))
                    for entry, text in lines
                    if not (has_printed and _is_ours(entry))
                ]
            )
        if self._print_all or (self._target is not None and self._target.failing):
            self._console.write("".join(line for entry, line in lines if _is_ours(entry)))
        for level, text in self._target.news() if self._target is not None else ():
            self._tell(level, text)

    def _line(self, entry: Entry) -> str:
        """Format an entry; one that formatting itself caused (a broken redactor) hides its text."""
        caused_here = entry.thread == self._thread.ident and entry.name != OWN_LOGGER
        with self._host_call:
            return (self._format_blind if caused_here else self._format)(entry)

    def _tell(self, level: int, text: str) -> None:
        """Write a line of our own, past the queue."""
        name = logging.getLevelName(level)
        entry = Entry(OWN_LOGGER, level, name, time.time(), None, Message(text))
        self._write([(entry, self._line(entry))])

    def _check_drops(self) -> None:
        self.dropped = self._queue.dropped()
        now = time.monotonic()
        if now >= self._report_at:
            self._report_at = now + REPORT_SECONDS
            self._report_drops()

    def _report_drops(self) -> None:
        new = {kind: count - self._reported[kind] for kind, count in self.dropped.items()}
        if not any(new.values()):
            return
        self._reported = self.dropped
        what = ", ".join(f"{count} {kind}" for kind, count in new.items() if count)
        level = logging.ERROR if new["error"] else logging.WARNING
        records = counted(sum(new.values()), "record was", "records were")
        self._tell(level, f"Log queue was full: {records} dropped ({what})")


def _is_ours(entry: Entry) -> bool:
    """Return whether the console gets this record from us alone."""
    return entry.name == OWN_LOGGER or not printed_elsewhere(entry.name, entry.level)

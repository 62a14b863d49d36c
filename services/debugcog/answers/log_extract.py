"""What is asked of the log, and from where → LogExtract: the text of a file, bounded in size."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.debugcog.answers.log_page import LATEST, Look, Position, reader_of
from services.debugcog.answers.logs import LogSource, redacted
from services.debugcog.frozen import frozen
from services.debugcog.logfile.entry import INDENT
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.search import REST_SECONDS
from services.debugcog.logfile.text import Redact

SIZE_MAX = 2 * 1024 * 1024
SECONDS = 6.0
BATCH = 500
BITE = 8
"""Records between two rests: some tenths of a millisecond to redact them."""


@frozen(kw_only=True)
class LogExtract:
    """Records of the log as a file.

    Attributes:
        text: as the log has them, redacted.
        count: of the records.
        first, last: their times, unix seconds; None where that is not known.
        is_whole: whether these are all that were asked for.
    """

    text: str
    count: int
    first: float | None
    last: float | None
    is_whole: bool


def log_extract(
    source: LogSource,
    wanted: LogFilter,
    position: Position = LATEST,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> LogExtract:
    """Collect records as a position asks, without a limit but that of size and time.

    Raises:
        ValueError: the cursor or the regular expression is none, or that takes too long.
        RotatedError: the cursor's file is no longer there.
        OSError: the folder cannot be read.
    """
    reader = reader_of(source)
    around = position.kind == "around"
    start = reader.locate(position.at) if around else position.cursor
    room = SIZE_MAX // 2 if around else SIZE_MAX
    until = clock() + SECONDS
    older = _Extracted(source.redact, room, lambda: clock() >= until)
    newer = _Extracted(source.redact, room, lambda: clock() >= until)
    if position.kind != "after":
        older.collect(reader.back, wanted, start, back=True)
    if position.kind == "after" or (around and start):
        newer.collect(reader.on, wanted, start, back=False)
    texts, times = [*older.texts[::-1], *newer.texts], [*older.times[::-1], *newer.times]
    return LogExtract(
        text="".join(texts),
        count=len(texts),
        first=times[0] if times else None,
        last=times[-1] if times else None,
        is_whole=older.is_whole and newer.is_whole,
    )


class _Extracted:
    """Texts of records in the order in which they are found, as far as there is room and time."""

    def __init__(self, redact: Redact, room: int, is_over: Callable[[], bool]) -> None:
        self.texts: list[str] = []
        self.times: list[float | None] = []
        self.is_whole = True
        self._redact = redact
        self._room = room
        self._is_over = is_over

    def collect(self, look: Look, wanted: LogFilter, cursor: str, *, back: bool) -> None:
        """Collect from a cursor, back in time or on."""
        while True:
            found = look(wanted, BATCH, cursor)
            for line in reversed(found.lines) if back else found.lines:
                if not self._take(redacted(line, self._redact)):
                    self.is_whole = False
                    return
            if not found.cursor:
                return
            if self._is_over():
                self.is_whole = False
                return
            cursor = found.cursor

    def _take(self, line: LogLine) -> bool:
        text = text_of(line)
        self._room -= len(text.encode(errors="replace"))
        if self._room < 0:
            return False
        self.texts.append(text)
        self.times.append(line.time)
        if len(self.texts) % BITE == 0:
            time.sleep(REST_SECONDS)  # the bot's loop wants the interpreter
        return True


def text_of(line: LogLine) -> str:
    """Write a record as the log file has it."""
    below = "".join(f"{INDENT}{one}\n" for one in line.below)
    if line.time is None or not line.level:
        return f"{line.message}\n{below}"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(line.time))
    head = f"{stamp},{int(line.time * 1000) % 1000:03} [{line.level}] {line.logger}"
    return f"{head}: {line.message}\n{below}"

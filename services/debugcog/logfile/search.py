"""Files of the log and a LogFilter → what is found in them, back or on from a place.

A file is read in blocks of whole records, and only a block that has the words is taken apart. The
bot's loop wants the interpreter's lock back quickly, so a block is about a millisecond of work, and
the search really sleeps between two of them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

from services.debugcog.frozen import frozen
from services.debugcog.logfile.blocks import block_back, block_on, records_back
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import UNNAMED, LogLine, log_line
from services.debugcog.logfile.log_files import LogFile, LogFiles
from services.debugcog.patterns import late_pattern

BITE = 50
"""Records that are found between two rests."""
REST_SECONDS = 0.0002
SECONDS = 1.5
CURSOR = late_pattern(r"(\d{1,20})-(\d{1,15})", re.ASCII)


class RotatedError(LookupError):
    """The file in which a search was to go on is no longer there."""


@frozen
class Found:
    """What a search found.

    Attributes:
        lines: the newest last.
        cursor: where to go on, further the same way; empty when all was searched.
        until: how far it went, unix seconds; None when nothing was looked at.
        unread: why the first file that could not be read was left out; None where all could.
        places: of each line, as a cursor: a search back from there begins before it, one on from
            there with it.
    """

    lines: tuple[LogLine, ...]
    cursor: str
    until: float | None
    unread: OSError | None = None
    places: tuple[str, ...] = ()


def search(
    files: LogFiles,
    wanted: LogFilter,
    limit: int,
    cursor: str = "",
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
    matches: Callable[[LogLine], bool] | None = None,
) -> Found:
    """Search back in time until there are enough records, the time is over, or all was searched.

    Args:
        files: to search.
        wanted: what to look for.
        limit: records at most.
        cursor: of an earlier answer, to go on from there.
        seconds: how long; what is left then is searched by the next call.
        clock: monotonic seconds.
        matches: what else a record must be, if anything.

    Raises:
        ValueError: the cursor is none.
        RotatedError: its file is no longer there.
        OSError: their folder cannot be read.
    """
    one = _Search(files.folder, wanted, limit, clock() + seconds, clock, matches)
    remaining = tuple(_remaining(files.all(), cursor))
    for file, end in remaining:
        stopped_at = one.back(file, end)
        if stopped_at is not None:
            is_all = stopped_at == 0 and file == remaining[-1][0]
            return one.found("" if is_all else place(file, stopped_at), back=True)
    return one.found("", back=True)


def search_on(
    files: LogFiles,
    wanted: LogFilter,
    limit: int,
    cursor: str,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
    matches: Callable[[LogLine], bool] | None = None,
) -> Found:
    """Search on in time, from the record at the cursor; the rest is as for ``search``."""
    one = _Search(files.folder, wanted, limit, clock() + seconds, clock, matches)
    for file, start in _following(files.all(), cursor):
        stopped_at = one.on(file, start)
        if stopped_at is not None:
            return one.found(place(file, stopped_at), back=False)
    return one.found("", back=False)


def place(file: LogFile, offset: int) -> str:
    """Name a byte of a file, as a cursor."""
    return f"{file.number}-{offset}"


def _remaining(files: tuple[LogFile, ...], cursor: str) -> Iterator[tuple[LogFile, int]]:
    """Yield each file that is left to search, and the byte at which to begin, backwards."""
    begin, rest = (files[0].size if files else 0), files
    if cursor:
        at, offset = _pointed_at(files, cursor)
        begin, rest = min(offset, files[at].size), files[at:]
    for index, file in enumerate(rest):
        yield file, begin if index == 0 else file.size


def _following(files: tuple[LogFile, ...], cursor: str) -> Iterator[tuple[LogFile, int]]:
    """Yield the file of the cursor and those after it, and the byte at which to begin."""
    at, offset = _pointed_at(files, cursor)
    for index in range(at, -1, -1):
        yield files[index], offset if index == at else 0


def _pointed_at(files: tuple[LogFile, ...], cursor: str) -> tuple[int, int]:
    """Find a cursor's file, by its index, and its byte."""
    found = CURSOR.fullmatch(cursor)
    if found is None:
        raise ValueError("before is what an earlier answer gave as its cursor")
    at = next((at for at, file in enumerate(files) if file.number == int(found[1])), None)
    if at is None:
        raise RotatedError("That part of the log is gone by rotation; search again.")
    return at, int(found[2])


class _Search:
    """Collects what is found, in the order in which it is looked at."""

    def __init__(
        self,
        folder: Path,
        wanted: LogFilter,
        limit: int,
        deadline: float,
        clock: Callable[[], float],
        matches: Callable[[LogLine], bool] | None,
    ) -> None:
        self._lines: list[tuple[LogLine, str]] = []
        self._until: float | None = None
        self._unread: OSError | None = None
        self._folder = folder
        self._wanted = wanted
        self._limit = limit
        self._deadline = deadline
        self._clock = clock
        self._matches = matches
        heads = [f" [{level}] " for level in wanted.levels]
        self._heads = tuple(head.encode() for head in (*heads, f" [{UNNAMED}") if heads)
        self._text = wanted.text.casefold()
        self._logger = f"] {wanted.prefix}".encode() if wanted.prefix else b""

    def found(self, cursor: str, *, back: bool) -> Found:
        """Return what was found, the newest last."""
        found = self._lines[::-1] if back else self._lines
        lines, places = zip(*found, strict=True) if found else ((), ())
        return Found(lines, cursor, self._until, self._unread, places)

    def back(self, file: LogFile, end: int) -> int | None:
        """Search a file from a byte back to its beginning.

        Returns:
            The byte at which it stopped; None when it is done, cannot be read, or was deleted by a
            rotation meanwhile.
        """
        return self._read(file, lambda opened: self._back(opened, file, end))

    def on(self, file: LogFile, start: int) -> int | None:
        """Search a file from a byte on; return where it stopped, as ``back`` does."""
        return self._read(file, lambda opened: self._on(opened, file, start))

    def _read(self, file: LogFile, read: Callable[[FileIO], int | None]) -> int | None:
        try:
            with FileIO(self._folder / file.name) as opened:
                return read(opened)
        except FileNotFoundError:
            return None
        except OSError as error:  # the other files are worth reading all the same
            self._unread = self._unread or error
            return None

    def _back(self, opened: FileIO, file: LogFile, end: int) -> int | None:
        while end > 0:
            start, block = block_back(opened, end)
            records = records_back(block) if self._looked_at(block) else ()
            for offset, record in records:
                if self._may_have(record) and self._add(record, place(file, start + offset)):
                    return start + offset
            if self._clock() >= self._deadline:
                return start
            end = start
            time.sleep(REST_SECONDS)
        return None

    def _on(self, opened: FileIO, file: LogFile, start: int) -> int | None:
        while start < file.size:
            block = block_on(opened, start, file.size)
            records = list(records_back(block)) if self._looked_at(block) else []
            for offset, record in reversed(records):
                if self._may_have(record) and self._add(record, place(file, start + offset)):
                    return start + offset + len(record)
            start += len(block)
            if not block or self._clock() >= self._deadline:
                return start if block else None
            time.sleep(REST_SECONDS)
        return None

    def _looked_at(self, block: bytes) -> bool:
        """Tell whether a block may have what is asked for; else note how far it was looked at."""
        if self._may_have(block):
            return True
        first = block[: block.find(b"\n")].decode(errors="replace")
        self._until = log_line(first).time or self._until
        return False

    def _add(self, record: bytes, at: str) -> bool:
        """Add a record that is asked for; return whether there are enough."""
        line = log_line(record.decode(errors="replace"))
        self._until = line.time or self._until
        if self._wanted.takes(line) and (self._matches is None or self._matches(line)):
            self._lines.append((line, at))
            if len(self._lines) % BITE == 0:
                time.sleep(REST_SECONDS)
        return len(self._lines) >= self._limit

    def _may_have(self, data: bytes) -> bool:
        """Tell, at the price of a search for bytes, whether a closer look is worth it."""
        return (
            self._logger in data
            and (not self._heads or any(head in data for head in self._heads))
            and (not self._text or self._text in data.decode(errors="replace").casefold())
        )

"""What is asked of the log, and from where → LogPage: records around a place of the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

from services.debugcog.answers.log_readers import FileReader, LinesReader
from services.debugcog.answers.logs import LogSource, redacted, unreadable
from services.debugcog.frozen import frozen
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LEVELS, LogLine, number_of
from services.debugcog.logfile.no_file import TO_NO_FILE
from services.debugcog.logfile.search import Found, RotatedError

LIMIT = 100
"""Records of an answer; a page of Discord takes fewer."""
PATIENCE = 4.0
"""Seconds for which is searched on while nothing was found."""
NEAR = 5.0
"""Seconds around the time of an error in which its record is looked for."""
Look = Callable[[LogFilter, int, str], Found]
"""Searches one way; gets a limit and a cursor."""


@frozen(kw_only=True)
class Position:
    """Where in the log to look.

    Attributes:
        kind: the latest records; those before a cursor; those after the record at one; or those
            around a time.
        cursor: that an earlier answer gave.
        at: unix seconds.
        hint: a word that marks the record which is meant, such as the type of an error.
    """

    kind: Literal["latest", "before", "after", "around"] = "latest"
    cursor: str = ""
    at: float = 0.0
    hint: str = ""


LATEST = Position()


@frozen(kw_only=True)
class LogPage:
    """Records of the log, and what was searched for them.

    Attributes:
        lines: the newest last, ``LIMIT`` at most.
        places: of each line, as a cursor.
        position: that was asked for.
        hit: index of the record that was meant; None without one.
        cursor: where a search that stopped early goes on, the same way; empty when it is done.
        until: how far was looked, unix seconds; None when nothing was looked at.
        files: names of the files that there are, the newest first; empty where there are none.
        size: of all of them, bytes.
        kept: records that are kept in memory, where there are no files.
        no_file: why there are none, beginning with the setting.
        trouble: what is missing and why; None when all is well.
    """

    lines: tuple[LogLine, ...] = ()
    places: tuple[str, ...] = ()
    position: Position = LATEST
    hit: int | None = None
    cursor: str = ""
    until: float | None = None
    files: tuple[str, ...] = ()
    size: int = 0
    kept: int = 0
    no_file: str = TO_NO_FILE
    trouble: str | None = None


class Reader(Protocol):
    """Where records are read from: the files, or the memory."""

    def back(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search back from a cursor; from the newest record without one."""

    def on(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search on, from the record at a cursor."""

    def locate(self, at: float) -> str:
        """Return the cursor of the first record at or after a time."""


def log_page(
    source: LogSource,
    wanted: LogFilter,
    position: Position = LATEST,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> LogPage:
    """Answer; it reads files, for some seconds where it finds nothing, so call it in a thread.

    Raises:
        ValueError: the cursor or the regular expression is none, or that takes too long.
    """
    reader, searched = reader_of(source), _searched(source)
    try:
        found, hit = _found(reader, wanted, position, clock)
    except RotatedError as error:
        return LogPage(trouble=str(error), position=position, **searched)
    except OSError as error:
        return LogPage(trouble=unreadable(source, error), position=position, **searched)
    return LogPage(
        lines=tuple(redacted(line, source.redact) for line in found.lines),
        places=found.places,
        position=position,
        hit=hit,
        cursor=found.cursor,
        until=found.until,
        trouble=unreadable(source, found.unread) if found.unread else None,
        **searched,
    )


def reader_of(source: LogSource) -> Reader:
    """Return what reads the records."""
    return FileReader(source.files) if source.files else LinesReader(source.lines)


def _searched(source: LogSource) -> dict[str, Any]:
    """Tell what there is to search."""
    if source.files is None:
        return {"kept": source.lines.count, "no_file": source.no_file}
    try:
        files = source.files.all()
    except OSError:
        return {}
    return {"files": tuple(file.name for file in files), "size": sum(file.size for file in files)}


def _found(
    reader: Reader, wanted: LogFilter, position: Position, clock: Callable[[], float]
) -> tuple[Found, int | None]:
    """Search as a position asks, and tell which record was meant, if one was."""
    until = clock() + PATIENCE
    if position.kind == "around":
        start = reader.locate(position.at)
        if not start:
            return Found((), "", None), None
        older = _patient(reader.back, wanted, start, lambda: clock() >= until, limit=LIMIT // 2)
        newer = _patient(reader.on, wanted, start, lambda: clock() >= until, limit=LIMIT // 2)
        lines = (*older.lines, *newer.lines)
        both = replace(older, lines=lines, places=(*older.places, *newer.places))
        return both, _hit(lines, position)
    if position.kind == "after":
        seen = position.cursor
        found = _patient(reader.on, wanted, seen, lambda: clock() >= until, seen=seen)
        return found, None
    return _patient(reader.back, wanted, position.cursor, lambda: clock() >= until), None


def _patient(
    look: Look,
    wanted: LogFilter,
    cursor: str,
    is_over: Callable[[], bool],
    *,
    limit: int = LIMIT,
    seen: str = "",
) -> Found:
    """Search on for some seconds while nothing is found but the record that was seen already."""
    until, unread = None, None
    while True:
        found = look(wanted, limit, cursor)
        if found.places[:1] == (seen,):
            found = replace(found, lines=found.lines[1:], places=found.places[1:])
        until, unread = found.until or until, unread or found.unread
        if found.lines or not found.cursor or is_over():
            return replace(found, until=until, unread=unread)
        cursor = found.cursor


def _hit(lines: Sequence[LogLine], position: Position) -> int | None:
    """Choose the record that was meant: of an error, or else the first one at or after the time."""
    at, hint = position.at, position.hint
    near = [
        (index, line)
        for index, line in enumerate(lines)
        if line.time is not None and abs(line.time - at) <= NEAR
    ]
    if hint and near:
        return min(near, key=lambda one: _unlikely(one[1], at, hint))[0]
    later = (n for n, line in enumerate(lines) if line.time is not None and line.time >= at)
    return next(later, len(lines) - 1 if lines else None)


def _unlikely(line: LogLine, at: float, hint: str) -> tuple[bool, bool, float]:
    """Rank a record by how little it looks like the error that is meant."""
    has_hint = any(hint in text for text in (line.message, *line.below))
    return not has_hint, number_of(line.level) < LEVELS["ERROR"], abs((line.time or 0.0) - at)

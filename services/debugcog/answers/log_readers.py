"""LogFilter and cursor → what is found in the files of the log, or in the lines in memory."""

from __future__ import annotations

from collections.abc import Iterable

from services.debugcog.frozen import frozen
from services.debugcog.logfile.filter import LogFilter, tells_of_search
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.lines import LogLines
from services.debugcog.logfile.locate import locate
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.pattern_program import matched_text
from services.debugcog.logfile.pattern_search import matching, search_pattern
from services.debugcog.logfile.search import CURSOR, Found, RotatedError, search, search_on

MEMORY = "0"
"""Number of the file in a cursor that leads into the memory; no file has it."""
GONE = "That part of the log is no longer in memory; search again."


@frozen
class FileReader:
    """Reads the files; an expression is left to a process of its own."""

    files: LogFiles

    def back(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search back from a cursor; from the newest record without one."""
        if wanted.pattern:
            return search_pattern(self.files.path, wanted, limit, cursor, back=True)
        return search(self.files, wanted, limit, cursor)

    def on(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search on, from the record at a cursor."""
        if wanted.pattern:
            return search_pattern(self.files.path, wanted, limit, cursor, back=False)
        return search_on(self.files, wanted, limit, cursor)

    def locate(self, at: float) -> str:
        """Return the cursor of the first record at or after a time; empty without records."""
        return locate(self.files, at)


@frozen
class LinesReader:
    """Reads the lines in memory, where the log goes to no file."""

    lines: LogLines

    def back(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search back from a cursor; from the newest record without one."""
        before = _sequence(cursor) if cursor else None
        kept = self.lines.after(0, self.lines.most)
        looked = tuple(one for one in kept if before is None or one.sequence < before)
        return _found(taken(wanted, looked), limit, looked[:1], back=True)

    def on(self, wanted: LogFilter, limit: int, cursor: str) -> Found:
        """Search on, from the record at a cursor."""
        kept = self.lines.after(_sequence(cursor) - 1, self.lines.most)
        return _found(taken(wanted, kept), limit, kept[-1:], back=False)

    def locate(self, at: float) -> str:
        """Return the cursor of the first record at or after a time; empty without records."""
        kept = self.lines.after(0, self.lines.most)
        if not kept:
            return ""
        later = (one.sequence for one in kept if one.time is not None and one.time >= at)
        return f"{MEMORY}-{next(later, kept[-1].sequence + 1)}"


def taken(wanted: LogFilter, lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
    """Choose the lines that are asked for; it waits for a process where there is an expression."""
    found = tuple(line for line in lines if wanted.takes(line))
    if not wanted.pattern or not found:
        return found
    found = tuple(line for line in found if not tells_of_search(line))
    matches = matching(wanted.pattern, [matched_text(line) for line in found])
    return tuple(line for line, is_match in zip(found, matches, strict=True) if is_match)


def _found(
    lines: tuple[LogLine, ...], limit: int, last: tuple[LogLine, ...], *, back: bool
) -> Found:
    """Cut what was found to a limit.

    Args:
        lines: the newest last.
        limit: of them.
        last: the one that was looked at last, if any was.
        back: whether the search went back in time.
    """
    shown = lines[-limit:] if back else lines[:limit]
    rest = ""
    if len(lines) > limit:
        rest = f"{MEMORY}-{shown[0].sequence if back else shown[-1].sequence + 1}"
        last = shown[:1] if back else shown[-1:]
    far = last[0].time if last else None
    return Found(shown, rest, far, None, tuple(f"{MEMORY}-{one.sequence}" for one in shown))


def _sequence(cursor: str) -> int:
    found = CURSOR.fullmatch(cursor)
    if found is None or found[1] != MEMORY:
        raise RotatedError(GONE)
    return int(found[2])

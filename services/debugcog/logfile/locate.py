"""Files of the log and a time → the place of the first record from then on, by bisection."""

from __future__ import annotations

from io import FileIO

from services.debugcog.logfile.blocks import BLOCK, block_on, records_back
from services.debugcog.logfile.line import STAMP_LENGTH, time_of
from services.debugcog.logfile.log_files import LogFile, LogFiles
from services.debugcog.logfile.search import place


def locate(files: LogFiles, at: float) -> str:
    """Find the first record at or after a time.

    A file in which every record is older leads to its own end, and so to the file after it.

    Args:
        files: to look at.
        at: unix seconds.

    Returns:
        Its place, as a cursor; that of the oldest record where all are newer, and an empty text
        where no file has a record with a time.

    Raises:
        OSError: their folder cannot be read.
    """
    oldest = ""
    for file in files.all():
        try:
            with FileIO(files.folder / file.name) as opened:
                first = _first_time(opened, 0, file.size)
                if first is not None and first[1] <= at:
                    return place(file, _bisected(opened, file, at))
        except OSError:  # the other files are worth reading all the same
            continue
        oldest = oldest if first is None else place(file, 0)
    return oldest


def _bisected(opened: FileIO, file: LogFile, at: float) -> int:
    low, high = 0, file.size
    while high - low > BLOCK:
        middle = (low + high) // 2
        found = _first_time(opened, middle, high)
        if found is not None and found[0] < high and found[1] < at:
            low = found[0]
        else:
            high = middle
    return _scanned(opened, low, file.size, at)


def _scanned(opened: FileIO, start: int, end: int, at: float) -> int:
    """Look at each record from a byte on; return where the first one at or after a time begins."""
    while start < end:
        block = block_on(opened, start, end)
        if not block:
            break
        for offset, record in reversed(list(records_back(block))):
            written = _time(record)
            if written is not None and written >= at:
                return start + offset
        start += len(block)
    return end


def _first_time(opened: FileIO, start: int, end: int) -> tuple[int, float] | None:
    """Find the first record with a time that begins at or after a byte, and before another."""
    while start < end:
        block = block_on(opened, start, end)
        for offset, record in reversed(list(records_back(block))):
            written = _time(record)
            if written is not None and (offset or start == 0 or _begins(opened, start)):
                return start + offset, written
        if not block:
            break
        start += len(block)
    return None


def _begins(opened: FileIO, start: int) -> bool:
    """Tell whether a line begins at a byte."""
    opened.seek(start - 1)
    return opened.read(1) == b"\n"


def _time(record: bytes) -> float | None:
    return time_of(record[:STAMP_LENGTH].decode(errors="replace"))

"""Open log file → blocks of whole records, back or on from a byte, and the records of a block."""

from __future__ import annotations

from collections.abc import Iterator
from io import FileIO

from services.debugcog.patterns import late_pattern

BLOCK = 65_536
"""Bytes that are read at a time."""
RECORD_MAX = 1_048_576
"""Bytes without the beginning of a record after which a block is taken as it is."""
_RECORD = late_pattern(rb"\n(?=[^\n ])")


def block_back(file: FileIO, end: int) -> tuple[int, bytes]:
    """Read whole records that end at a byte; return where the first of them begins, too."""
    size = BLOCK
    while True:
        start = max(0, end - size)
        file.seek(start)
        data = file.read(end - start)
        begin = 0 if start == 0 else _first_record(data)
        if begin is not None:
            return start + begin, data[begin:]
        if size >= RECORD_MAX:
            return start, data
        size *= 2


def block_on(file: FileIO, start: int, end: int) -> bytes:
    """Read whole records that begin at a byte; ``end`` is where the last one of all ends."""
    size = BLOCK
    while True:
        file.seek(start)
        data = file.read(min(size, end - start))
        if start + len(data) >= end or size >= RECORD_MAX:
            return data
        begins = [found.end() for found in _RECORD.finditer(data)]
        if begins:
            return data[: begins[-1]]
        size *= 2


def records_back(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a block from the last to the first, each with where it begins."""
    begins = [0, *(found.end() for found in _RECORD.finditer(block))]
    end = len(block)
    for begin in reversed(begins):
        yield begin, block[begin:end]
        end = begin


def _first_record(data: bytes) -> int | None:
    found = _RECORD.search(data)
    return found.end() if found else None

"""End of the log file → the last lines that were written before a moment."""

from __future__ import annotations

from pathlib import Path

from services.debugcog.logfile import line as logfile_line

TAIL_BYTES = 32_768
LINES = 50


def last_lines(path: Path, before: float) -> tuple[str, ...]:
    """Return the last lines of a run that ended before a moment; none where there is no file.

    They are as long as they are: where the host writes the file, nobody has redacted them.

    Args:
        path: the log file.
        before: unix seconds; lines with a later stamp, and what is indented below them, are of
            the run that goes on now.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            lines = file.read(TAIL_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return ()
    whole = lines[1:] if size > TAIL_BYTES else lines
    kept: list[str] = []
    for line in whole:
        written = logfile_line.time_of(line)
        if written is not None and written >= before:
            break
        kept.append(line)
    return tuple(kept[-LINES:])

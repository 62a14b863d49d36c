"""What is asked of the log → LogsAnswer, from the buffer or from the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.debugcog.frozen import frozen
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LogLine
from services.debugcog.logfile.lines import LogLines
from services.debugcog.logfile.log_files import LogFile, LogFiles
from services.debugcog.logfile.no_file import TO_NO_FILE
from services.debugcog.logfile.search import RotatedError, search

BATCH_MAX = 500
NO_FILE = "The log goes to no file: {}. Only the latest records are here."


@frozen
class LogSource:
    """Where records are found.

    Attributes:
        lines: the latest ones.
        files: of the log; None where it goes to no file.
        redact: for what others may have written to the files.
        no_file: why it goes to none.
    """

    lines: LogLines
    files: LogFiles | None
    redact: Callable[[str], str]
    no_file: str = TO_NO_FILE


@frozen(kw_only=True)
class LogsAnswer:
    """Records of the log.

    Attributes:
        lines: the newest last, ``BATCH_MAX`` at most.
        last: number of the newest record that was looked at; 0 where files were searched.
        until: how far back was looked, unix seconds; None when nothing was.
        cursor: where to search on, further back; empty when there is no more.
        trouble: why there is nothing, or not everything, in a sentence; None when all is well.
    """

    lines: tuple[LogLine, ...] = ()
    last: int = 0
    until: float | None = None
    cursor: str = ""
    trouble: str | None = None


@frozen(kw_only=True)
class LogFilesAnswer:
    """The files of the log.

    Attributes:
        files: the one that is written now first, then back in time.
        trouble: why there are none, in a sentence; None when all is well.
    """

    files: tuple[LogFile, ...] = ()
    trouble: str | None = None


def latest(source: LogSource, wanted: LogFilter) -> LogsAnswer:
    """List the latest records that are kept."""
    last, kept = source.lines.last, source.lines.after(0, source.lines.most)
    found = [line for line in kept if wanted.takes(line)]
    return LogsAnswer(
        lines=tuple(found[-BATCH_MAX:]), last=last, until=kept[0].time if kept else None
    )


def found(source: LogSource, wanted: LogFilter, cursor: str = "") -> LogsAnswer:
    """Search the files, back in time.

    Raises:
        ValueError: the cursor is none.
    """
    if source.files is None:
        return LogsAnswer(trouble=NO_FILE.format(source.no_file))
    try:
        result = search(source.files, wanted, BATCH_MAX, cursor)
    except RotatedError as error:
        return LogsAnswer(trouble=str(error))
    except OSError as error:
        return LogsAnswer(trouble=unreadable(source, error))
    lines = tuple(redacted(line, source.redact) for line in result.lines)
    trouble = unreadable(source, result.unread) if result.unread else None
    return LogsAnswer(lines=lines, until=result.until, cursor=result.cursor, trouble=trouble)


def log_files(source: LogSource) -> LogFilesAnswer:
    """List the files."""
    if source.files is None:
        return LogFilesAnswer(trouble=NO_FILE.format(source.no_file))
    try:
        return LogFilesAnswer(files=source.files.all())
    except OSError as error:
        return LogFilesAnswer(trouble=unreadable(source, error))


def unreadable(source: LogSource, error: OSError) -> str:
    """Say why the log cannot be read."""
    place = f" ({error.filename})" if error.filename else ""  # a file that opens may fail to read
    return source.redact(f"The log cannot be read: {error.strerror}{place}.")


def redacted(line: LogLine, redact: Callable[[str], str]) -> LogLine:
    """Redact what a host may have written itself; for our own lines it makes no difference."""
    below = redact("\n".join(line.below)).split("\n") if line.below else ()
    return replace(line, message=redact(line.message), below=tuple(below))

"""Check: lines that do not reach the log file."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.debugcog import file_errors
from services.debugcog.diagnosis.findings import Finding, critical, note, warning
from services.debugcog.logfile.no_file import is_file
from services.debugcog.settings import Settings
from services.debugcog.wording import counted

REFUSED = PermissionError(errno.EACCES, "may not be written")


def missing_logs(
    settings: Settings, dropped: Mapping[str, int], put_back: int
) -> Iterator[Finding]:
    """Look at the settings, the folder, the file, its permissions, and what was dropped.

    Args:
        settings: in force.
        dropped: records that found no room, by kind.
        put_back: how often the log handler had been taken off.
    """
    path = settings.log_file
    if not settings.log_to_file:
        yield note("No log file is written", "LOG_TO_FILE=false", fix="Set `LOG_TO_FILE=true`.")
    elif not is_file(path):
        fix = "Let `LOG_FILE_PATH` name a file."
        yield note("No log file is written", f"LOG_FILE_PATH={path}", fix=fix)
    else:
        yield from _file(path)
    lost = sum(dropped.values())
    if lost:
        kinds = ", ".join(f"{count} {kind}" for kind, count in dropped.items() if count)
        fix = "Log less, or raise `LOG_LEVEL`: more was logged than the disk takes."
        yield warning(f"{counted(lost, 'log line')} did not fit into the queue", kinds, fix=fix)
    if put_back:
        fix = (
            "Look for `logging.basicConfig(force=True)` or `dictConfig()` that runs late; give the "
            "latter `disable_existing_loggers: False`, and call it before the cog is loaded."
        )
        taken = f"taken off or closed {counted(put_back, 'time')}"
        yield warning("The log handler was taken away by other code", taken, fix=fix)


def _file(path: Path) -> Iterator[Finding]:
    folder = path.parent
    if not folder.is_dir():
        yield critical("The log's folder does not exist", str(folder), fix=f"`mkdir -p {folder}`")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield critical(
            "The bot may not write into the log's folder",
            f"{folder} has the mode {_mode(folder)}",
            fix=_advice(path),
        )
    elif not path.exists():
        reason = "nothing was written yet, or it was deleted: the next line makes it again"
        yield note("The log file does not exist", str(path), reason)
    elif not os.access(path, os.W_OK):
        yield critical(
            "The bot may not write the log file",
            f"{path} has the mode {_mode(path)}",
            fix=_advice(path),
        )


def _advice(path: Path) -> str:
    return f"`{file_errors.advice_for(REFUSED, path, 'LOG_FILE_PATH')}`"


def _mode(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)

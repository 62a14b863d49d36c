"""Text in the log of the last day → how many lines have it, and the latest ones."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.debugcog.diagnosis.findings import UnknownError
from services.debugcog.frozen import frozen
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.search import search
from services.debugcog.wording import clip, counted

DAY = 86_400.0
LINES_MAX = 200
LINE_MAX = 200


@frozen
class Lines:
    """Lines of the log.

    Attributes:
        count: how many, 200 at most.
        latest: the last three, the newest first.
    """

    count: int
    latest: tuple[str, ...]

    @property
    def text(self) -> str:
        """Write how many there are."""
        more = " or more" if self.count >= LINES_MAX else ""
        return f"{counted(self.count, 'line')}{more}"


def lines_with(
    files: LogFiles | None,
    text: str,
    level: str = "",
    logger: str = "",
    clock: Callable[[], float] = time.time,
) -> Lines:
    """Search the log of the last 24 hours; it waits for the disk, 1.5 s at most.

    Raises:
        UnknownError: there is no log file, or it cannot be read.
    """
    if files is None:
        raise UnknownError("there is no log file to look into")
    try:
        found = search(files, LogFilter(level=level, logger=logger, text=text), LINES_MAX)
    except OSError as error:
        raise UnknownError(f"the log cannot be read ({error})") from error
    since = clock() - DAY
    # Our own audit lines hold what admins have searched for.
    lines = [
        one
        for one in reversed(found.lines)
        if (one.time or 0.0) >= since and not one.logger.startswith("debugcog")
    ]
    latest = (clip(f"{one.logger}: {one.message}", LINE_MAX) for one in lines[:3])
    return Lines(len(lines), tuple(latest))

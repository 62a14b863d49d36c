"""Main program that searches with a regular expression: a request on stdin → found on stdout.

An expression can take for ever, within one call of C code that holds the interpreter. So it runs in
a process of its own, which is ended after a second of it.
"""

from __future__ import annotations

import faulthandler
import json
import re
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.debugcog.logfile.line import LogLine

SECONDS = 1.0
"""That it may compute; then the process is ended, even in the middle of a match."""
WALL_SECONDS = 5.0
"""For the same on a machine that has no time for it."""
SEARCH_SECONDS = 0.6
"""After which a search gives what it has found by then."""
FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
WRITTEN = re.compile(r"/(.+)/([ismx]*)", re.DOTALL)
"""How an expression is written, with its flags."""


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile ``/expression/flags``; ``^`` and ``$`` are those of a line.

    Raises:
        ValueError: it is none; the text says why.
    """
    found = WRITTEN.fullmatch(pattern)
    if found is None:
        raise ValueError("it is written /expression/ or /expression/i")
    flags = re.MULTILINE
    for name in found[2]:
        flags |= FLAGS[name]
    try:
        return re.compile(found[1], flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """Search the files that a request names, or match its texts."""
    from services.debugcog.logfile.filter import LogFilter, tells_of_search
    from services.debugcog.logfile.log_files import LogFiles
    from services.debugcog.logfile.search import RotatedError, search, search_on

    try:
        expression = compiled(request["pattern"])
    except ValueError as error:
        return {"refused": str(error)}
    if "texts" in request:
        return {"matches": [expression.search(text) is not None for text in request["texts"]]}

    def matches(line: LogLine) -> bool:
        return expression.search(matched_text(line)) is not None and not tells_of_search(line)

    wanted = LogFilter(request["level"], request["logger"])
    files, limit, cursor = LogFiles(Path(request["path"])), request["limit"], request["cursor"]
    look = search if request["back"] else search_on
    try:
        found = look(files, wanted, limit, cursor, seconds=SEARCH_SECONDS, matches=matches)
    except RotatedError as error:
        return {"rotated": str(error)}
    except OSError as error:
        return {"unread": [error.errno, error.strerror, error.filename]}
    unread = found.unread
    return {
        "lines": [[one.time, one.level, one.logger, one.message, one.below] for one in found.lines],
        "cursor": found.cursor,
        "until": found.until,
        "unread": unread and [unread.errno, unread.strerror, unread.filename],
        "places": found.places,
    }


def matched_text(line: LogLine) -> str:
    """Return what an expression is matched against."""
    return "\n".join((line.message, line.logger, *line.below))


def main() -> None:
    """Answer one request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the bot
    _find_own_package()
    import services.debugcog.logfile.search  # noqa: F401 - the second is for the search alone

    request = json.load(sys.stdin)
    _limit()
    json.dump(answered(request), sys.stdout)
    sys.stdout.flush()
    faulthandler.cancel_dump_traceback_later()


def _limit() -> None:
    """Have the process ended by the system in time; Windows knows no computing time."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        faulthandler.dump_traceback_later(WALL_SECONDS, exit=True)
    else:
        faulthandler.dump_traceback_later(SECONDS, exit=True)


def _find_own_package() -> None:
    """Make ``services.debugcog`` our folder alone: a host's ``services/__init__.py`` is not run."""
    for name, path in (("services", []), ("services.debugcog", [str(Path(__file__).parents[1])])):
        package = ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package


if __name__ == "__main__":
    main()

"""LogFilter and Position ⇄ the fields of an action, which has to be short."""

from __future__ import annotations

import hashlib

from services.debugcog.answers.log_page import LATEST, Position
from services.debugcog.frozen import frozen
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.line import LEVELS
from services.debugcog.logfile.pattern_program import WRITTEN

LEVEL_NAMES = ("", *LEVELS)
SHORT = 44
"""Characters of logger and text that fit into a custom id beside everything else."""
KEPT = 200
BETWEEN = "|"
KEY = "#"
CODES = {"before": "b", "after": "a", "around": "t"}
ERROR = "e"
FORGOTTEN = (
    "This view is from before a restart of the bot, and what it searched for was too long for its "
    "buttons. Run /debug logs again."
)


class ForgottenError(LookupError):
    """What was asked for was kept in memory, and is there no more."""


class Queries:
    """Writes loggers and texts for custom ids; what is too long for one is kept in memory."""

    def __init__(self) -> None:
        self._long: dict[str, tuple[str, str]] = {}

    def written(self, wanted: LogFilter) -> str:
        """Write logger and text or expression, or the key of both."""
        what = f"{wanted.logger}{BETWEEN}{wanted.pattern or wanted.text}"
        if what == BETWEEN:
            return ""
        if len(what) <= SHORT and BETWEEN not in wanted.logger and not what.startswith(KEY):
            return what
        key = KEY + hashlib.sha256(what.encode(errors="replace")).hexdigest()[:16]
        self._long[key] = wanted.logger, wanted.pattern or wanted.text
        while len(self._long) > KEPT:
            del self._long[next(iter(self._long))]
        return key

    def read(self, what: str, level: int) -> LogFilter:
        """Read what ``written`` wrote.

        Raises:
            ForgottenError: it was kept in memory, by an earlier run or too long ago.
        """
        name = LEVEL_NAMES[level] if level < len(LEVEL_NAMES) else ""
        if what.startswith(KEY):
            if what not in self._long:
                raise ForgottenError(FORGOTTEN)
            logger, text = self._long[what]
        else:
            logger, _, text = what.partition(BETWEEN)
        return filter_of(name, logger, text)


def filter_of(level: str, logger: str, text: str) -> LogFilter:
    """Make the filter of what was typed; ``/…/`` and ``/…/i`` are regular expressions.

    Raises:
        ValueError: the level is not known, or a text is too long.
    """
    is_pattern = WRITTEN.fullmatch(text) is not None
    return LogFilter(level, logger, "" if is_pattern else text, text if is_pattern else "")


@frozen
class ErrorAt:
    """An error, by the id of its group or of one of its events."""

    id: str


def where_of(position: Position | ErrorAt) -> str:
    """Write where to look."""
    if isinstance(position, ErrorAt):
        return f"{ERROR}{position.id}"
    if position.kind == "latest":
        return ""
    code = CODES[position.kind]
    return code + (f"{position.at * 1000:.0f}" if position.kind == "around" else position.cursor)


def position_of(where: str) -> Position | ErrorAt:
    """Read where to look; nonsense leads to the latest records, or is refused as a cursor."""
    code, rest = where[:1], where[1:]
    if code == ERROR:
        return ErrorAt(rest)
    if code == CODES["around"]:
        return Position(kind="around", at=int(rest) / 1000 if rest.isdecimal() else 0.0)
    if code == CODES["before"]:
        return Position(kind="before", cursor=rest)
    return Position(kind="after", cursor=rest) if code == CODES["after"] else LATEST

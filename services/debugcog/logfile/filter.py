"""LogFilter: which records are asked for, by level, logger and text."""

from __future__ import annotations

import functools

from services.debugcog.frozen import frozen
from services.debugcog.logfile.line import LEVELS, LogLine, known_levels, number_of
from services.debugcog.logfile.text import written_name

TEXT_MAX = 200
ROOT = "root"
"""The logger above all others."""
AUDIT, SEARCHED = "debugcog.audit", "use: logs "
"""Logger and beginning of the lines that tell of a search by a control, and so have its text."""


@frozen
class LogFilter:
    """What a record must have.

    Attributes:
        level: the lowest one; empty for all, those of an unknown level among them.
        logger: its name, or the beginning of it up to a dot; empty for all, as ``root`` is.
        text: somewhere in it or below it, in any case of letters; empty for all.
        pattern: a regular expression that message, logger or lines below match; empty for all. It
            may take for ever, so ``pattern_search`` alone looks at it, in another process.

    Raises:
        ValueError: the level is not known, or a text is too long.
    """

    level: str = ""
    logger: str = ""
    text: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        if self.level and self.level not in LEVELS:
            raise ValueError(f"level is one of {', '.join(LEVELS)}")
        if max(map(len, (self.logger, self.text, self.pattern))) > TEXT_MAX:
            raise ValueError(f"logger and text have {TEXT_MAX} characters at most")

    @property
    def levels(self) -> tuple[str, ...]:
        """List the levels that are asked for and have a name; none where all are."""
        if not self.level:
            return ()
        lowest = LEVELS[self.level]
        return tuple(name for name, number in known_levels().items() if number >= lowest)

    @property
    def prefix(self) -> str:
        """Return how the logger that is asked for is written in lines; empty for all."""
        return "" if self.logger == ROOT else _written(self.logger)

    def takes(self, line: LogLine) -> bool:
        """Tell whether a record is asked for, but for the pattern."""
        return (
            (not self.level or number_of(line.level) >= LEVELS[self.level])
            and (not self.prefix or f"{line.logger}.".startswith(f"{self.prefix}."))
            and (not self.text or (self._has_text(line) and not tells_of_search(line)))
        )

    def _has_text(self, line: LogLine) -> bool:
        wanted = self.text.casefold()
        return any(wanted in one.casefold() for one in (line.message, line.logger, *line.below))


@functools.lru_cache(64)
def _written(logger: str) -> str:
    return written_name(logger)


def tells_of_search(line: LogLine) -> bool:
    """Tell whether a record has a text because somebody has searched for it."""
    return line.logger == AUDIT and line.message.startswith(SEARCHED)

"""Log-level changes at runtime, reverted on request, after a set time, and on close.

Works on plain ``logging``, with or without ``services.debugcog.logs``.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from services.debugcog import near_names
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.level_names import plain_level

log = own_logger("debugcog.levels")

ROOT = "root"
NAMES_MAX = 25
"""Names that are offered: Discord's limit of autocomplete choices."""

CHOICE_MAX = 100
"""Characters of such a choice."""


@frozen
class Override:
    """A level set at runtime.

    Attributes:
        name: the logger, ``root`` for the root logger.
        level: the level set; 0 where the logger takes its parent's.
        previous: the level before the first change.
        until: unix time in seconds at which it is taken back; None: until somebody does.
    """

    name: str
    level: int
    previous: int
    until: float | None


@frozen
class LevelSet:
    """A level that was set at the start, and what stood there before."""

    logger: logging.Logger
    ours: int
    previous: int

    def restore(self) -> None:
        """Put the level back, unless somebody else has changed it since."""
        if self.logger.level == self.ours:
            self.logger.setLevel(self.previous)


if TYPE_CHECKING:

    class Timer(Protocol):
        """What is needed of ``threading.Timer``."""

        daemon: bool

        def start(self) -> None:
            """Begin to wait."""

        def cancel(self) -> None:
            """Never call back."""

        def join(self) -> None:
            """Wait for the end of its thread."""


class LogLevels:
    """Sets levels and remembers what was there; every change is a WARNING line.

    Args:
        clock: unix time in seconds.
        timer: makes a timer of seconds and a callback.
        redact: takes the secrets out of a name.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        timer: Callable[[float, Callable[[], None]], Timer] = threading.Timer,
        redact: Callable[[str], str] = str,
    ) -> None:
        self._redact = redact
        self._clock = clock
        self._timer = timer
        self._overrides: dict[str, Override] = {}
        self._timers: dict[str, Timer] = {}
        self._lock = threading.RLock()

    def set(self, name: str | None, level: int | None, seconds: float | None = None) -> Override:
        """Set a level, for ``seconds`` or until it is reverted.

        Args:
            name: an existing logger; None or ``root`` is the root logger.
            level: one that ``logging`` has a name for; None: the logger takes its parent's.
            seconds: how long; None: until it is reverted.

        Raises:
            ValueError: saying what is allowed.
        """
        logger = _existing(name)
        wanted = _allowed(logger, level)
        if seconds is not None and not 0 < seconds < threading.TIMEOUT_MAX:
            raise ValueError(f"The time must be a number of seconds above 0, not {seconds}")
        with self._lock:
            override = self._remember(logger, wanted, seconds)
            time_text = "" if seconds is None else f" for {seconds:g} s"
            before, after = _word(logger.level), _word(wanted)
            text = f"{_subject(logger)}: {after}{time_text}, was {before}"
            _set_and_tell(logger, wanted, text)
        return override

    def overrides(self) -> tuple[Override, ...]:
        """Return what was set at runtime and is in force, by name.

        One whose logger somebody else has given another level since is not.
        """
        with self._lock:
            known = sorted(self._overrides.values(), key=lambda override: override.name)
        return tuple(one for one in known if logging.getLogger(one.name).level == one.level)

    def is_set(self, name: str) -> bool:
        """Return whether a logger's level was set at runtime; takes no lock."""
        return name in self._overrides

    def revert(self, name: str | None) -> bool:
        """Put back what was there before the first change; False if there is nothing to put back.

        A level that somebody else has changed since is left as it is.
        """
        with self._lock:
            override = self._overrides.pop(name or ROOT, None)
            if override is None:
                return False
            self._stop_timer(override.name)
            logger = logging.getLogger(override.name)
            if logger.level != override.level:
                text = "%s: not reset to %s, for somebody made it %s"
                log.warning(text, _subject(logger), _word(override.previous), _word(logger.level))
                return False
            text = f"{_subject(logger)}: reset to {_word(override.previous)}"
            _set_and_tell(logger, override.previous, text)
            return True

    def revert_all(self) -> None:
        """Revert everything that was set at runtime."""
        with self._lock:
            names = sorted(self._overrides)
        for name in names:
            self.revert(name)

    def close(self) -> None:
        """Revert everything, and end the timers."""
        with self._lock:
            timers = tuple(self._timers.values())
        self.revert_all()
        for timer in timers:
            timer.join()

    def check(self, name: str | None) -> None:
        """Find out whether a logger exists.

        Raises:
            ValueError: it does not; names those that do.
        """
        _existing(name)

    def effective(self, name: str | None) -> int:
        """Return the level in force for a logger, existing or not."""
        found = None if name in (None, ROOT) else logging.root.manager.loggerDict.get(str(name))
        if isinstance(found, logging.Logger):
            return found.getEffectiveLevel()
        parent = "" if name is None else name.rpartition(".")[0]
        return self.effective(parent) if parent else logging.root.level

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Find up to 25 names of loggers for what somebody has typed, the best first."""
        text = prefix.strip().lower()
        ranked = []
        for name in (ROOT, *self._known()):
            rank = _rank(name.lower(), text)
            if rank is not None:
                ranked.append((rank, name != ROOT, name.count("."), name))
        return tuple(name for *_, name in sorted(ranked)[:NAMES_MAX])

    def _known(self) -> Iterator[str]:
        """List the names of loggers, and those of their parents that are no part of a secret."""
        for name, one in tuple(logging.root.manager.loggerDict.items()):
            if isinstance(one, logging.Logger) or all(
                self._redact(child.name) == child.name for child in tuple(one.loggerMap)
            ):
                yield name

    def choices(self, typed: str) -> list[tuple[str, str]]:
        """Complete a logger's name: pairs of it with its level, and of the name."""
        return [
            (f"{name} · {level_name(self.effective(name))}"[:CHOICE_MAX], name)
            for name in self.names(typed)
            if len(name) <= CHOICE_MAX
        ]

    def _remember(self, logger: logging.Logger, level: int, seconds: float | None) -> Override:
        earlier = self._overrides.get(logger.name)
        ours = earlier is not None and earlier.level == logger.level
        previous = earlier.previous if earlier is not None and ours else logger.level
        until = None if seconds is None else self._clock() + seconds
        override = Override(logger.name, level, previous, until)
        self._overrides[logger.name] = override
        self._stop_timer(logger.name)
        if seconds is not None:
            timer = self._timer(seconds, lambda: self._expire(override))
            timer.daemon = True
            self._timers[logger.name] = timer
            timer.start()
        return override

    def _expire(self, override: Override) -> None:
        with self._lock:
            if self._overrides.get(override.name) is override:
                self.revert(override.name)

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()


def _set_and_tell(logger: logging.Logger, level: int, text: str) -> None:
    """Set the level; the line is written while the more talkative level is in force."""
    if level > logger.level:
        log.warning(text)
        logger.setLevel(level)
    else:
        logger.setLevel(level)
        log.warning(text)


def _existing(name: str | None) -> logging.Logger:
    if name in (None, "", ROOT):
        return logging.root
    known = logging.root.manager.loggerDict
    if name not in known:
        real = [each for each, one in known.items() if isinstance(one, logging.Logger)]
        near = near_names.near_names(str(name), real, 3)
        there_are = f"there are {', '.join((ROOT, *sorted(real)[:5]))}"
        told = f"did you mean {' or '.join(near)}?" if near else there_are
        raise ValueError(f"No logger is named {name!r}; {told}")
    return logging.getLogger(name)


def _allowed(logger: logging.Logger, level: int | None) -> int:
    if level is None and logger is not logging.root:
        return logging.NOTSET
    numbers = sorted(set(logging.getLevelNamesMapping().values()) - {logging.NOTSET})
    if level not in numbers:
        names = ", ".join(level_name(number) for number in numbers)
        raise ValueError(f"The level must be one of {names}, not {level}")
    return level


def level_name(level: int) -> str:
    """Name a level as log lines do, whatever colours the host has given it."""
    return plain_level(logging.getLevelName(level), level)


def _rank(name: str, text: str) -> int | None:
    """Rank a match: the beginning of the name, of one of its parts, anywhere; None: no match."""
    if name.startswith(text):
        return 0
    if f".{text}" in name:
        return 1
    return 2 if text in name else None


def _subject(logger: logging.Logger) -> str:
    return f"Log level of {'all loggers' if logger is logging.root else logger.name}"


def _word(level: int) -> str:
    """Name a level in lower case: ``grep ERROR`` must not find the line that tells of it."""
    return level_name(level).lower() if level else "inherited"

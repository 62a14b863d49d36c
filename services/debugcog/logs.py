"""Settings → logging of the whole process, to a rotating file and the console, until closed.

The root logger gets one handler (``logfile.queue``), which hands raw records to one thread
(``logfile.writer``). A child made by ``os.fork()`` has no such thread: its records go
nowhere until it calls ``setup_logging()`` itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.debugcog.levels import LogLevels
from services.debugcog.logfile.file import RotatingFile
from services.debugcog.logfile.queue import RecordQueue
from services.debugcog.logfile.text import Redact
from services.debugcog.logfile.writer import LogWriter
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import Settings, given, load

NOISY = ("transformers", "nemo_logger", "torch", "urllib3", "discord")
"""Libraries that are kept at WARNING (the guide's "Filtering Noisy Logs").

A level on their own logger is no wish for more: ``bot.run()`` sets ``discord`` to INFO for its own
console, others do the like. So the handler leaves them out as well, and the host's handlers do not.
"""

FLUSH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Level:
    """A level that was set here, and what stood there before."""

    logger: logging.Logger
    ours: int
    previous: int

    def restore(self) -> None:
        """Put the level back, unless somebody else has changed it since."""
        if self.logger.level == self.ours:
            self.logger.setLevel(self.previous)


class Logging:
    """The logging of this process as ``setup_logging`` left it; ``close`` undoes it.

    Attributes:
        levels: the levels that are changed at runtime.
        desks: how many share it by ``share_logging``; 0 when a host has set it up by itself.
        redact: takes the secrets out of a text, known values of the environment among them.
    """

    def __init__(
        self, settings: Settings, redact: Redact, *, console: bool, keep_level: bool
    ) -> None:
        self.levels = LogLevels()
        self.desks = 0
        self.redact = redact
        self._verbose = settings.verbose_logging
        self._handler = _RootHandler(self)
        file = None
        if settings.log_to_file:
            file = RotatingFile(
                settings.log_file_path, settings.log_max_bytes, settings.log_backup_count
            )
        self._writer = LogWriter(self._handler, redact, file, console=console)
        self._set = _set_levels(settings, keep_level=keep_level)
        self._writer.start()
        logging.root.addHandler(self._handler)

    @property
    def dropped(self) -> Mapping[str, int]:
        """Records that found no room in the queue, by kind: debug, info, warning, error."""
        return self._writer.dropped

    def hears(self, name: str) -> bool:
        """Tell whether a noisy library's logger is written below WARNING."""
        library = name.partition(".")[0]
        if self._verbose or self.levels.is_set(library):
            return True
        logger = logging.root.manager.loggerDict.get(name)
        while isinstance(logger, logging.Logger) and logger.name != library:
            if logger.level:  # of a part: somebody wants it
                return True
            logger = logger.parent
        return False

    def flush(self, timeout: float = FLUSH_SECONDS) -> bool:
        """Wait until all that was logged by now is written; False if it took longer (seconds)."""
        return self._writer.flush(timeout)

    def leave(self) -> None:
        """End one desk's share; the last one closes."""
        self.desks -= 1
        if not self.desks:
            self.close()

    def close(self) -> None:
        """Write every accepted record, and put back levels and handlers; twice is harmless.

        It waits for the writer, mostly some milliseconds, so a coroutine calls it in a thread.
        Python itself calls it at its exit.
        """
        self.levels.close()
        logging.root.removeHandler(self._handler)
        self._writer.close()
        while self._set:
            self._set.pop().restore()


class _RootHandler(RecordQueue):
    """The queue as the root logger knows it; ``logging.shutdown`` flushes and closes it."""

    def __init__(self, owner: Logging) -> None:
        super().__init__()
        self.owner = owner

    def filter(self, record: logging.LogRecord) -> Any:
        """Leave out what noisy libraries say below WARNING; of any other name, tell it quickly."""
        if (
            record.levelno < logging.WARNING
            and record.name.startswith(NOISY)
            and record.name.partition(".")[0] in NOISY
            and not self.owner.hears(record.name)
        ):
            return False
        return super().filter(record) if self.filters else True

    def flush(self) -> None:
        self.owner.flush()

    def close(self) -> None:
        self.owner.close()
        super().close()


def setup_logging(
    settings: Settings | None = None,
    *,
    console: bool | None = None,
    keep_level: bool = False,
    redact: Redact | None = None,
) -> Logging:
    """Log the whole process as the guide says, and return what closes it again.

    Called again, it replaces what the last call set up.

    Args:
        settings: where to and how much; read from the environment and ``.env`` by default.
        console: print the records on standard error too; by default only where the root logger
            has no handler of its own.
        keep_level: leave the root logger's level as it is, for a host that has set it up.
        redact: takes the secrets out of each message and traceback; by default what looks like
            one, and the values of the environment and ``.env`` whose keys say that they are.

    Raises:
        SettingsError: if the settings are read here and some are not allowed, or ``.env`` is no
            text.
    """
    settings = load() if settings is None else settings
    redact = redact or Redactor(given(), settings.discord_token)
    previous = current()
    if previous is not None:
        previous.close()
    if console is None:
        console = not logging.root.handlers
    return Logging(settings, redact, console=console, keep_level=keep_level)


def share_logging(settings: Settings, redact: Redact) -> tuple[Logging, Callable[[], None]]:
    """Log as ``setup_logging`` does unless that is done; return it, and what ends this share.

    The last of several bots in one process closes what the first has set up; what a host has set
    up by itself stays. A host with handlers of its own keeps its console, and its level too unless
    the environment or ``.env`` says another.
    """
    logs = current()
    if logs is None:
        level_is_set = settings.debug_mode or given().get("LOG_LEVEL", "").strip()
        keep_level = bool(logging.root.handlers) and not level_is_set
        logs = setup_logging(settings, keep_level=keep_level, redact=redact)
    elif not logs.desks:
        return logs, lambda: None
    logs.desks += 1
    return logs, logs.leave


def current() -> Logging | None:
    """Find what the last ``setup_logging`` returned, if it is not closed."""
    for handler in logging.root.handlers:
        if isinstance(handler, _RootHandler):
            return handler.owner
    return None


def _set_levels(settings: Settings, *, keep_level: bool) -> list[_Level]:
    levels = []
    if not keep_level:
        wanted = logging.DEBUG if settings.is_debug else getattr(logging, settings.log_level)
        levels.append(_Level(logging.root, wanted, logging.root.level))
    if not settings.verbose_logging:
        libraries = [logging.getLogger(name) for name in NOISY]
        levels += [_Level(one, logging.WARNING, 0) for one in libraries if one.level == 0]
    for level in levels:
        level.logger.setLevel(level.ours)
    return levels

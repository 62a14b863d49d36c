"""Logging of the whole process, to a rotating file and the console.

The root logger gets one handler (``logfile.root_handler``), which hands raw records to one thread
(``logfile.writer``). A host or a library may take it off or close it; ``Logging.ensure``, called at
intervals, puts it back. A child made by ``os.fork()`` has no such thread: its records go nowhere
until it calls ``setup_logging()`` itself.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from services.debugcog.interpreter import ending
from services.debugcog.levels import LevelSet, LogLevels
from services.debugcog.logfile import obstacles as logfile_obstacles
from services.debugcog.logfile.entry import OWN_LOGGER
from services.debugcog.logfile.handlers import made, names_switched_off, part_of, reached
from services.debugcog.logfile.lines import LogLines
from services.debugcog.logfile.no_file import TO_NO_FILE, standard_stream, why_no_file
from services.debugcog.logfile.once import HANDED_ON, TAKEN_OFF, is_on_root, put_on_root
from services.debugcog.logfile.root_handler import FLUSH_SECONDS, NOISY, RootHandler
from services.debugcog.logfile.target import LogTarget
from services.debugcog.logfile.text import Redact
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import Settings, given, load, secret_values

OWN_LOGGERS = "debugcog"
ACTIVE = "_debugcog_logging"
"""Attribute of the root logger: the ``Logging`` in force. Its handler may be gone for a moment."""
SHARING = threading.Lock()  # bots on threads of their own may start and end at the same time


class Logging:
    """The logging of this process as ``setup_logging`` left it; ``close`` undoes it.

    Attributes:
        levels: the levels that are changed at runtime.
        lines: the latest records.
        began: when it began to write, unix seconds.
        runtimes: how many share it by ``share_logging``.
        is_shared: it was set up by the first of them; otherwise by the host itself.
        redact: takes the secrets out of a text, known values of the environment among them.
        put_back: how often the handler had been taken off or closed.
        no_file: why the log is in no file; empty where it is in one.
    """

    def __init__(
        self, settings: Settings, redact: Redact, *, console: bool, keep_level: bool
    ) -> None:
        self.levels = LogLevels(redact=lambda text: self.redact(text))
        self.lines = LogLines()
        self.runtimes = self.put_back = 0
        self.is_shared = False
        self.redact = redact
        self._verbose = settings.verbose_logging
        path, to_file = settings.log_file, settings.log_to_file
        self.no_file = why_no_file(path, to_file=to_file)
        self._stream = standard_stream(path) if to_file else None
        self._console = console or self._stream is not None
        self._target = _target_of(settings) if to_file and self._stream is None else None
        self._logged_host = ""
        self._dropped_before: Mapping[str, int] = {}
        self._is_closed = False
        self._ensuring = threading.Lock()
        self.began = time.time()
        self._handler = self._open()
        self._set = _set_levels(settings, keep_level=keep_level)
        logging.root.addHandler(self._handler)
        setattr(logging.root, ACTIVE, self)
        if self._target is not None:
            self._tell_whose_file(self._target)

    @property
    def path(self) -> Path | None:
        """Return where the log file is; None where the log goes to none."""
        return self._target.path if self._target and not self.no_file else None

    def obstacles(self, name: str, level: int) -> tuple[logfile_obstacles.Obstacle, ...]:
        """List what hides a logger's lines from a level on, each with its fix."""
        host, beside = (one.host, one.beside) if (one := self._target) else ("", None)
        to_file = self.no_file != TO_NO_FILE
        return logfile_obstacles.obstacles(name, level, to_file=to_file, host=host, beside=beside)

    @property
    def dropped(self) -> Mapping[str, int]:
        """Records that found no room in the queue, by kind: debug, info, warning, error."""
        new = self._handler.writer.dropped
        return {kind: self._dropped_before.get(kind, 0) + count for kind, count in new.items()}

    def hears(self, name: str) -> bool:
        """Return whether a noisy library's logger is written below WARNING."""
        library = name.partition(".")[0]
        if self._verbose or self.levels.is_set(library):
            return True
        logger = logging.root.manager.loggerDict.get(name)
        while isinstance(logger, logging.Logger) and logger.name != library:
            if logger.level:  # of a part: somebody wants it
                return True
            logger = logger.parent
        return False

    def ensure(self) -> None:
        """Put back the handler if somebody has taken it off or closed it, and say so.

        To be called every few seconds: it costs nothing while all is well, and never waits.
        """
        if self._is_closed or ending() or not self._ensuring.acquire(blocking=False):
            return
        try:
            if self._handler.is_closed or not is_on_root(self._handler):
                self._put_back()
            if self._target is not None:
                self._tell_whose_file(self._target)
        finally:
            self._ensuring.release()

    def put(self, record: logging.LogRecord) -> None:
        """Have a record written whatever levels, filters and flags say."""
        self._handler.put(record)

    def flush(self, timeout: float = FLUSH_SECONDS) -> bool:
        """Wait until all that was logged by now is written; False if it took longer (seconds)."""
        return self._handler.writer.flush(timeout)

    def leave(self) -> None:
        """End one runtime's share; the last one resets the levels, and closes what it shared."""
        with SHARING:
            self.runtimes -= 1
            is_last = not self.runtimes
            if is_last and self.is_shared:
                self._resign()
        if is_last:
            (self.close if self.is_shared else self.levels.close)()

    def close(self) -> None:
        """Write every accepted record, and put back levels and handlers; twice is harmless.

        It waits for the writer, mostly some milliseconds, so a coroutine calls it in a thread.
        """
        self.levels.close()
        self._is_closed = True
        self._resign()
        logging.root.removeHandler(self._handler)
        self._handler.shut()
        self._handler.close()
        while self._set:
            self._set.pop().restore()

    def _resign(self) -> None:
        if current() is self:
            delattr(logging.root, ACTIVE)

    def _open(self) -> RootHandler:
        handler = RootHandler(
            *(self.hears, self.redact, self._target, self.lines.append),
            console=self._console,
            stream=self._stream,
        )
        handler.writer.start()
        return handler

    def _put_back(self) -> None:
        self.put_back += 1
        how = f"{'closed' if self._handler.is_closed else 'taken off the root logger'}{TAKEN_OFF}"
        if self._handler.is_closed:
            logging.root.removeHandler(self._handler)
            self._dropped_before = self.dropped
            self._handler = self._open()
        if put_on_root(self._handler):
            how = HANDED_ON
        text = f"Log handler was {how}{names_switched_off(OWN_LOGGERS)}"
        write_always(OWN_LOGGER, logging.WARNING, "%s", text)

    def _tell_whose_file(self, target: LogTarget) -> None:
        """Log it when the host begins to write the log file itself, and when it stops."""
        before, self._logged_host = self._logged_host, target.host
        if target.host and not before:
            text = (
                f"Log file is written by the host: {target.host} writes {target.path}. DebugCog "
                "leaves it alone, so LOG_MAX_BYTES and LOG_BACKUP_COUNT have no effect on it; "
                f"records that the host does not write go to {target.beside}"
            )
            write_always(OWN_LOGGER, logging.WARNING, "%s", text, others=target.handlers)
        if before and not target.host:
            text = "Log file is written by DebugCog again: %s"
            write_always(OWN_LOGGER, logging.WARNING, text, target.path)


def setup_logging(
    settings: Settings | None = None,
    *,
    console: bool | None = None,
    keep_level: bool = False,
    redact: Redact | None = None,
) -> Logging:
    """Log the whole process as docs/logs.md says, and return what closes it again.

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
    redact = redact or Redactor(given(), settings.discord_token, secret_values(settings))
    previous = current()
    if previous is not None:
        previous.close()
    if console is None:
        console = not logging.root.handlers
    return Logging(settings, redact, console=console, keep_level=keep_level)


def share_logging(settings: Settings, redact: Redact) -> tuple[Logging, Callable[[], None]]:
    """Log as ``setup_logging`` does unless that is done; return it, and what ends this share.

    The last of several bots in one process resets what was changed at runtime, and closes what the
    first has set up; what a host has set up by itself stays. A host with handlers of its own keeps
    its console, and its level too unless the environment or ``.env`` says another.
    """
    with SHARING:
        logs = current()
        if logs is None:
            level_is_set = settings.debug_mode or given().get("LOG_LEVEL", "").strip()
            keep_level = bool(logging.root.handlers) and not level_is_set
            logs = setup_logging(settings, keep_level=keep_level, redact=redact)
            logs.is_shared = True
        logs.runtimes += 1
        return logs, logs.leave


def current() -> Logging | None:
    """Return what the last ``setup_logging`` returned; None when it is closed."""
    return getattr(logging.root, ACTIVE, None)


def write_always(
    name: str,
    level: int,
    text: str,
    *arguments: object,
    others: Iterable[logging.Handler] = (),
) -> None:
    """Hand a record to the log file and to all handlers that it reaches, each once.

    Nothing keeps it out of the log file: no level, ``disabled``, ``propagate`` or
    ``logging.disable()``, and no handler of the host that fails.

    Args:
        name: of a logger of ours.
        level: of the record.
        text: with a ``%s`` for each argument.
        arguments: what the text tells of.
        others: handlers that get it, whether it reaches them or not.
    """
    record = made(name, level, text, arguments)
    logs = current()
    if logs is not None:
        logs.ensure()
        logs.put(record)
    for handler in dict.fromkeys((*reached(record.name, record.levelno), *others)):
        if not any(isinstance(one, RootHandler) for one in (handler, part_of(handler, "target"))):
            # To log what the host's handler raises would make it raise again.
            with contextlib.suppress(BaseException):
                handler.handle(record)


def _target_of(settings: Settings) -> LogTarget:
    target = LogTarget(settings.log_file, settings.log_max_bytes, settings.log_backup_count)
    target.check_host()
    return target


def _set_levels(settings: Settings, *, keep_level: bool) -> list[LevelSet]:
    levels = []
    if not keep_level:
        wanted = logging.DEBUG if settings.is_debug else getattr(logging, settings.log_level)
        levels.append(LevelSet(logging.root, wanted, logging.root.level))
    if not settings.verbose_logging:
        libraries = [logging.getLogger(name) for name in NOISY]
        levels += [LevelSet(one, logging.WARNING, 0) for one in libraries if one.level == 0]
    for level in levels:
        level.logger.setLevel(level.ours)
    return levels

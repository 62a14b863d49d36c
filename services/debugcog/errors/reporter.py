"""Exceptions and log records, from any thread → the error buffer, each exception once.

An exception object shows up in many places on its way up: in a log line, at a command's handler, at
the event loop. It counts once, and again when it is raised again after its handling, as code does
that keeps one object. Whatever it is given, it never raises and never waits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from services.debugcog.errors.breadcrumbs import Breadcrumbs, Key, current_key
from services.debugcog.errors.error_buffer import ErrorBuffer, Sample
from services.debugcog.errors.fingerprint import Fingerprinter, Identity
from services.debugcog.errors.records import CURRENT, Context
from services.debugcog.errors.reraise import raised_again, steps

logger = logging.getLogger("debugcog.errors")

MARK = "_debugcog_error"
"""Attribute of an exception that was seen: its ``Seen``."""
HANDLING = 5.0
"""Seconds in which a ``raise`` of an exception that was seen is still a part of its handling."""
WRAPPERS_MAX = 10
NOT_ERRORS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)
OWN = "debugcog"
"""Loggers below it tell of our own trouble, which never becomes an error of the host."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of an exception on the exception itself.

    Attributes:
        id: under which people find it; empty when it is no error.
        at: unix seconds at which it was last seen.
        steps: how long its traceback was then.
        ours: it is our own, and never an error of the host.
    """

    id: str
    at: float
    steps: int
    ours: bool = False


class ErrorReporter:
    """Counts errors and hands them to the error buffer.

    Args:
        error_buffer: where they wait for the store.
        breadcrumbs: the trail of the log.
        increment: counts in the metrics: ``errors_captured``, ``user_mistakes``, ``cancellations``.
        mistakes: exceptions that are the user's own mistakes: counted, no groups.
        root: the host's folder; places are shown relative to it.
        clock: unix seconds.
    """

    def __init__(
        self,
        error_buffer: ErrorBuffer,
        breadcrumbs: Breadcrumbs,
        increment: Callable[[str], None],
        *,
        mistakes: tuple[type[BaseException], ...] = (),
        root: Path = Path(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.failures = 0
        self._closed = False
        self._error_buffer = error_buffer
        self._breadcrumbs = breadcrumbs
        self._increment = increment
        self._mistakes = mistakes
        self._fingerprints = Fingerprinter(root.resolve())
        self._clock = clock

    def report(
        self, error: BaseException, context: Context | None = None, key: Key | None = None
    ) -> str | None:
        """Report an exception; one that wraps another as its ``original`` stands for that.

        Args:
            error: the exception.
            context: where it happened; by default what the running task is busy with.
            key: the task or thread whose log lines belong to it; by default the running one.

        Returns:
            The id that finds it, also when it was reported before; None when it is no error.
        """
        return self._guarded(lambda: self._exception(error, context or _current(), key, None))

    def report_record(self, record: logging.LogRecord) -> str | None:
        """Report a log record, with or without an exception; returns as ``report`` does."""
        return self._guarded(lambda: self._record(record))

    def hide(self, texts: Callable[[], Iterable[str]]) -> None:
        """Keep what users wrote, as ``texts`` gives it, out of the log lines of an error."""
        self._breadcrumbs.texts = texts

    def close(self) -> None:
        """Report nothing from now on, also where a hook could not be taken back."""
        self._closed = True
        self.hide(tuple)

    @staticmethod
    def ignore(error: BaseException) -> None:
        """Keep an exception from being reported: it is our own."""
        unwrapped(error).__dict__[MARK] = Seen("", 0.0, 0, ours=True)

    def _guarded(self, work: Callable[[], str | None]) -> str | None:
        try:
            return None if self._closed else work()
        except Exception as error:  # noqa: BLE001 - watching never hurts the watched
            self.failures += 1
            logger.warning("Error not captured: %s", type(error).__name__)
            return None

    def _record(self, record: logging.LogRecord) -> str | None:
        context = replace(_current("log"), logger=record.name)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            return self._exception(error, context, None, record)
        self._increment("errors_captured")
        return self._add(self._fingerprints.of_record(record), context, None, None, record)

    def _exception(
        self,
        error: BaseException,
        context: Context,
        key: Key | None,
        record: logging.LogRecord | None,
    ) -> str | None:
        error = unwrapped(error)
        now, known = steps(error.__traceback__), error.__dict__.get(MARK)
        last = self._raised_again(known, now) if known else now
        error.__dict__[MARK] = seen = self._seen(known, now)
        if known and not last:
            return seen.id or None
        if isinstance(error, (*NOT_ERRORS, *self._mistakes)):
            self._increment(
                "user_mistakes" if isinstance(error, self._mistakes) else "cancellations"
            )
            return None
        self._increment("errors_captured")
        identity = self._fingerprints.of_exception(error, last)
        if record is not None and not identity.where:  # it was never raised
            identity = replace(self._fingerprints.of_record(record), type=identity.type)
        found = self._add(identity, context, key, error, record)
        error.__dict__[MARK] = replace(seen, id=found)
        return found

    def _seen(self, known: Seen | None, now: list[TracebackType]) -> Seen:
        at = self._clock()
        return replace(known, at=at, steps=len(now)) if known else Seen("", at, len(now))

    def _raised_again(self, known: Seen, now: list[TracebackType]) -> list[TracebackType]:
        if known.ours or 0 <= self._clock() - known.at < HANDLING:
            return []
        return raised_again(now, known.steps)

    def _add(
        self,
        identity: Identity,
        context: Context,
        key: Key | None,
        error: BaseException | None,
        record: logging.LogRecord | None,
    ) -> str:
        at = self._clock()

        def sample(found: str) -> Sample:
            trace = error.__traceback__ if error is not None else None
            crumbs = self._breadcrumbs.of(current_key() if key is None else key)
            hide = self._breadcrumbs.without_texts
            return Sample(found, at, identity, context, error, trace, record, crumbs, hide)

        return self._error_buffer.add(identity, at, sample)


def is_own(logger_name: str) -> bool:
    """Tell whether a logger is one for our own trouble."""
    return logger_name == OWN or logger_name.startswith(f"{OWN}.")


def unwrapped(error: BaseException) -> BaseException:
    """Find what an exception like discord.py's CommandInvokeError was raised for."""
    for _ in range(WRAPPERS_MAX):
        original = getattr(error, "original", None)
        if not isinstance(original, BaseException) or original is not error.__cause__:
            break
        error = original
    return error


def _current(source: str = "") -> Context:
    return CURRENT.get() or Context(source=source)

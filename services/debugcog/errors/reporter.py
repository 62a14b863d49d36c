"""Exceptions and log records from any thread → error buffer, each exception only once.

An exception object shows up in many places on its way up: in a log line, at a command's handler, at
the event loop. It counts once, and again when it is raised again after its handling, as code does
that keeps one object. What is logged at ERROR while it is handled belongs to its report, and so do
exceptions that were raised from it. Whatever it is given, it never raises and never waits.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from services.debugcog.errors import causes, fingerprint, handling, identities, records, taken
from services.debugcog.errors.breadcrumbs import Breadcrumbs, Key, crumb_of, current_key
from services.debugcog.errors.error_buffer import ErrorBuffer, Line, Sample
from services.debugcog.errors.reraise import is_raise, raised_again, steps
from services.debugcog.errors.seen import MARK, Seen, counts, seen_of
from services.debugcog.exceptions import attributes_of, cause_of, type_name
from services.debugcog.guard import attempt, is_hosts, own_logger, trace_of
from services.debugcog.host_files import HostCode, nowhere
from services.debugcog.log_exception import stack_of

if TYPE_CHECKING:
    from services.debugcog.errors.fingerprint import Fingerprinter
    from services.debugcog.errors.identity import Identity
    from services.debugcog.errors.records import Context

logger = own_logger("debugcog.errors")

RAISE_SECONDS = 5.0
"""In which a ``raise`` of an exception that was seen is still a part of its handling."""
HANDLER_SECONDS = 60.0
"""After which a handler that still runs logs errors of its own."""
NOT_ERRORS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit)
ANNOUNCING = ("discord", "asyncio")
"""Loggers whose records only announce the exception that they carry."""
OWN = "debugcog"
"""The name of our own loggers, whose records never become errors of the host."""


class ErrorReporter:
    """Counts errors and hands them to the error buffer.

    Args:
        error_buffer: where they wait for the store.
        breadcrumbs: the last log lines.
        increment: counts in the metrics: ``errors_captured``, ``user_mistakes``, ``cancellations``.
        mistakes: exceptions that are the user's own mistakes: counted, no groups.
        root: the host's folder; places are shown relative to it.
        code: returns where the bot's code lies.
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
        code: Callable[[], HostCode] = nowhere,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.failures = 0
        self._closed = False
        self._error_buffer = error_buffer
        self._breadcrumbs = breadcrumbs
        self._increment = increment
        self._mistakes = mistakes
        self._no_errors: tuple[type[BaseException], ...] = (*NOT_ERRORS, *mistakes)
        files = root.resolve()
        self._fingerprints: Callable[[], Fingerprinter] = cache(
            lambda: fingerprint.Fingerprinter(files, code=code)
        )
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
            The id that people look it up by, also when it was reported before; None for no error.
        """
        return self._guarded(self._exception, error, context, key, None)

    def report_record(self, record: logging.LogRecord) -> str | None:
        """Report a log record, with or without an exception; returns as ``report`` does."""
        return self._guarded(self._record, record)

    def hide(self, text: str) -> None:
        """Keep what a user wrote out of the log lines of all errors from now on."""
        self._breadcrumbs.texts.add(text)

    def close(self) -> None:
        """Report nothing from now on, also where a hook could not be removed."""
        self._closed = True
        self._breadcrumbs.texts.clear()

    @staticmethod
    def id_of(error: BaseException) -> str | None:
        """Return the id of an exception that was reported; None of another."""
        seen = seen_of(handling.unwrapped(error))
        return (seen.id or None) if seen is not None else None

    def is_mistake(self, error: BaseException) -> bool:
        """Return whether an exception is a user's own mistake, or the host's way to refuse."""
        return isinstance(handling.unwrapped(error), self._mistakes)

    def ignore(self, error: BaseException) -> None:
        """Keep an exception from being reported: it is our own."""
        at = self._clock()
        attributes_of(handling.unwrapped(error))[MARK] = Seen("", at, at, ours=True)

    def _guarded(self, work: Callable[..., str | None], *args: object) -> str | None:
        try:
            idle = self._closed or sys.is_finalizing()  # when nothing can be stored any more
            return None if idle else work(*args)
        except BaseException as error:
            if not is_hosts(error):
                raise
            self.failures += 1
            name = type_name(type(error))
            attempt(lambda: logger.warning("Error not captured: %s", name), None)
            return None

    def _record(self, record: logging.LogRecord) -> str | None:
        error = handling.shown_by(record)
        if error is not None:
            return self._exception(error, None, None, record)
        error = self._exception_behind(record)
        if error is not None and (counts(error) or handling.repeats(record, error)):
            return self._add_line(error, record)
        self._increment("errors_captured")
        identity = identities.of_record(self._fingerprints, record)
        at = self._clock()
        sample = partial(self._sample, at, identity, None, None, None, record)
        return self._error_buffer.add(identity, at, sample)

    def _exception(
        self,
        error: BaseException,
        context: Context | None,
        key: Key | None,
        record: logging.LogRecord | None,
    ) -> str | None:
        error = handling.unwrapped(error)
        attributes, trace = attributes_of(error), trace_of(error)
        stack = stack_of(error, trace, record)
        known: Seen | None = attributes.get(MARK)
        last = self._raised_again(known, trace) if known else None
        known = known or self._seen_as(error)
        has_members = issubclass(type(error), BaseExceptionGroup)
        if known is None and (has_members or cause_of(error) is not None):
            known = self._seen_below(error)
        at = self._clock()
        if known:
            counted_at = at if last else known.counted_at
            seen = Seen(known.id, at, counted_at, trace, known.ours, known.identity)
        else:
            seen = Seen("", at, at, trace)
        attributes[MARK] = seen
        if known and not last:
            return self._add_line(error, record)
        if issubclass(type(error), self._no_errors):
            is_mistake = issubclass(type(error), self._mistakes)
            self._increment("user_mistakes" if is_mistake else "cancellations")
            return None
        self._increment("errors_captured")
        identity = seen.identity if last and not is_raise(last[-1]) else None
        if identity is None:
            whole = stack if last is None else None
            identity = identities.of_exception(self._fingerprints, error, last, whole)
        if record is not None and not identity.where:  # it was never raised
            identity = replace(identities.of_record(self._fingerprints, record), type=identity.type)
        seen.identity = identity
        sample = partial(self._sample, at, identity, context, key, error, record)
        seen.id = self._error_buffer.add(identity, at, sample)
        for member in self._members(error) if has_members else ():
            attributes_of(member)[MARK] = Seen(seen.id, at, at, trace_of(member))
        return seen.id

    def _exception_behind(self, record: logging.LogRecord) -> BaseException | None:
        """Return the exception that was seen lately and that a record without one tells of.

        It is one that the text is made of, or in whose ``except`` block it is logged, or else the
        one that is handled, unless the text or the block is of another.
        """
        carried, caught = handling.carried_by(record), sys.exc_info()[1]
        subjects = carried or ((caught,) if caught is not None else ())
        for subject in subjects:
            error = self._lately(subject, HANDLER_SECONDS if carried else RAISE_SECONDS)
            if error is not None:
                return error
        error = self._lately(handling.handled(), HANDLER_SECONDS)
        if error is None or not subjects:
            return error
        is_same = any(
            handling.are_one_failure(handling.unwrapped(subject), error) for subject in subjects
        )
        return error if is_same else None

    def _lately(self, error: BaseException | None, seconds: float) -> BaseException | None:
        """Return what an exception was raised for, if that was seen lately."""
        error = handling.unwrapped(error) if error is not None else None
        seen = seen_of(error) if error is not None else None
        return error if seen is not None and 0 <= self._clock() - seen.at < seconds else None

    def _seen_as(self, error: BaseException) -> Seen | None:
        """Find what is known of the exception that is handled, if this one is a form of it."""
        handled, caught = handling.handled(), sys.exc_info()[1]
        if handled is None and caught is error:  # as mostly
            return None
        for subject, seconds in ((handled, HANDLER_SECONDS), (caught, RAISE_SECONDS)):
            if subject is None or subject is error:
                continue
            known = self._lately(subject, seconds)
            if known is not None and counts(known) and handling.are_one_failure(error, known):
                return seen_of(known)
        return None

    def _seen_below(self, error: BaseException) -> Seen | None:
        """Find what is known of what an exception was raised from, or of all that a group has."""
        if issubclass(type(error), self._no_errors):
            return None
        known = self._seen_cause(error)
        for link, _ in handling.links(error) if known is None else ():
            of_members = [self._seen_cause(member) for member in self._members(link)]
            if of_members and all(of_members):
                return of_members[0]
        return known

    def _seen_cause(self, error: BaseException) -> Seen | None:
        """Find what is known of an exception or its causes, unless it was raised again since."""
        for link, is_handled in handling.links(error):
            found = self._lately(link, HANDLER_SECONDS if is_handled else RAISE_SECONDS)
            if found is not None and counts(found):
                known = seen_of(found)
                if known and not self._raised_again(known, trace_of(found)):
                    return known
        return None

    def _members(self, error: BaseException) -> list[BaseException]:
        """List the members of a group that are errors."""
        members = causes.members(error) if causes.is_group(error) else ()
        return [each for each in members if not issubclass(type(each), self._no_errors)]

    def _add_line(self, error: BaseException, record: logging.LogRecord | None) -> str | None:
        """Let a log record belong to the report of an exception, unless it only announces it."""
        found = self.id_of(error)
        if found and record and not (record.exc_info and announces(record.name)):
            self._error_buffer.add_line(
                found, Line(crumb_of(record), self._breadcrumbs.without_texts)
            )
        return found

    def _raised_again(self, known: Seen, trace: TracebackType | None) -> list[TracebackType]:
        if known.ours or trace is known.trace:
            return []
        is_handled = 0 <= self._clock() - known.counted_at < RAISE_SECONDS
        return raised_again(steps(trace), known.trace, is_handled=is_handled)

    def _sample(
        self,
        at: float,
        identity: Identity,
        context: Context | None,
        key: Key | None,
        error: BaseException | None,
        record: logging.LogRecord | None,
        found: str,
    ) -> Sample:
        crumbs = self._breadcrumbs.of(current_key() if key is None else key)
        what, where = taken.told(error, record), context or records.current(record)
        return Sample(found, at, identity, where, *what, crumbs, self._breadcrumbs.without_texts)


def is_own(logger_name: str) -> bool:
    """Return whether a logger is one of ours."""
    return logger_name.partition(".")[0] == OWN


def announces(logger_name: str) -> bool:
    """Return whether a logger's records only announce the exception that they carry."""
    return logger_name.partition(".")[0] in ANNOUNCING

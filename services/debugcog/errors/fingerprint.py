"""Exception or log record → fingerprint and location, equal for repeats of one fault.

Fingerprint v2. It does not depend on line numbers, paths, messages, values and ids, on the depth of
a recursion, nor on frames of libraries as long as one frame is the host's own.
"""

from __future__ import annotations

import hashlib
import logging
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from services.debugcog import tracebacks
from services.debugcog.errors import causes, contexts, cycles, former_fingerprint
from services.debugcog.errors import distinctions as errors_distinctions
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.stacks import Stacks
from services.debugcog.errors.templates import Templates
from services.debugcog.exceptions import cause_of, earlier_than, type_name
from services.debugcog.host_files import HostCode, HostFiles, nowhere
from services.debugcog.level_names import plain_level
from services.debugcog.patterns import late_pattern
from services.debugcog.redaction.redactor import cut
from services.debugcog.stack_memory import STEPS_MAX

if TYPE_CHECKING:
    from services.debugcog.errors.causes import Link
    from services.debugcog.exception_memory import Kind
    from services.debugcog.stack_memory import StackSummary

VERSION = "v2"
IN_APP_MAX = 20
LIBRARY_MAX = 8
BETWEEN = ("cogs/debug/", "services/debugcog/metrics.py", "services/debugcog/tracing.py")
"""Files of ours whose frames stand between those of the host, which may have the same modules."""
KNOWN_MAX = 1_000
"""Identities that are remembered."""
FORMER_MAX = 2_000
"""Fingerprints whose v1 is remembered, or what they were before."""
RAW_MAX = 5_000
"""Characters of a name that are kept until it is redacted and shortened."""

COMPOUND = (BaseExceptionGroup, RecursionError)
"""Of which more counts than a type and a stack."""

LOGGER_ID = late_pattern(r"\d{5,}")
"""An id in the name of a logger, where a host has one for each server or user."""


class Fingerprinter:
    """Makes fingerprints; knows frames of the host from those of libraries.

    Args:
        root: the host's folder; places are shown relative to it.
        libraries: folders whose files are not the host's; by default Python's own.
        code: returns where the bot's code lies.
    """

    def __init__(
        self,
        root: Path,
        libraries: tuple[str, ...] | None = None,
        code: Callable[[], HostCode] = nowhere,
    ) -> None:
        self._files = HostFiles(root, libraries, BETWEEN, code)
        self._stacks = Stacks(self._files.is_in_app, self._files.module)
        self._counted = partial(contexts.counted, is_in_app=self._files.is_in_app)
        self._former: dict[str, str] = {}
        self._earlier: dict[tuple[str, str], str] = {}
        self._templates = Templates(self._files.module)
        self._known: dict[tuple[int, int], tuple[Kind, StackSummary, Identity]] = {}

    def of_exception(
        self,
        error: BaseException,
        last: list[TracebackType] | None = None,
        stack: StackSummary | None = None,
    ) -> Identity:
        """Identify an exception by its chain of causes, and by its members where it is a group.

        Most are known by their type and their stack alone, and then it is remembered.

        Args:
            error: the exception.
            last: its steps, where its traceback holds those of earlier raises too.
            stack: all of them otherwise; of equal stacks, the same object is known at once.
        """
        carries_none = errors_distinctions.carries_none(error)
        if stack is None or earlier_than(error) is not None or not carries_none:
            return self._of_links(error, last)
        kind = type(error)
        key = id(kind), id(stack)
        known = self._known.get(key)
        if known is not None and known[0]() is kind and known[1] is stack:
            return known[2]
        identity = self._of_links(error, last)
        is_plain = errors_distinctions.has_none(error) and not issubclass(kind, COMPOUND)
        if is_plain and stack.size <= STEPS_MAX:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[key] = weakref.ref(kind), stack, identity
        return identity

    def _of_links(self, error: BaseException, last: list[TracebackType] | None) -> Identity:
        links = causes.links_of(error, self._stacks.of, last, self._counted)
        every, in_app = _raised(links)
        fingerprint = _digest(self._chain_parts(links, in_app))
        identity = _identity(
            fingerprint,
            self._former_of(fingerprint, error, last),
            type_name(type(error)),
            self._where(every, in_app),
        )
        if not causes.is_cut(links):
            return identity
        earlier = self._earlier_of(fingerprint, error, last, links)
        return replace(identity, earlier=earlier) if earlier != fingerprint else identity

    def _earlier_of(
        self,
        fingerprint: str,
        error: BaseException,
        last: list[TracebackType] | None,
        links: tuple[Link, ...],
    ) -> str:
        """Return the fingerprint that an error has with all that was handled before it.

        It is that of the first that had an error of this type before it.
        """
        cut_off = earlier_than(links[0].error)
        key = fingerprint, "" if cut_off is None else type_name(type(cut_off))
        earlier = self._earlier.get(key)
        if earlier is None:
            if len(self._earlier) >= FORMER_MAX:
                self._earlier.clear()
            links = causes.links_of(error, self._stacks.of, last)
            parts = self._chain_parts(links, _raised(links)[1])
            earlier = self._earlier[key] = _digest(parts)
        return earlier

    def of_record(self, record: logging.LogRecord) -> Identity:
        """Identify a log record without a traceback by its logger, and its template or place."""
        found = self._templates.with_former(record)
        place = f"{self._files.shown(record.pathname)}:{record.lineno} in {record.funcName}"
        return _identity(
            _digest(["log", LOGGER_ID.sub("?", record.name), found.text, *found.place]),
            former_fingerprint.former_of_record(record.name, found.former),
            f"{plain_level(record.levelname, record.levelno)} {record.name}",
            place,
        )

    def _chain_parts(self, links: tuple[Link, ...], in_app: bool) -> list[str]:
        """List what counts of a chain; equal links, as of attempt after attempt, count once."""
        parts = dict.fromkeys("\n".join(self._parts(link, in_app)) for link in links)
        return list(parts)[-tracebacks.CHAIN_MAX :]

    def _parts(self, link: Link, in_app: bool) -> Iterator[str]:
        yield f"type {type_name(type(link.error))}"
        yield from errors_distinctions.distinctions(link.error, self._files.identified)
        yield from self._names(link, in_app)
        members = {"\n".join(self._chain_parts(member, in_app)) for member in link.members}
        yield from (f"member {member}" for member in sorted(members))

    def _names(self, link: Link, in_app: bool) -> list[str]:
        """Name the frames that count, each cycle of a recursion once."""
        counted: Sequence[str] = link.stack.in_app if in_app else link.stack.names
        if issubclass(type(link.error), RecursionError):
            kept = set(counted)
            counted = [name for name in cycles.endless(link.stack.names) if name in kept]
        return cycles.without_cycles(counted)[-IN_APP_MAX if in_app else -LIBRARY_MAX :]

    def _former_of(
        self, fingerprint: str, error: BaseException, last: list[TracebackType] | None
    ) -> str:
        former = self._former.get(fingerprint)
        if former is None:
            if len(self._former) >= FORMER_MAX:
                self._former.clear()
            former = ""
            if errors_distinctions.has_none(error) or errors_distinctions.can_be_read(error):
                former = former_fingerprint.former_of_exception(error, last, self._files.libraries)
            self._former[fingerprint] = former
        return former

    def _place_told(self, error: BaseException) -> str:
        """Name the place that a SyntaxError tells of; its traceback ends where it was loaded."""
        if not issubclass(type(error), SyntaxError) or not errors_distinctions.can_be_read(error):
            return ""
        file, line = errors_distinctions.file_of(error), errors_distinctions.line_of(error)
        return f"{self._files.shown(file)}:{line}" if file and not file.startswith("<") else ""

    def _where(self, links: list[Link], in_app: bool) -> str:
        """Name the innermost frame of the host, of the first exception that has one.

        Where a library has wrapped an error that the host's code had raised further in, the host's
        frame is the one that called the library (``load_extension``): then it is the cause's.
        """
        called = ""
        for link in reversed(links):
            innermost = link.stack.innermost if in_app else -1
            place = self._place_told(link.error) or self._place(link, innermost)
            if place and (innermost is None or innermost in (-1, len(link.steps) - 1)):
                return place
            called = called or place
            if called and cause_of(link.error) is None:
                return called
        return called

    def _place(self, link: Link, innermost: int | None) -> str:
        if innermost is None:
            return ""
        step = link.steps[innermost]
        code = step.tb_frame.f_code
        return f"{self._files.shown(code.co_filename)}:{step.tb_lineno} in {code.co_qualname}"


def _raised(links: tuple[Link, ...]) -> tuple[list[Link], bool]:
    """List the links that were raised, and whether the host's code was in one of them."""
    every = [link for link in causes.all_links(links) if link.steps]
    return every, any(link.stack.in_app for link in every)


def _digest(parts: list[str]) -> str:
    text = "\n".join([VERSION, *parts])
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _identity(fingerprint: str, former: str, kind: str, where: str) -> Identity:
    return Identity(fingerprint, cut(kind, RAW_MAX), cut(where, RAW_MAX), former)

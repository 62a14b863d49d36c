"""Python's own error hooks (excepthooks, event loop, logging) → ErrorReporter.

Each hook reports first and then calls what it stands in front of, so that everything is printed and
logged as before.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, cast

from services.debugcog import readable_record
from services.debugcog.errors import handling, records
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.patch import Patch
from services.debugcog.errors.reporter import OWN, ErrorReporter, is_own
from services.debugcog.guard import guard, is_hosts
from services.debugcog.logfile import once
from services.debugcog.whole_parts import is_below

FLUSH_SECONDS = 1.5
RECONNECTING = ("discord.client", "discord.shard")
RECONNECT = "Attempting a reconnect"
"""How discord.py begins the ERROR line that it writes for each lost connection."""


class RecordHandler(logging.Handler):
    """Remembers log records as breadcrumbs, and reports those at ERROR or above; takes no lock."""

    def __init__(self, reporter: ErrorReporter, breadcrumbs: Breadcrumbs) -> None:
        super().__init__(logging.INFO)
        self._reporter = reporter
        self._breadcrumbs = breadcrumbs

    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record; whatever is in it, nothing is raised."""
        try:
            return self._take(record)
        except BaseException as error:
            if not is_hosts(error):
                raise
            return self._take_readable(record)

    @guard(True)
    def _take_readable(self, record: logging.LogRecord) -> bool:
        return self._take(readable_record.readable(record))

    def _take(self, record: logging.LogRecord) -> bool:
        if is_own(record.name) or (self.filters and not once.is_once(self, record)):
            return False
        self._breadcrumbs.add(record)
        if record.levelno >= logging.ERROR and not _is_reconnect(record):
            self._reporter.report_record(record)
        return True


def _is_reconnect(record: logging.LogRecord) -> bool:
    """Return whether discord.py tells that it connects again: the gateway's own rule alerts."""
    return record.name in RECONNECTING and str(record.msg).startswith(RECONNECT)


class Hooks:
    """The sources of errors that need no Discord.

    Args:
        reporter: gets the errors.
        breadcrumbs: gets the log records.
        flush: waits, for so many seconds at most, until what was reported is stored; called when
            the main thread ends with an exception.
    """

    def __init__(
        self,
        reporter: ErrorReporter,
        breadcrumbs: Breadcrumbs,
        flush: Callable[[float], object],
    ) -> None:
        self._reporter = reporter
        self._flush = flush
        self._handler = RecordHandler(reporter, breadcrumbs)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_patch: Patch | None = None
        self._patches = (
            Patch(sys, "excepthook", self._excepthook),
            Patch(threading, "excepthook", self._thread_hook),
            Patch(sys, "unraisablehook", self._unraisable_hook),
        )

    @property
    def patches(self) -> tuple[Patch, ...]:
        """List the patches."""
        return self._patches if self._loop_patch is None else (*self._patches, self._loop_patch)

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to report; again, it puts ours back in front of what has covered it."""
        if not once.is_on_root(self._handler):
            once.put_on_root(self._handler)
        for patch in self._patches:
            patch.install()
        if self._loop is not loop or self._loop_patch is None:
            self._give_loop_back()
            self._loop = loop
            self._loop_patch = Patch(loop, "call_exception_handler", self._loop_hook)
        self._loop_patch.install()

    def uninstall(self) -> None:
        """Take every hook back."""
        logging.getLogger().removeHandler(self._handler)
        for patch in self._patches:
            patch.remove()
        self._give_loop_back()

    def _give_loop_back(self) -> None:
        if self._loop_patch is not None:
            self._loop_patch.remove()
        self._loop = self._loop_patch = None

    def _excepthook(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def excepthook(
            kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
        ) -> None:
            found = None
            if error is not None:  # the host's class may have a truth of its own
                found = self._reporter.report(error, records.Context(source="main"))
            try:
                with handling.Handling(error):
                    before(kind, error, trace)
            finally:
                if found:
                    self._flush(FLUSH_SECONDS)

        return excepthook

    def _thread_hook(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def thread_hook(args: threading.ExceptHookArgs) -> None:
            self._report_thread(args)
            with handling.Handling(args.exc_value):
                before(args)

        return thread_hook

    def _unraisable_hook(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def unraisable_hook(args: sys.UnraisableHookArgs) -> None:
            if args.exc_value is not None:
                self._reporter.report(args.exc_value, records.Context(source="unraisable"))
            with handling.Handling(args.exc_value):
                before(args)

        return unraisable_hook

    def _loop_hook(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def call_exception_handler(context: dict[str, Any]) -> None:
            error = self._report_context(context)
            with handling.Handling(error) if error is not None else nullcontext():
                before(context)

        return call_exception_handler

    @guard(None)
    def _report_thread(self, args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread is not None else ""
        if args.exc_value is not None and not is_below(name, (OWN,), "-"):
            self._reporter.report(args.exc_value, records.Context(source="thread", command=name))

    @guard(cast("BaseException | None", None))
    def _report_context(self, context: dict[str, Any]) -> BaseException | None:
        """Report the exception of what a loop is told, if it has one; return it."""
        error: BaseException | None = context.get("exception")
        if error is None or not issubclass(type(error), BaseException):
            return None
        future = context.get("future")
        self._report_task(error, context.get("task") if future is None else future)
        return error

    def _report_task(self, error: BaseException, task: Any) -> None:
        if not issubclass(type(task), asyncio.Task):
            self._reporter.report(error, records.Context(source="event loop"))
        elif is_below(task.get_name(), (OWN,), "-"):
            self._reporter.ignore(error)
        else:
            context = records.Context(
                source="task", command=getattr(task.get_coro(), "__qualname__", "")
            )
            self._reporter.report(error, context, weakref.ref(task))

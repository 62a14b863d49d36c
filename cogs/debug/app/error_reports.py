"""A bot's failures, wherever they happen → error groups in the database and their posts; wired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from discord.ext import commands

from cogs.debug.capture.error_capture import MISTAKES, Capture
from cogs.debug.capture.invocations import CommandTimes
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.metrics import MetricsService
from services.debugcog.state.database import Database


class ErrorReports:
    """Everything between an exception and its group; started and closed as one.

    Args:
        bot: the host, whose errors are caught and whose commands are timed.
        database: to be opened, with ``services.debugcog.errors.store.SCHEMA``, before ``start``.
        metrics: counts errors, and times commands.
        redact: takes the secrets out of what is kept.
        on_post: called from any thread after a post was queued.
        root: the folder whose files are the host's own code.
        release: the host's version; empty when it is not told.
    """

    def __init__(
        self,
        bot: commands.Bot,
        database: Database,
        metrics: MetricsService,
        *,
        redact: Callable[[str], str],
        on_post: Callable[[], None],
        root: Path,
        release: str,
    ) -> None:
        self.store = ErrorStore(database, redact, release=release, on_post=on_post)
        breadcrumbs = Breadcrumbs()
        self.reporter = ErrorReporter(
            self.store.error_buffer, breadcrumbs, metrics.increment, mistakes=MISTAKES, root=root
        )
        self._hooks = Hooks(self.reporter, breadcrumbs, self.store.flush)
        self._capture = Capture(bot, self.reporter, CommandTimes(metrics.timer))

    def start(self) -> None:
        """Start storing, and catch from now on; to be called on the running loop."""
        self.store.start()
        self.catch()

    def catch(self) -> None:
        """Take every hook that is not ours: at the start, and when the host has covered one."""
        self._hooks.install(asyncio.get_running_loop())
        self._capture.install()

    def release(self) -> None:
        """Give every hook back; what another has covered since becomes inert."""
        self._capture.uninstall()
        self._hooks.uninstall()
        self.reporter.close()

    def close(self) -> None:
        """Store what was caught, and end the thread; it may take seconds."""
        self.store.stop()

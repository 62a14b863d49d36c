"""Error hooks, discord.py capture and error store, started and closed together."""

from __future__ import annotations

import asyncio

from cogs.debug.capture.error_capture import Capture
from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.frozen import frozen


@frozen(kw_only=True)
class ErrorReports:
    """Everything between an exception and its group.

    Attributes:
        store: of the groups.
        reporter: gets the errors from hooks and capture.
        hooks: Python's own last resorts.
        capture: the places of discord.py.
    """

    store: ErrorStore
    reporter: ErrorReporter
    hooks: Hooks
    capture: Capture

    def start(self) -> None:
        """Start storing, and catch from now on; to be called on the running loop."""
        self.store.start()
        self.catch()

    def catch(self) -> None:
        """Take every hook that is not ours: at the start, and when the host has covered one."""
        self.hooks.install(asyncio.get_running_loop())
        self.capture.install()

    def release(self) -> None:
        """Give every hook back; what another has covered since becomes inert."""
        self.capture.uninstall()
        self.hooks.uninstall()
        self.reporter.close()

    def close(self) -> None:
        """Store what was caught, and end the thread; it may take seconds."""
        self.store.stop()

"""Files that other processes of this bot have left → their rows in the file in use."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.debugcog.guard import own_logger
from services.debugcog.state import files
from services.debugcog.state import merge as state_merge
from services.debugcog.state.connection import StateConnection

if TYPE_CHECKING:
    from services.debugcog.state.merge import TakeIn

log = own_logger("debugcog.store")

DISK_FAULTS = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
"""Errors that are no fault of what is in a file: it may be readable or writable later."""


class LeftFiles:
    """The files beside the one in use.

    Args:
        home: the file that is asked for.
        owner: the bot.
        modules: what each does to take in its tables of another file.
        clock: unix seconds.
        fitted: brings a file to this version.
        is_foreign: tells a file of another program.

    Attributes:
        trouble: what could not be read, and where it is kept; None when nothing was.
    """

    def __init__(
        self,
        home: Path,
        owner: str,
        modules: Sequence[TakeIn],
        clock: Callable[[], float],
        fitted: Callable[[StateConnection], StateConnection],
        is_foreign: Callable[[Path], bool],
    ) -> None:
        self.trouble: str | None = None
        self._home = home
        self._owner = owner
        self._modules = modules
        self._clock = clock
        self._fitted = fitted
        self._is_foreign = is_foreign
        self._alone: set[Path] = set()  # files that are not ours to take in

    def belong_to(self, owner: str) -> None:
        """Look at all files anew: it is known now which bot this is."""
        self._owner = owner
        self._alone.clear()

    def take_in(self, own: Path, target: StateConnection) -> bool:
        """Take in what is there; tell whether there was anything."""
        taken = False
        while True:
            found = files.left_behind(self._home, own, self._owner, self._alone, self._is_foreign)
            if found is None:
                return taken
            path, source = found
            try:
                state_merge.merge(self._fitted(source), target, self._modules, self._clock())
            except Exception as error:  # noqa: BLE001 - whatever is in it must not stop a start
                source.close()
                self._alone.add(path)
                self._take_in_readable(path, error, target)
            else:
                files.remove(path, source, self._alone)
                log.warning("State of %s taken in: another process had left it", path)
            taken = True

    def _take_in_readable(self, path: Path, error: Exception, target: StateConnection) -> None:
        """Keep a file that is damaged, or newer, and take in what can be read of it."""
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in DISK_FAULTS:  # of that file or of ours
            log.error("State of %s not taken in: %s", path, error)
            return
        with files.logged(path), contextlib.closing(files.in_memory(self._fitted)) as memory:
            aside = files.rename_aside(path, "unfit", self._clock())
            self.trouble = f"{path} is not readable ({error}); it was kept as {aside.name}"
            log.error("State file put aside: %s", self.trouble)
            files.save_readable(aside, memory)
            state_merge.merge(memory, target, self._modules, self._clock())

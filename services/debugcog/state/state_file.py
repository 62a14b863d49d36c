"""The file in use: opened, left when it fails, taken again, and what others left taken in."""

from __future__ import annotations

import contextlib
import math
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from services.debugcog import file_errors
from services.debugcog.guard import own_logger
from services.debugcog.state import files, foreign, identity, rows, salvage
from services.debugcog.state import merge as state_merge
from services.debugcog.state.connection import StateConnection, connect
from services.debugcog.state.disk_locks import locks_checked
from services.debugcog.state.left_files import DISK_FAULTS, LeftFiles
from services.debugcog.state.migrations import UnfitFileError, fit

if TYPE_CHECKING:
    from services.debugcog.state.merge import TakeIn

log = own_logger("debugcog.store")

CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
MISSHAPED = {*CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}
"""What a file answers whose tables are not as they were: a name that is not there, say."""
SQLITE = sqlite3.Error
DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
FAILURES = (OSError, sqlite3.Error, UnfitFileError, UnicodeDecodeError)
"""What a file may raise; the text of an error may itself be damaged, and then is no UTF-8."""
RETRY = 60.0
"""Seconds after which state that lives in memory is offered to its file again."""
SCHEMAS = (identity.SCHEMA, rows.SCHEMA)
"""Tables of the file itself."""


class StateFile:
    """What the state is kept in; every method is called on one thread, outside of a transaction.

    A file that is corrupt, or of a newer version, is renamed, never deleted; what can be read of
    it goes on in a new one. A file that cannot be opened or written is replaced by memory: the bot
    runs on, but what is kept is lost with the process, unless the file takes it again. A file that
    another process has open is left to it, and the first free one of ``name-2.sqlite3`` … stands in
    for it; whoever is left takes in what the other leaves behind.

    Args:
        home: the file that is asked for.
        schemas: of the modules, or what returns them when they are needed.
        clock: unix seconds.
        owner: the bot.
        modules: what each does to take in its tables of another file.

    Attributes:
        path: the file in use.
        connection: to it, or to memory; None before the start and after the end.
        trouble: what is lost, and why; None when all is well.
    """

    def __init__(
        self,
        home: Path,
        schemas: Sequence[str] | Callable[[], Sequence[str]],
        clock: Callable[[], float],
        owner: str = "",
        modules: Sequence[TakeIn] = (),
    ) -> None:
        self.path = self._home = home
        self.connection: StateConnection | None = None
        self.trouble: str | None = None
        self._schemas = schemas
        self._clock = clock
        self._owner = owner
        self._modules = modules
        self._retry_at: float | None = None  # of a copy in memory, to be written back
        self._held: StateConnection | None = None  # to its file: no other process is to change it
        self._is_apart = False  # memory that knows nothing of what the file has
        self._has_joined = False  # the file that it was apart from, since it was last asked
        self._check_at = math.inf  # for a file that was deleted while it is open
        self._places = files.NOWHERE  # of the open file, and of its log
        self._left = LeftFiles(home, owner, modules, clock, self._fitted, self._is_foreign)

    def open(self) -> None:
        """Open the first file that is free, whatever is in it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path, found = files.free_file(self._home, self._owner, self._is_foreign)
            self.connection = self._fitted(found)
        except UnfitFileError as error:
            self._put_aside(error, error.label)
        except FAILURES as error:
            if _code(error) in MISSHAPED:
                self._put_aside(error, "corrupt")
            else:
                self._go_on_in_memory(error)
        self.take_in()
        self._sign()

    def close(self) -> None:
        """Write what lives in memory to the file, if it takes it now, and close that."""
        if self.connection is not None:
            if math.isfinite(self._check_at):
                self._check_file()
            self.write_back()
            self._let_go()
            self.connection.close()
            self.connection = None

    def look_after(self) -> None:
        """Do what is due before the next work."""
        if self._retry_at is not None and _is_due(self._retry_at, self._clock()):
            self._return_to_file()
        if _is_due(self._check_at, self._clock()):
            self._check_file()

    def escape(self, error: Exception) -> bool:
        """Leave a file that has failed; False if the error is not the file's, or it was left."""
        code, former = _code(error), self.connection
        if former is None or self._in_memory or code not in DISK_FAULTS | CORRUPT:
            return False
        memory = self.connect(":memory:")
        if code in DISK_FAULTS:
            files.save(former, memory)
        self._held = former
        if code in CORRUPT:
            self._let_go()  # before the file is renamed: it shares the log beside it
            memory.close()
            self._put_aside(error, "corrupt")
        else:
            self._go_on_in_memory(error, memory)
        self._sign()
        return True

    def write_back(self) -> None:
        """Offer what lives in memory to the file for the last time."""
        if self._is_apart and self.connection:
            self._add_to_file(self.connection)
        elif self._retry_at is not None:
            self._return_to_file()

    def take_in(self) -> bool:
        """Take in the files that other processes of this bot have left; tell if there were any."""
        joined, self._has_joined = self._has_joined, False
        if self.connection is None or self._in_memory:
            return joined
        taken = self._left.take_in(self.path, self.connection)
        self.trouble = self._left.trouble or self.trouble
        return taken or joined

    def belong_to(self, owner: str) -> None:
        """Say which bot this is, as its login has told; what it has left is taken in then."""
        if owner != self._owner and self.connection is not None:
            self._owner = owner
            self._left.belong_to(owner)
            self._sign()

    def connect(self, target: str) -> StateConnection:
        """Open a file of this version, or bring it there, and lock it."""
        if target != ":memory:" and self._is_foreign(Path(target)):
            raise foreign.ForeignFileError(f"{target} is the file of another program")
        with locks_checked(Path(target)):
            return self._fitted(connect(target))

    def _check_file(self) -> None:
        """Write the file anew if it was deleted, or another is in its place.

        What only an open one holds ends with it; one that somebody put there is kept by name.
        """
        self._check_at = self._clock() + RETRY
        former = self.connection
        if former is None or self._in_memory or files.is_in_place(self.path, self._places[0]):
            return
        memory = self.connect(":memory:")
        files.save(former, memory)
        former.close()
        files.remove_log(self.path, self._places[1])
        why = files.keep_replacement(self.path, self._clock(), self._is_foreign)
        self._go_on_in_memory(FileNotFoundError(why), memory)
        self._return_to_file()

    @property
    def _in_memory(self) -> bool:
        return self._retry_at is not None or self._is_apart

    def _return_to_file(self) -> None:
        """Write what lives in memory to the file, all of it or nothing, and what that has kept."""
        self._retry_at = self._clock() + RETRY
        assert self.connection, "it is closed on this thread"
        self._let_go()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.connect(str(self.path))
        except FAILURES:
            return
        if self._is_apart and not self._join(file):
            return
        try:
            salvage.replace_rows(self.connection, file)
        except sqlite3.Error:
            self._held = file
            return
        self.connection.close()
        self.connection, self._retry_at, self.trouble = file, None, None
        self._places = files.places(self.path)
        log.warning("State is in its file again: %s", self.path)

    def _join(self, file: StateConnection) -> bool:
        """Take in what a file has that could not be read at the start; False if it cannot be."""
        assert self.connection, "it is in memory"
        with files.logged(self.path):
            state_merge.merge(file, self.connection, self._modules, self._clock())
            self._is_apart, self._has_joined = False, True
        if self._is_apart:
            file.close()
            self._retry_at = None  # it would fail again; at the end, it is added to the file
        return not self._is_apart

    def _let_go(self) -> None:
        """Close the file that is held while its rows live in memory."""
        held, self._held = self._held, None
        if held is not None:
            with contextlib.suppress(sqlite3.Error):
                held.close()

    def _add_to_file(self, memory: StateConnection) -> None:
        """Let a file that could not be read at the start take in what was kept without it."""
        try:
            file = self.connect(str(self.path))
        except FAILURES:
            return
        with contextlib.closing(file), files.logged(self.path):
            state_merge.merge(memory, file, self._modules, self._clock())
            self._is_apart, self._retry_at = False, None
            log.warning("State is in its file again: %s", self.path)

    def _sign(self) -> None:
        assert self.connection, "it is open"
        self._check_at = self._clock() + RETRY
        try:
            identity.sign(self.connection, self._home.name, self._owner, self._clock())
        except FAILURES as error:
            if not self.escape(error):
                log.warning("State file does not say whose it is: %s", error)
        self._places = files.NOWHERE if self._in_memory else files.places(self.path)

    def _all_schemas(self) -> tuple[str, ...]:
        modules = self._schemas() if callable(self._schemas) else self._schemas
        return (*SCHEMAS, *modules)

    def _is_foreign(self, path: Path) -> bool:
        return foreign.is_foreign(path, self._all_schemas())

    def _fitted(self, connection: StateConnection) -> StateConnection:
        try:
            fit(connection, self._all_schemas())
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self, error: Exception, label: str) -> None:
        aside = self.path
        try:
            aside = files.rename_aside(self.path, label, self._clock())
            self.trouble = f"{self.path} is not readable ({error}); it was kept as {aside.name}"
            log.error("State file put aside: %s", self.trouble)
            self.connection = self.connect(str(self.path))
        except FAILURES as second:
            self._go_on_in_memory(second, rest=aside)
        else:
            files.save_readable(aside, self.connection)

    def _go_on_in_memory(
        self,
        error: Exception,
        memory: StateConnection | None = None,
        rest: Path | None = None,
    ) -> None:
        """Replace the file by memory, which has what the file had, or what can be read of it."""
        fix = file_errors.advice_for(error, self.path, "STATE_PATH")
        self.trouble = (
            f"{self.path} cannot be used ({error}); fix: {fix}; state is lost with the process"
        )
        log.error("State kept in memory only: %s", self.trouble)
        self.connection = memory or self.connect(":memory:")
        has_all = memory is not None or files.save_readable(rest or self.path, self.connection)
        self._is_apart = not (has_all or files.is_gone(self.path))
        self._retry_at = self._clock() + RETRY


def _is_due(at: float, now: float) -> bool:
    """Tell whether a time has come; one far off has, as the clock was set back meanwhile."""
    return now >= at or RETRY < at - now < math.inf


def _code(error: Exception) -> int:
    if isinstance(error, UnicodeDecodeError):
        return sqlite3.SQLITE_CORRUPT
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

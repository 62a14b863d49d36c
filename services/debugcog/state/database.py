"""Function on a connection → its result, run in a transaction on the SQLite thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from services.debugcog.file_errors import advice_for

T = TypeVar("T")
log = logging.getLogger("debugcog.store")

UNUSABLE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
RETRY = 60.0
"""Seconds after which state that lives in memory is offered to its file again."""
PRAGMAS = """
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
BEGIN IMMEDIATE;
COMMIT;
"""
"""Exclusive: a second process would take the run of the first for one that crashed. The empty
transaction takes the lock, which the system frees when the process ends, however it ends."""

WRITE, READ = "BEGIN IMMEDIATE", "BEGIN"

PROCESSES_MAX = 64
PATIENCE = 5.0
"""Seconds that the process before this one gets to end, at a restart."""


class Database:
    """The state file of one bot; every call runs on its own thread, so the event loop never waits.

    A corrupt file is renamed, never deleted; what can be read of it goes on in a new one. A file
    that cannot be opened or written is replaced by memory: the bot runs on, but what is kept is
    lost with the process, unless the file takes it again. A file that another bot has open is left
    to it, and the first free one of ``name-2.sqlite3`` … taken.

    Args:
        path: the SQLite file; its folder is made when missing.
        schemas: SQL scripts of ``CREATE … IF NOT EXISTS`` statements, one of each module.
        clock: unix time in seconds, for the name of a file put aside, and for another try.

    Attributes:
        path: the file in use.
        trouble: what is lost, and why; None when all is well.
    """

    def __init__(
        self, path: Path, schemas: Sequence[str], clock: Callable[[], float] = time.time
    ) -> None:
        self.trouble: str | None = None
        self.path = path.absolute()  # the host may change its working directory
        self._schemas = schemas
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
        self._retry_at: float | None = None  # of a copy in memory, to be written back
        self._check_at = math.inf  # for a file that was deleted while it is open
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="debugcog-store")

    def open(self) -> None:
        """Open the file on the database's thread; return when it is ready."""
        self._thread.submit(self._open).result()

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Queue work from any thread; its result or exception is in the future."""
        return self._thread.submit(self._transact, work)

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Await work from a coroutine; what it raises rolls the transaction back and comes here."""
        return await asyncio.wrap_future(self.submit(work))

    async def query(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Await work that only reads: it takes no write lock, and its end syncs no disk.

        Raises:
            RuntimeError: it wrote; nothing of that is kept.
        """
        return await asyncio.wrap_future(self._thread.submit(self._transact, work, READ))

    def close(self) -> None:
        """Finish what is queued, then close the file; closing twice is harmless."""
        with contextlib.suppress(RuntimeError):  # the thread has been closed before
            self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _transact(self, work: Callable[[sqlite3.Connection], T], begin: str = WRITE) -> T:
        if self._retry_at is not None and self._clock() >= self._retry_at:
            self._return_to_file()
        if self._clock() >= self._check_at:
            self._check_file()
        try:
            return self._attempt(work, begin)
        except sqlite3.DatabaseError as error:
            if not self._escape(error):
                raise
        return self._attempt(work, begin)

    def _attempt(self, work: Callable[[sqlite3.Connection], T], begin: str) -> T:
        if self._connection is None:
            raise RuntimeError("the database is not open")
        self._connection.execute(begin)
        changes = self._connection.total_changes
        try:
            result = work(self._connection)
            if begin == READ and self._connection.total_changes != changes:
                raise RuntimeError("a query must not write")
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _escape(self, error: sqlite3.DatabaseError) -> bool:
        """Leave a file that has failed; False if the error is not the file's, or it was left."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        former = self._connection
        if former is None or self._retry_at is not None or code not in UNUSABLE | CORRUPT:
            return False
        memory = self._connect(":memory:")
        _copy(former, memory)
        with contextlib.suppress(sqlite3.Error):
            former.close()  # before the file is renamed: it shares the log beside it
        if code in CORRUPT:
            self._put_aside(error)
            assert self._connection, "a new one was opened"
            _copy(memory, self._connection)
            memory.close()
        else:
            self._go_on_in_memory(error, memory)
            self._retry_at = self._clock() + RETRY
        return True

    def _check_file(self) -> None:
        """Write the file anew if it was deleted: what only an open one holds ends with it."""
        self._check_at = self._clock() + RETRY
        former = self._connection
        if former is None or self._retry_at is not None or not _is_gone(self.path):
            return
        memory = self._connect(":memory:")
        _copy(former, memory)
        former.close()
        self._go_on_in_memory(FileNotFoundError("it was deleted"), memory)
        self._return_to_file()

    def _return_to_file(self) -> None:
        """Write what lives in memory to the file, all of it or nothing."""
        assert self._connection, "it is closed on this thread"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self._connect(str(self.path))
        except (OSError, sqlite3.Error):
            self._retry_at = self._clock() + RETRY
            return
        try:
            _copy(self._connection, file, strict=True)
        except sqlite3.Error:
            file.close()
            self._retry_at = self._clock() + RETRY
            return
        self._connection.close()
        self._connection, self._retry_at, self.trouble = file, None, None
        log.warning("State is in its file again: %s", self.path)

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connect_to_free()
            self._check_at = self._clock() + RETRY
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # no access, no space
                self._go_on_in_memory(error)
            else:
                self._put_aside(error)
        except OSError as error:
            self._go_on_in_memory(error)

    def _connect_to_free(self) -> sqlite3.Connection:
        wanted, patience = self.path, PATIENCE
        for number in range(2, PROCESSES_MAX):
            try:
                return self._connect(str(self.path), patience)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            taken, self.path = self.path, wanted.with_stem(f"{wanted.stem}-{number}")
            patience = 0.0
            log.warning(
                "State file in use by another bot: %s; this one tries %s. "
                "Give each process a STATE_PATH of its own",
                *(taken, self.path),
            )
        return self._connect(str(self.path))

    def _connect(self, target: str, patience: float = 0.0) -> sqlite3.Connection:
        connection = sqlite3.connect(
            target, timeout=patience, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.executescript(PRAGMAS)
            for schema in self._schemas:
                connection.executescript(schema)
        except BaseException:
            connection.close()
            raise
        return connection

    def _put_aside(self, error: Exception) -> None:
        aside = self.path.with_name(f"{self.path.name}.corrupt-{int(self._clock())}")
        self.trouble = f"{self.path} is not readable ({error}); it was kept as {aside.name}"
        log.error("State file put aside: %s", self.trouble)
        try:
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{self.path}{end}").rename(f"{aside}{end}")
            self._connection = self._connect(str(self.path))
        except (OSError, sqlite3.Error) as second:
            self._go_on_in_memory(second)

    def _go_on_in_memory(self, error: Exception, memory: sqlite3.Connection | None = None) -> None:
        fix = advice_for(error, self.path, "STATE_PATH")
        self.trouble = (
            f"{self.path} cannot be used ({error}); fix: {fix}; state is lost with the process"
        )
        log.error("State kept in memory only: %s", self.trouble)
        self._connection = memory or self._connect(":memory:")

    def _close(self) -> None:
        if self._connection is not None:
            if math.isfinite(self._check_at):
                self._check_file()
            if self._retry_at is not None:
                self._return_to_file()
            self._connection.close()
            self._connection = None


def _is_gone(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:  # it cannot be looked at, and may be there
        return False
    return False


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, *, strict: bool = False) -> None:
    """Replace the rows of each table that the target knows; unless strict, by what can be read."""
    target.execute("BEGIN IMMEDIATE")
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (table,) in target.execute(tables).fetchall():
        try:
            target.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of our own schema
            rows = source.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the same
            marks = ", ".join("?" for _ in rows.description)
            into = f'INSERT INTO "{table}" VALUES ({marks})'  # noqa: S608 - the same
            for row in rows:
                target.execute(into, tuple(row))
        except sqlite3.Error as error:
            if strict:
                raise
            log.error("State partly lost: %s, %s", table, error)
    target.execute("COMMIT")

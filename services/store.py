"""Work on a connection → its result, in one transaction on the thread that owns the SQLite file."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger("debugcog.store")

PRAGMAS = """
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
BEGIN IMMEDIATE;
COMMIT;
"""
"""Exclusive: a second process would take the run of the first for one that crashed. The empty
transaction takes the lock, which the system frees when the process ends, however it ends."""

PROCESSES_MAX = 64
PATIENCE = 5.0
"""Seconds that the process before this one gets to end, at a restart."""


class Database:
    """The state file of one bot; every call runs on its own thread, so the event loop never waits.

    A corrupt file is renamed, never deleted. A file that cannot be opened is replaced by memory:
    the bot runs on, but what is kept is lost with the process. A file that another bot has open is
    left to it, and the first free one of ``name-2.sqlite3`` … taken.

    Args:
        path: the SQLite file; its folder is made when missing.
        schemas: SQL scripts of ``CREATE … IF NOT EXISTS`` statements, one of each module.
        clock: unix time in seconds, for the name of a file put aside.

    Attributes:
        path: the file in use.
        trouble: what is lost, and why; None when all is well.
    """

    def __init__(
        self, path: Path, schemas: Sequence[str], clock: Callable[[], float] = time.time
    ) -> None:
        self.trouble: str | None = None
        self.path = path
        self._schemas = schemas
        self._clock = clock
        self._connection: sqlite3.Connection | None = None
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

    def close(self) -> None:
        """Finish what is queued, then close the file; closing twice is harmless."""
        with contextlib.suppress(RuntimeError):  # the thread has been closed before
            self._thread.submit(self._close)
        self._thread.shutdown(wait=True)

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            raise RuntimeError("the database is not open")
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return result

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connect_to_free()
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
            self.path.rename(aside)
            self._connection = self._connect(str(self.path))
        except (OSError, sqlite3.Error) as second:
            self._go_on_in_memory(second)

    def _go_on_in_memory(self, error: Exception) -> None:
        self.trouble = f"{self.path} cannot be used ({error}); state is lost with the process"
        log.error("State kept in memory only: %s", self.trouble)
        self._connection = self._connect(":memory:")

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

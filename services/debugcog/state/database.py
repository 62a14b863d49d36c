"""Function on a connection → its result, run in a transaction on the SQLite thread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from services.debugcog.guard import own_logger
from services.debugcog.state import rows, salvage, state_file

if TYPE_CHECKING:
    from services.debugcog.state.connection import StateConnection
    from services.debugcog.state.merge import TakeIn
    from services.debugcog.state.state_file import StateFile

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""What asks for or changes the state. SQLite is imported here and not by the thread, as discord.py
cannot reload an extension while a thread imports something."""
log = own_logger("debugcog.store")

WRITE, READ = "BEGIN IMMEDIATE", "BEGIN"


class Database:
    """The state of one bot; every call runs on its own thread, so the event loop never waits.

    What was stored is input: rows that cannot be understood are moved to the table ``set_aside``,
    and ``StateFile`` copes with a file that is damaged, full, busy or of another version.

    Args:
        path: the SQLite file; its folder is made when missing.
        schemas: SQL scripts of ``CREATE … IF NOT EXISTS`` statements, one of each module; or what
            returns them when they are needed.
        clock: unix time in seconds, for the name of a file put aside, and for another try.
        owner: the bot, so that it takes in no file of another one.
        take_in: what each module does to take in its tables of another file.
    """

    def __init__(
        self,
        path: Path,
        schemas: Sequence[str] | Callable[[], Sequence[str]],
        clock: Callable[[], float] = time.time,
        *,
        owner: str = "",
        take_in: Sequence[TakeIn] = (),
    ) -> None:
        # The host may change its working directory; and what is renamed is the file, not a link.
        home = Path(os.path.realpath(path))
        self._given = (home, schemas, clock, owner, take_in)
        self._clock = clock
        self._damage: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="debugcog-store")

    @cached_property
    def _file(self) -> StateFile:
        """Make it on the first use: its modules are no part of a load."""
        return state_file.StateFile(*self._given)

    @property
    def path(self) -> Path:
        """Return the path of the file in use."""
        return self._file.path

    @property
    def trouble(self) -> str | None:
        """Say what is lost or was put aside, and why; None when all is well."""
        damage = ", ".join(f"{count} of {table}" for table, count in self._damage.items())
        aside = f"damaged rows were put aside ({damage}), into its table set_aside"
        parts = [part for part in (self._file.trouble, aside if damage else "") if part]
        return "; ".join(parts) or None

    def begin(self) -> Future[None]:
        """Begin to open the file; what is asked of the database after that waits for it."""
        return self._thread.submit(lambda: self._file.open())

    def open(self) -> None:
        """Open the file; return when it is ready."""
        self.begin().result()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue work from any thread; its result or exception is in the future."""
        return self._thread.submit(self._transact, work)

    async def run(self, work: Work[T]) -> T:
        """Await work from a coroutine; what it raises rolls the transaction back and comes here."""
        return await asyncio.wrap_future(self.submit(work))

    async def query(self, work: Work[T]) -> T:
        """Await work that only reads: it takes no write lock, and its end syncs no disk.

        Raises:
            RuntimeError: it wrote; nothing of that is kept.
        """
        return await asyncio.wrap_future(self._thread.submit(self._transact, work, READ))

    async def take_in(self) -> bool:
        """Take in what another process of this bot has left; tell whether there was anything."""
        return await asyncio.wrap_future(self._thread.submit(self._file.take_in))

    def belong_to(self, owner: str) -> Future[None]:
        """Say which bot this is, once its login has told; it takes in what that one has left."""
        return self._thread.submit(self._file.belong_to, owner)

    def write_back(self) -> Future[None]:
        """Offer what lives in memory to its file now: the process is about to end."""
        return self._thread.submit(self._file.write_back)

    def close(self) -> None:
        """Finish what is queued, then close the file; closing twice is harmless."""
        with contextlib.suppress(RuntimeError):  # the thread has been closed before
            self._thread.submit(self._file.close)
        self._thread.shutdown(wait=True)

    @property
    def _connection(self) -> StateConnection | None:
        return self._file.connection

    def _transact(self, work: Work[T], begin: str = WRITE) -> T:
        self._file.look_after()
        try:
            result = self._attempt(work, begin)
        except state_file.DAMAGE as error:
            if not self._file.escape(error):
                raise
            result = self._attempt(work, begin)
        self._put_rows_aside()
        return result

    def _attempt(self, work: Work[T], begin: str) -> T:
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
            salvage.roll_back(self._connection)
            raise
        return result

    def _put_rows_aside(self) -> None:
        """Move the damaged rows that the last work has met, and say so."""
        connection = self._connection
        if connection is None or not connection.damaged:
            return
        damaged, connection.damaged = connection.damaged, {}
        try:
            work = partial(rows.put_aside, damaged=damaged, now=self._clock())
            moved = self._attempt(work, WRITE)
        except state_file.SQLITE as error:
            log.warning("Damaged rows stay where they are: %s", error)
            return
        self._damage.update(moved)
        reasons = {table: reason for (table, _), (reason, _) in damaged.items()}
        for table, count in moved.items():
            log.warning(
                "Damaged rows of the state file put aside: %d of %s, %s",
                *(count, table, reasons[table]),
            )

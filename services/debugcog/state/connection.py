"""Path → locked SQLite connection, which survives text that is no UTF-8 and notes damaged rows."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from services.debugcog.state.log_lock import POLL_SECONDS, LogLock, is_held

PRAGMAS = """
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
BEGIN IMMEDIATE;
COMMIT;
"""
"""Exclusive: a second process would take the run of the first for one that crashed. The empty
transaction takes the lock, which the system frees when the process ends, however it ends."""

WITHOUT_LOCKS = "mode=ro&vfs=unix-none"
WITH_LOG = ("mode=ro", WITHOUT_LOCKS)
"""The second reads a log where SQLite cannot make its index, as in a folder that is read-only."""
WITHOUT_LOG = ("mode=ro&immutable=1",)
"""Nothing need be made beside the file to read it."""


Place = tuple[str, tuple[tuple[str, object], ...]]
"""A table, and columns with their values that identify a row of it."""


class StateConnection(sqlite3.Connection):
    """A connection to a state file, or to memory in its place.

    Attributes:
        damaged: rows that a reader could make nothing of: (table, condition) → why, and the row.
        undecodable: texts in which bytes that are no UTF-8 were replaced.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_factory = sqlite3.Row
        self.text_factory = self._text
        self.damaged: dict[Place, tuple[str, sqlite3.Row | None]] = {}
        self.undecodable = 0
        self.log_lock: LogLock | None = None

    def close(self) -> None:
        """Close it, and let go of its log after that."""
        try:
            super().close()
        finally:
            if self.log_lock is not None:
                self.log_lock.release()

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.undecodable += 1
            return raw.decode(errors="replace")


def connect(target: str, patience: float = 0.0) -> StateConnection:
    """Open a file and lock it, or raise.

    Args:
        target: a path, or ``:memory:``.
        patience: seconds to wait for another process's lock.
    """
    _await_log(target, patience)
    connection = _connected(target, patience)
    try:
        connection.executescript(PRAGMAS)
        connection.log_lock = LogLock(target)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> StateConnection:
    """Open a file of any shape without changing it, with its log as far as that can be read.

    Raises:
        sqlite3.Error: not even the names of its tables can be read.
    """
    _await_log(str(path), 0.0)
    ways = WITH_LOG if Path(f"{path}-wal").exists() else WITHOUT_LOG
    for way in ways:
        try:
            return _opened_to_read(f"{path.absolute().as_uri()}?{way}")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if is_busy or way == ways[-1]:
                raise
    raise AssertionError("there is a way to read")


def _await_log(target: str, patience: float) -> None:
    """Refuse a file whose log somebody holds, as SQLite does where its own lock is in place."""
    end = time.monotonic() + patience
    while is_held(target):
        if time.monotonic() >= end:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        time.sleep(POLL_SECONDS)


def _opened_to_read(address: str) -> StateConnection:
    connection = _connected(address, 0.0, uri=True)
    try:
        if WITHOUT_LOCKS in address:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        # Without this, a file whose end is cut off, or that has one bad entry, has no table at all.
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(target: str, patience: float, *, uri: bool = False) -> StateConnection:
    return sqlite3.connect(
        target,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        factory=StateConnection,
        uri=uri,
    )

"""Path → locked SQLite connection, which survives text that is no UTF-8 and notes damaged rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

PRAGMAS = """
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
BEGIN IMMEDIATE;
COMMIT;
"""
"""Exclusive: a second process would take the run of the first for one that crashed. The empty
transaction takes the lock, which the system frees when the process ends, however it ends."""


class StateConnection(sqlite3.Connection):
    """A connection to a state file, or to memory in its place.

    Attributes:
        damaged: rows that a reader could make nothing of: (table, condition) → why.
        undecodable: texts in which bytes that are no UTF-8 were replaced.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_factory = sqlite3.Row
        self.text_factory = self._text
        self.damaged: dict[tuple[str, tuple[tuple[str, object], ...]], str] = {}
        self.undecodable = 0

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
    connection = _connected(target, patience)
    try:
        connection.executescript(PRAGMAS)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> StateConnection:
    """Open a file of any shape without changing it."""
    has_log = Path(f"{path}-wal").exists()  # without, nothing need be made beside it to read it
    mode = "mode=ro" if has_log else "immutable=1"
    return _connected(f"{path.absolute().as_uri()}?{mode}", 0.0, uri=True)


def _connected(target: str, patience: float, *, uri: bool = False) -> StateConnection:
    return sqlite3.connect(
        target,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        factory=StateConnection,
        uri=uri,
    )

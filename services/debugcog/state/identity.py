"""Who a state file belongs to: its id, the name it stands in for, and what it has taken in."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from services.debugcog.frozen import frozen
from services.debugcog.state.records import DamagedRecordError, record

SCHEMA = """
CREATE TABLE IF NOT EXISTS state_file (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    home TEXT NOT NULL,   -- the file name that STATE_PATH asks for
    owner TEXT NOT NULL,  -- the bot, as far as it was known
    opened REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS taken_in (id TEXT PRIMARY KEY, at REAL NOT NULL);
"""
PROCESSES_MAX = 64


@frozen
class Identity:
    """What a file says of itself.

    Attributes:
        id: made once, random.
        home: name of the file that was asked for; another than its own for one that stands in.
        owner: which bot wrote it; empty when that was not known.
        opened: unix seconds of the latest start that used it.
    """

    id: str
    home: str
    owner: str
    opened: float


def identity(connection: sqlite3.Connection) -> Identity | None:
    """Read what a file says of itself; None for one of version 0.1, or a damaged one."""
    try:
        row = connection.execute("SELECT * FROM state_file").fetchone()
        return record(Identity, dict(row)) if row else None
    except (sqlite3.DatabaseError, UnicodeDecodeError, DamagedRecordError):  # or no such table
        return None


def sign(connection: sqlite3.Connection, home: str, owner: str, now: float) -> None:
    """Say in a file whose it is, and that it is used from now on."""
    found = identity(connection)
    name = found.id if found else secrets.token_hex(8)
    connection.execute("REPLACE INTO state_file VALUES (1, ?, ?, ?, ?)", (name, home, owner, now))


def names_for(home: Path) -> Iterator[Path]:
    """List the files that a process may use: the one asked for, then those that stand in."""
    yield home
    for number in range(2, PROCESSES_MAX):
        yield home.with_stem(f"{home.stem}-{number}")


def belongs(found: Identity | None, path: Path, home: Path, owner: str) -> bool:
    """Tell whether a file is one that this bot was writing.

    A file that does not say whose it is, is ours at the very place that we ask for.
    """
    if found is None:
        return path == home
    return found.home == home.name and found.owner == owner

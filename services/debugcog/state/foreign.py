"""File that another program made → told apart by its tables, without changing it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from services.debugcog.state.connection import connect, connect_to_read
from services.debugcog.state.salvage import TABLES, columns_of

SIGNED = "state_file"
"""The table by which a file of ours says whose it is; one of version 0.1 has none."""


class ForeignFileError(OSError):
    """A file of another program is where ours should be."""


def is_foreign(path: Path, schemas: Sequence[str]) -> bool:
    """Tell whether a file has tables, and none is like one of ours.

    A damaged file of ours is none: what can be read of it names our tables, or nothing can be.
    """
    try:
        with contextlib.closing(connect_to_read(path)) as found:
            theirs = _tables(found)
    except (OSError, sqlite3.Error, UnicodeDecodeError):
        return False
    if not theirs or SIGNED in theirs:
        return False
    with contextlib.closing(connect(":memory:")) as fresh:
        for schema in schemas:
            fresh.executescript(schema)
        ours = _tables(fresh)
    alike = (table for table, names in theirs.items() if _is_like(names, ours.get(table, set())))
    return next(alike, None) is None


def _is_like(names: set[str], ours: set[str]) -> bool:
    """Compare columns: a table of ours may lack some, and a host's may only have its name."""
    return 2 * len(names & ours) > len(names)


def _tables(connection: sqlite3.Connection) -> dict[str, set[str]]:
    names = [table for (table,) in connection.execute(TABLES).fetchall()]
    return {table: set(columns_of(connection, table)) for table in names}

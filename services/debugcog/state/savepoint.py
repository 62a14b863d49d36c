"""Work inside a transaction → its result, or its exception once what it wrote is undone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

OF_THE_ITEM = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""Errors of SQLite that tell of what was to be written; the others tell of the file."""


def apart(connection: sqlite3.Connection, work: Callable[[], T]) -> T | Exception:
    """Do one item of a batch, so that what it raises costs this item alone.

    Raises:
        sqlite3.Error: the file has failed, and with it the whole transaction.
    """
    connection.execute("SAVEPOINT item")
    try:
        result = work()
    except Exception as error:
        if isinstance(error, sqlite3.Error) and not isinstance(error, OF_THE_ITEM):
            raise
        connection.execute("ROLLBACK TO item")
        connection.execute("RELEASE item")
        return error
    connection.execute("RELEASE item")
    return result

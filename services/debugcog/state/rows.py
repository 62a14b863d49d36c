"""Rows of a query → records; a damaged row is noted, and moved out of its table's way."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from services.debugcog.guard import own_logger
from services.debugcog.state.connection import Place, StateConnection
from services.debugcog.state.records import record

T = TypeVar("T")
log = own_logger("debugcog.store")

SCHEMA = """
CREATE TABLE IF NOT EXISTS set_aside (  -- damaged rows
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    origin TEXT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL
);
"""
KEPT = 500
CONTENT_MAX = 50_000
REASON_MAX = 200
ROW_ID = "row_id"
"""Name under which a query selects the ``rowid`` of a row that may have to be put aside."""


def readable(
    connection: sqlite3.Connection,
    table: str,
    rows: Iterable[sqlite3.Row],
    make: Callable[[sqlite3.Row], T],
    key: Sequence[str] = (),
) -> Iterator[T]:
    """Make something of each row; one of which nothing can be made is left out and noted.

    What was stored is input: a flipped bit, another version or a person may have changed it.

    Args:
        connection: of the query.
        table: where the rows are from.
        rows: of a query that selects ``rowid AS row_id``, or the columns of the key.
        make: raises for a damaged row.
        key: columns that identify a row, of a table without a rowid.
    """
    for row in rows:
        try:
            made = make(row)
        except Exception as error:  # noqa: BLE001 - whatever a damaged row leads to
            _note(connection, table, _condition(row, key), f"{type(error).__name__}: {error}")
        else:
            yield made


def as_record(kind: type[T]) -> Callable[[sqlite3.Row], T]:
    """Make the function that reads a row whose columns are the fields of a dataclass."""
    return lambda row: record(kind, dict(row))


def from_body(kind: type[T]) -> Callable[[sqlite3.Row], T]:
    """Make the function that reads a row whose column ``body`` is a dataclass as JSON."""
    return lambda row: record(kind, json.loads(row["body"]))


def put_aside(
    connection: sqlite3.Connection,
    damaged: Mapping[Place, tuple[str, sqlite3.Row | None]],
    now: float,
) -> Mapping[str, int]:
    """Move damaged rows to the table ``set_aside``; count them by the table they were in.

    What has been written in the place of one since it was read is not damaged, and stays.
    """
    moved: dict[str, int] = {}
    for place, (reason, row) in damaged.items():
        table, (where, values) = place[0], _where(place)
        there = _row_at(connection, place)
        damaged_row = row or there
        if damaged_row is None:
            continue
        keep(connection, table, dict(damaged_row), reason, now)
        if there == damaged_row:
            connection.execute(f'DELETE FROM "{table}" WHERE {where}', values)  # noqa: S608 - our own names
        moved[table] = moved.get(table, 0) + 1
    return moved


def keep(
    connection: sqlite3.Connection, table: str, fields: Mapping[str, object], why: str, now: float
) -> None:
    """Write a damaged row to the table ``set_aside``, and forget the oldest there."""
    content = json.dumps(fields, default=_shown)[:CONTENT_MAX]
    connection.execute(
        "INSERT INTO set_aside (at, origin, reason, content) VALUES (?, ?, ?, ?)",
        (now, table, why[:REASON_MAX], content),
    )
    connection.execute(
        "DELETE FROM set_aside WHERE id <= (SELECT MAX(id) FROM set_aside) - ?", (KEPT,)
    )


def _condition(row: sqlite3.Row, key: Sequence[str]) -> tuple[tuple[str, object], ...]:
    if key:
        return tuple((column, row[column]) for column in key)
    return (("rowid", row[ROW_ID]),)


def _note(
    connection: sqlite3.Connection, table: str, condition: tuple[tuple[str, object], ...], why: str
) -> None:
    place = table, condition
    if not isinstance(connection, StateConnection):
        log.warning("Damaged row left out: %s, %s", table, why)
    elif place not in connection.damaged:
        row = None
        with contextlib.suppress(sqlite3.Error):  # the file itself may be damaged there
            row = _row_at(connection, place)
        connection.damaged[place] = why, row


def _row_at(connection: sqlite3.Connection, place: Place) -> sqlite3.Row | None:
    where, values = _where(place)
    sql = f'SELECT * FROM "{place[0]}" WHERE {where}'  # noqa: S608 - names of our own code
    row: sqlite3.Row | None = connection.execute(sql, values).fetchone()
    return row


def _where(place: Place) -> tuple[str, tuple[object, ...]]:
    where = " AND ".join(f'"{column}" IS ?' for column, _ in place[1])
    return where, tuple(value for _, value in place[1])


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)

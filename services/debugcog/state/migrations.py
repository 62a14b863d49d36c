"""State file of an earlier version → one of this version, in one transaction."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from services.debugcog.patterns import late_pattern
from services.debugcog.state import salvage
from services.debugcog.state.connection import connect

NAMES_OF_0_1 = {
    "rung": "pinged_at",
    "carded": "card_posted_at",
    "words": "description",
    "told": "reported_count",
}
"""Fields of stored records as version 0.1 wrote them → their names now; ``metric`` is gone."""
RECENT_OF_0_1 = late_pattern(r"<t:(-?\d+):R> (.*)", re.DOTALL)
"""A recent change of an incident as version 0.1 stored it."""


class UnfitFileError(Exception):
    """A file that this version cannot use as it is.

    Attributes:
        label: for the name under which it is kept.
    """

    def __init__(self, message: str, label: str) -> None:
        super().__init__(message)
        self.label = label


def fit(connection: sqlite3.Connection, schemas: Sequence[str]) -> None:
    """Bring a new or older file to this version; all of it, or nothing at all.

    Args:
        connection: open, in no transaction.
        schemas: scripts of ``CREATE … IF NOT EXISTS`` statements, as the tables are now.

    Raises:
        UnfitFileError: it is of a newer version, or its tables are not those of any version.
    """
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not 0 <= version <= VERSION:
        raise UnfitFileError(f"it is of version {version}, this is {VERSION}", f"version-{version}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version < VERSION:
            _migrate(connection, version)
        for schema in schemas:
            for statement in statements(schema):
                connection.execute(statement)
        _check_shape(connection, schemas)
        _check_numbers(connection)
        connection.execute("COMMIT")
    except BaseException:
        salvage.roll_back(connection)
        raise


def statements(script: str) -> Iterator[str]:
    """Split a script, which ``executescript`` would run outside of our transaction."""
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    if connection.execute(salvage.TABLES).fetchone():  # a new file has none, and nothing to migrate
        for migration in MIGRATIONS[version:]:
            migration(connection)
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _check_shape(connection: sqlite3.Connection, schemas: Sequence[str]) -> None:
    """Compare the columns with those of a new file: what lacks one is not ours, or damaged."""
    with contextlib.closing(connect(":memory:")) as fresh:
        for schema in schemas:
            fresh.executescript(schema)
        for (table,) in fresh.execute(salvage.TABLES).fetchall():
            if _columns(connection, table) != _columns(fresh, table):
                raise UnfitFileError(f"its table {table} has other columns", "corrupt")


NUMBERS = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"


def _check_numbers(connection: sqlite3.Connection) -> None:
    """See that each table has numbers left for new rows: SQLite uses none again."""
    if not connection.execute(NUMBERS).fetchone():
        return
    last = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for (table,) in connection.execute(salvage.TABLES).fetchall():
        if table in last:
            query = f'SELECT MAX(rowid) FROM "{table}"'  # noqa: S608 - a name of a table in the file
            numbers = (last[table], *connection.execute(query).fetchone())
            if any(isinstance(one, int) and one >= salvage.ID_MAX for one in numbers):
                raise UnfitFileError(f"its table {table} has a number too large", "corrupt")


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(f'PRAGMA table_info("{table}")')]


def _rename_fields_of_0_1(connection: sqlite3.Connection) -> None:
    present = {row[0] for row in connection.execute(salvage.TABLES)}
    for table in {"incidents", "error_groups", "error_storm", "outbox"} & present:
        rows = connection.execute(f"SELECT rowid AS row_id, body FROM {table}").fetchall()  # noqa: S608 - constants
        for row_id, body in rows:
            with contextlib.suppress(ValueError, TypeError):  # its reader puts a damaged one aside
                stored = json.loads(body)
                renamed = _renamed(stored)
                if renamed != stored:
                    sql = f"UPDATE {table} SET body = ? WHERE rowid = ?"  # noqa: S608 - constants
                    connection.execute(sql, (json.dumps(renamed), row_id))


def _renamed(stored: Any) -> Any:
    if isinstance(stored, list):
        return [_renamed(one) for one in stored]
    if not isinstance(stored, dict):
        return stored
    fields = {NAMES_OF_0_1.get(name, name): _renamed(value) for name, value in stored.items()}
    if "recent" in fields:
        fields.pop("metric", None)
        fields["recent"] = [change for one in fields["recent"] for change in _recent(one)]
    return fields


def _recent(stored: Any) -> Iterator[Any]:
    if not isinstance(stored, str):
        yield stored
    elif found := RECENT_OF_0_1.fullmatch(stored):
        yield {"at": float(found[1]), "text": found[2]}


MIGRATIONS: Sequence[Callable[[sqlite3.Connection], None]] = (_rename_fields_of_0_1,)
"""What brings a file from the version of its number to the next, from 0 on; never change one."""
VERSION = len(MIGRATIONS)

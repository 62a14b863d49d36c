"""Rows of a file of any shape → the tables of another one, as far as they can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from services.debugcog.wording import counted

ROWS_MAX = 5_000_000
"""Rows of a table that are read: the pages of a damaged one may lead in a circle."""
ID_MAX = 2**53
"""No row has such a number; behind the last one, SQLite takes the disk to be full."""
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)


def columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    """List the columns of a table; none when there is no such table."""
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def replace_rows(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Replace all rows of a target of the same shape, or raise and change nothing."""
    target.execute("BEGIN IMMEDIATE")
    try:
        for (table,) in target.execute(TABLES).fetchall():
            target.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name of our own schema
            for statement, values in _inserts(source, table, columns_of(target, table)):
                target.execute(statement, values)
        target.execute("COMMIT")
    except BaseException:
        roll_back(target)
        raise


def roll_back(connection: sqlite3.Connection) -> None:
    """Undo what a transaction did, unless SQLite has done so itself, as on a full disk."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def save_rows(source: sqlite3.Connection, target: sqlite3.Connection) -> list[str]:
    """Take over what can be read and stored; return what was lost, a line for each table.

    Args:
        source: a file that may be damaged, or of another version.
        target: with the tables of this version, empty.
    """
    target.execute("BEGIN IMMEDIATE")
    try:
        tables = [table for (table,) in target.execute(TABLES)]
        problems = {table: _save_table(source, target, table) for table in tables}
        target.execute("COMMIT")
    except BaseException:
        roll_back(target)
        raise
    return [f"{table}: {problem}" for table, problem in problems.items() if problem]


def _save_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> str:
    try:
        known = set(columns_of(source, table))
        columns = [one for one in columns_of(target, table) if one in known]
        return _save_columns(source, target, table, columns) if columns else "it is not there"
    except Exception as error:  # noqa: BLE001 - even names of columns may be damaged
        return str(error)


def _save_columns(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, columns: list[str]
) -> str:
    """Read from the beginning, and behind a page that cannot be read from the end."""
    problem, refused = "", 0
    for order in ("", " ORDER BY rowid DESC"):
        try:
            for statement, values in _inserts(source, table, columns, order):
                numbered = dict(zip(columns, values, strict=True)).get("id")
                is_last = isinstance(numbered, int) and numbered >= ID_MAX
                refused += is_last or not target.execute(statement, values).rowcount
        except (sqlite3.Error, ValueError) as error:
            problem = problem or str(error)
        else:
            break
    if problem:
        return problem
    return f"{counted(refused, 'row lacks', 'rows lack')} what is needed" if refused else ""


def _inserts(
    source: sqlite3.Connection, table: str, columns: list[str], order: str = ""
) -> Iterator[tuple[str, tuple[object, ...]]]:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" for _ in columns)
    into = f'INSERT OR IGNORE INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
    query = f'SELECT {names} FROM "{table}"{order} LIMIT {ROWS_MAX}'  # noqa: S608 - the same
    for row in source.execute(query):
        yield into, tuple(row)

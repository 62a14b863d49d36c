"""Merge: two open state files of one bot → the rows of one in the other, with ids of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from services.debugcog.frozen import frozen
from services.debugcog.state.connection import StateConnection
from services.debugcog.state.identity import identity
from services.debugcog.state.rows import keep, put_aside
from services.debugcog.state.salvage import TABLES, columns_of, roll_back

KEPT = 100
"""Files taken in that are remembered."""
OF_THE_FILE = {"state_file", "taken_in"}
"""Tables that tell of one file, and are not taken in."""
KINDS = {"INTEGER": int, "REAL": float, "TEXT": str, "BLOB": bytes}
Fields: TypeAlias = dict[str, Any]


@frozen
class Merge:
    """One file that is taken in by another, inside a transaction of the latter.

    Attributes:
        source: what is taken in; it goes away after the commit.
        target: what stays.
        newer: the source was started later.
        now: unix seconds.
        shifts: what is added to the numbers of a table's rows, so that no two are the same.
        read: the tables that some module has taken in.
    """

    source: sqlite3.Connection
    target: sqlite3.Connection
    newer: bool
    now: float
    shifts: dict[str, int] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    _columns: dict[str, list[str]] = field(default_factory=dict)

    def shift(self, table: str) -> int:
        """Return what is added to the ids of a table that counts them; the same at each call."""
        if table not in self.shifts:
            sql = "SELECT seq FROM sqlite_sequence WHERE name = ?"
            found = self.target.execute(sql, (table,)).fetchone()
            self.shifts[table] = int(found[0]) if found else 0
        return self.shifts[table]

    def rows(self, table: str) -> Iterator[Fields]:
        """Read the source's rows; one whose values are not of its columns' types is put aside."""
        self.read.add(table)
        kinds = _kinds(self.target, table)
        for row in self.source.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - our own name
            fields = dict(row)
            if all(isinstance(fields[name], kind) for name, kind in kinds.items()):
                yield fields
            else:
                keep(self.target, table, fields, "a value of another type", self.now)

    def add(self, table: str, fields: Fields, *, over: bool = False) -> bool:
        """Add a row to the target; return False where there is one with the same key.

        Args:
            table: of both.
            fields: of the row.
            over: replace the one that is there.
        """
        if table not in self._columns:
            self._columns[table] = columns_of(self.target, table)
        known = [one for one in self._columns[table] if one in fields]
        names = ", ".join(f'"{column}"' for column in known)
        marks = ", ".join("?" for _ in known)
        how = "REPLACE" if over else "IGNORE"
        sql = f'INSERT OR {how} INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
        values = tuple(fields[column] for column in known)
        return self.target.execute(sql, values).rowcount > 0

    def add_all(
        self, table: str, change: Callable[[Fields], Fields] = lambda fields: fields
    ) -> None:
        """Add every row; of two with the same key, the one of the newer file stays."""
        for fields in self.rows(table):
            self.add(table, change(fields), over=self.newer)

    def append(self, table: str) -> None:
        """Add every row behind those that are there, with an id of its own."""
        shift = self.shift(table)
        self.add_all(table, lambda fields: {**fields, "id": fields["id"] + shift})


def _kinds(connection: sqlite3.Connection, table: str) -> dict[str, tuple[type, ...]]:
    """Map the columns of a table to the types that their values may have."""
    found: dict[str, tuple[type, ...]] = {}
    for row in connection.execute(f'PRAGMA table_info("{table}")'):
        kind = KINDS.get(row["type"], object)
        found[row["name"]] = (kind,) if row["notnull"] or row["pk"] else (kind, type(None))
    return found


TakeIn: TypeAlias = Callable[[Merge], None]
"""What one module does to take in its tables of another file."""


def merge(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    modules: Sequence[TakeIn],
    now: float,
) -> None:
    """Take in all of a source in one transaction, and once, however often it is tried."""
    theirs, ours = identity(source), identity(target)
    newer = theirs is not None and (ours is None or theirs.opened > ours.opened)
    name = theirs.id if theirs else ""
    target.execute("BEGIN IMMEDIATE")
    try:
        known = target.execute("SELECT 1 FROM taken_in WHERE id = ?", (name,)).fetchone()
        if not known:
            _take_in(Merge(source, target, newer, now), modules)
        if name:
            _remember(target, name, now)
        target.execute("COMMIT")
    except BaseException:
        roll_back(target)
        raise


def _take_in(merge: Merge, modules: Sequence[TakeIn]) -> None:
    for take_in in modules:
        take_in(merge)
    if isinstance(merge.source, StateConnection) and merge.source.damaged:
        put_aside(merge.source, merge.source.damaged, merge.now)
    merge.append("set_aside")
    tables = [table for (table,) in merge.target.execute(TABLES)]
    for table in tables:  # whose rows mean the same in any file
        if table not in merge.read | OF_THE_FILE:
            merge.add_all(table)


def _remember(target: sqlite3.Connection, name: str, now: float) -> None:
    target.execute("REPLACE INTO taken_in VALUES (?, ?)", (name, now))
    oldest = "SELECT id FROM taken_in ORDER BY at DESC LIMIT -1 OFFSET ?"
    target.execute(f"DELETE FROM taken_in WHERE id IN ({oldest})", (KEPT,))  # noqa: S608 - constant

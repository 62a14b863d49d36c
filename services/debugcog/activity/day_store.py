"""DayCounter ⇄ SQLite, and the query that adds up days, names or users.

The file's sums are added to, not written over: another process of the bot may have left sums of its
own there.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, Literal, get_args

from services.debugcog.activity.days import DAY, DayCounter, DayKind, DaySum, Key
from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen
from services.debugcog.state.database import Database
from services.debugcog.state.merge import Fields, Merge
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.state.rows import readable

SCHEMA = """
CREATE TABLE IF NOT EXISTS activity_days (
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    ms REAL NOT NULL,
    slowest_ms REAL NOT NULL,
    late INTEGER NOT NULL,
    tokens_input INTEGER NOT NULL,
    tokens_output INTEGER NOT NULL,
    tokens_cached INTEGER NOT NULL,
    PRIMARY KEY (day, kind, name, user_id)
) WITHOUT ROWID;
"""
DAYS_KEPT = 31
LARGEST = 10**12
"""Of one count in one row, so that no sum of all rows is too large for SQLite."""
COUNTS = ("calls", "failed", "late", "tokens_input", "tokens_output", "tokens_cached")
TIMES = ("ms", "slowest_ms")
NUMBERS = (*COUNTS, *TIMES)
KEY = ("day", "kind", "name", "user_id")

Column = Literal["day", "kind", "name", "user_id"]
Order = Literal["day", "calls", "ms", "slowest_ms", "tokens"]

_ADD = """
INSERT INTO activity_days VALUES (
    :day, :kind, :name, :user_id, :calls, :failed, :ms, :slowest_ms, :late,
    :tokens_input, :tokens_output, :tokens_cached
) ON CONFLICT (day, kind, name, user_id) DO UPDATE SET
    calls = min(calls + excluded.calls, :largest),
    failed = min(failed + excluded.failed, :largest),
    ms = ms + excluded.ms,
    slowest_ms = max(slowest_ms, excluded.slowest_ms),
    late = min(late + excluded.late, :largest),
    tokens_input = min(tokens_input + excluded.tokens_input, :largest),
    tokens_output = min(tokens_output + excluded.tokens_output, :largest),
    tokens_cached = min(tokens_cached + excluded.tokens_cached, :largest)
"""
_TODAY = "SELECT * FROM activity_days WHERE day = ?"
_SOUND = (
    "typeof(calls) = 'integer' AND typeof(ms) IN ('real', 'integer') AND calls >= 0 AND ms >= 0"
)
"""What a row has to be so that it can be added up; a damaged one is left out."""
_FORGET = "DELETE FROM activity_days WHERE day <= ? OR typeof(day) != 'integer'"
_ORDERS = {"tokens": "tokens_input + tokens_output"}


@frozen
class Sum:
    """Rows added up; of the four that tell rows apart, those not asked for are None.

    ``DaySum`` tells of the values.
    """

    day: int | None
    kind: DayKind | None
    name: str | None
    user_id: int | None
    calls: int
    failed: int
    ms: float
    slowest_ms: float
    late: int
    tokens_input: int
    tokens_output: int
    tokens_cached: int


def sums(
    connection: sqlite3.Connection,
    first: int,
    last: int,
    *,
    by: Sequence[Column],
    kinds: Collection[DayKind] = (),
    name: str | None = None,
    user_id: int | None = None,
    order: Order = "calls",
    limit: int = 100,
) -> tuple[Sum, ...]:
    """Add up what was done, the largest sum first.

    Args:
        connection: of ``Database.query``; it is only read.
        first: number of a day since 1970-01-01, in UTC.
        last: likewise; that day too.
        by: what is told apart.
        kinds: those that count; all of them if empty.
        name: only this one.
        user_id: only of this user; ``EVERYBODY`` is a user of its own here.
        order: by which the rows are sorted; days by the latest.
        limit: rows at most.
    """
    wanted: dict[str, object] = {"name": name, "user_id": user_id}
    wheres = [f"{column} = :{column}" for column, value in wanted.items() if value is not None]
    names = {f"kind{number}": kind for number, kind in enumerate(kinds)}
    if names:
        wheres.append(f"kind IN ({', '.join(f':{one}' for one in names)})")
    shown = ", ".join(column if column in by else f"NULL AS {column}" for column in KEY)
    added = ", ".join(f"sum({column}) AS {column}" for column in (*COUNTS, "ms"))
    sql = (
        f"SELECT {shown}, {added}, max(slowest_ms) AS slowest_ms FROM activity_days"  # noqa: S608 - our own names
        f" WHERE {' AND '.join(('day BETWEEN :first AND :last', _SOUND, *wheres))}"
        f"{' GROUP BY ' + ', '.join(by) if by else ''}"
        f" ORDER BY {_ORDERS.get(order, order)} DESC LIMIT :limit"
    )
    values = {**wanted, **names, "first": first, "last": last, "limit": limit}
    found = connection.execute(sql, values)
    return tuple(_added_up(row) for row in found if row["calls"] is not None)


def save(connection: sqlite3.Connection, changes: Collection[DaySum], day: int) -> None:
    """Add what was counted to what is there, and forget the days before the last 31."""
    connection.executemany(_ADD, ({**_fields(one), "largest": LARGEST} for one in changes))
    connection.execute(_FORGET, (day - DAYS_KEPT,))


def today(connection: sqlite3.Connection, day: int) -> tuple[Key, ...]:
    """List which rows a day has; damaged ones are left out."""
    rows = connection.execute(_TODAY, (day,))
    return tuple(one.key for one in readable(connection, "activity_days", rows, _day_sum, KEY))


def take_in(merge: Merge) -> None:
    """Add what another file has counted."""
    for fields in merge.rows("activity_days"):
        merge.target.execute(_ADD, {**fields, "largest": LARGEST})


class DayStore:
    """Carries a counter to the database; its methods wait for the disk.

    Args:
        counter: of the uses.
        database: with this module's ``SCHEMA``.
        clock: unix time in seconds.
    """

    def __init__(
        self, counter: DayCounter, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._counter = counter
        self._database = database
        self._clock = clock

    def restore(self) -> None:
        """Tell the counter which rows there are of today.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        work = partial(today, day=self._day())
        self._counter.restore(self._database.submit(work).result())

    def save(self) -> None:
        """Write what was counted since the last call.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        changes = self._counter.take()
        if not changes:
            return
        try:
            self._database.submit(partial(save, changes=changes, day=self._day())).result()
        except BaseException:
            self._counter.put_back(changes)
            raise

    def _day(self) -> int:
        return int(self._clock()) // DAY


def _fields(one: DaySum) -> Fields:
    fields = {column.name: getattr(one, column.name) for column in dataclasses.fields(one)}
    bounded = {name: min(fields[name], LARGEST) for name in COUNTS}
    return {**fields, **bounded, "name": storable(one.name)}


def _added_up(row: sqlite3.Row) -> Sum:
    return Sum(**{name: row[name] for name in (*KEY, *NUMBERS)})


def _day_sum(row: sqlite3.Row) -> DaySum:
    values: dict[str, Any] = dict(row)
    numbers = [values[name] for name in (*COUNTS, "day", "user_id")]
    if not all(type(number) is int and 0 <= number <= 2**63 for number in numbers):
        raise DamagedRecordError("a count that cannot be")
    if values["kind"] not in get_args(DayKind) or type(values["name"]) is not str:
        raise DamagedRecordError("its columns are of other types")
    return DaySum(**values)

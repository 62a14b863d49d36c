"""Closed buckets ⇄ SQLite, so that up to 7 days of metrics survive a restart.

A bucket is written once, when it has ended; rows that leave a tier's span are deleted. So the
table stays at about 430 rows, 0.2 MB, for each metric and label set.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Protocol

from services.debugcog.state.database import Database
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.state.rows import readable
from services.debugcog.timeseries.bucket import Closed, Saved
from services.debugcog.timeseries.series import LONGEST, TIERS

SCHEMA = """
CREATE TABLE IF NOT EXISTS metric_history (
    name TEXT NOT NULL,
    labels TEXT NOT NULL,
    counter INTEGER NOT NULL,
    width REAL NOT NULL,
    start REAL NOT NULL,
    count INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    total REAL NOT NULL,
    minimum REAL NOT NULL,
    maximum REAL NOT NULL,
    last REAL,
    packed BLOB NOT NULL,
    PRIMARY KEY (width, start, name, labels)
) WITHOUT ROWID;
"""

_INSERT = "INSERT OR REPLACE INTO metric_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PRUNE = "DELETE FROM metric_history WHERE width = ? AND start <= ?"
_FIGURES = attrgetter(*(field.name for field in dataclasses.fields(Closed)))
INTEGER_MAX = 2**63 - 1
"""The largest that SQLite stores."""
KEY = ("width", "start", "name", "labels")
_TYPES = {
    (*(str, str, int, float, float, int, int, float, float, float), last, bytes)
    for last in (float, type(None))
}
_SELECT = "SELECT * FROM metric_history WHERE start BETWEEN ? AND ?"


def save(
    connection: sqlite3.Connection,
    rows: Iterable[Saved],
    now: float,
    redact: Callable[[str], str] = str,
) -> None:
    """Write buckets, their labels redacted, and delete those that no window reaches any more."""
    connection.executemany(_INSERT, (_values(row, redact) for row in rows))
    connection.executemany(_PRUNE, ((width, now - span - width) for width, span in TIERS))


def load(connection: sqlite3.Connection, now: float) -> tuple[Saved, ...]:
    """Read the buckets of the last 7 days; one that is damaged is left out."""
    rows = connection.execute(_SELECT, (now - LONGEST, now))
    return tuple(readable(connection, "metric_history", rows, _saved, KEY))


class Metrics(Protocol):
    """What is carried to the database and back; ``MetricsService`` has it."""

    def closed_since(self, time: float, *, with_open: bool = False) -> Sequence[Saved]:
        """List the buckets that ended after ``time``."""

    def restore(self, history: Iterable[Saved]) -> None:
        """Put what an earlier run has kept before what this one has recorded."""


class History:
    """Carries the buckets of one service to the database and back.

    After ``kill -9`` what is lost is the time since the last ``save()`` that found something:
    await it every few seconds, and at most the open minute is lost. Idle calls write nothing.

    Args:
        metrics: the service.
        database: open, with this module's ``SCHEMA``.
        clock: unix time in seconds.
        redact: removes secrets from the labels that are written.
    """

    def __init__(
        self,
        metrics: Metrics,
        database: Database,
        clock: Callable[[], float] = time.time,
        *,
        redact: Callable[[str], str] = str,
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._clock = clock
        self._redact = redact
        self._saved_until = float("-inf")

    def restore(self) -> None:
        """Give the service what earlier runs have saved, once in its life; it waits for the disk.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        self._database.submit(self._restore).result()

    async def save(self, *, final: bool = False) -> None:
        """Write the buckets that have ended since the last call.

        Args:
            final: the service stops: write the minute that has not ended, too.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        now = self._clock()
        rows = self._metrics.closed_since(self._saved_until, with_open=final)
        if rows:
            await self._database.run(partial(save, rows=rows, now=now, redact=self._redact))
        self._saved_until = now

    def _restore(self, connection: sqlite3.Connection) -> None:
        rows = load(connection, self._clock())
        self._metrics.restore(rows)
        # What ended later had not been saved when the earlier run broke off, or is new.
        self._saved_until = max((row.bucket.start for row in rows), default=float("-inf"))


def _values(row: Saved, redact: Callable[[str], str]) -> tuple[object, ...]:
    labels = redact(row.labels) if row.labels else ""
    key = (row.name, labels, row.counter, row.width)
    figures = _FIGURES(row.bucket)
    return key + tuple(min(one, INTEGER_MAX) if type(one) is int else one for one in figures)


def _saved(row: sqlite3.Row) -> Saved:
    """Make a bucket of a row; there may be 100,000 of them, so all types are compared at once."""
    if tuple(map(type, row)) not in _TYPES:
        raise DamagedRecordError("its columns are of other types")
    name, labels, counter, width, *figures = row
    bucket = Closed(*figures)
    if bucket.last is not None and bucket.count < 1:
        raise DamagedRecordError("it has values, and counts none")  # a mean could not be taken
    bucket.reopen()  # raises where its packed values are none
    return Saved(name, labels, bool(counter), width, bucket)

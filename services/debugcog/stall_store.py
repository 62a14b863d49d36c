"""StallLog ⇄ SQLite, so that who blocked the loop is known after a restart, too."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

from services.debugcog.stalls.stall import Stall
from services.debugcog.stalls.stall_log import KEPT, StallLog
from services.debugcog.state.database import Database
from services.debugcog.state.rows import from_body, readable

SCHEMA = """
CREATE TABLE IF NOT EXISTS stalls (
    began REAL PRIMARY KEY,  -- unix seconds
    body TEXT NOT NULL
);
"""
KEPT_SECONDS = 7 * 86_400.0

_READ = "SELECT began, body FROM stalls WHERE began > ? ORDER BY began DESC LIMIT ?"
_FORGET = """
DELETE FROM stalls WHERE began <= ?
    OR began IN (SELECT began FROM stalls ORDER BY began DESC LIMIT -1 OFFSET ?)
"""


class StallStore:
    """Carries the stalls to the database and back; its methods wait for the disk.

    Args:
        stalls: of this run.
        database: with this module's ``SCHEMA``.
        clock: unix time in seconds.
    """

    def __init__(
        self, stalls: StallLog, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._stalls = stalls
        self._database = database
        self._clock = clock
        self._saved = 0

    @property
    def has_news(self) -> bool:
        """Tell whether there are stalls that were not saved."""
        return self._stalls.added(self._saved)[0] > self._saved

    def restore(self) -> None:
        """Read what earlier runs have saved.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        now = self._clock()
        found = self._database.submit(partial(_load, now=now)).result()
        self._stalls.restore(found, now)

    def save(self) -> None:
        """Write what came since the last call.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        count, fresh = self._stalls.added(self._saved)
        if fresh:
            work = partial(_save, stalls=fresh, now=self._clock())
            self._database.submit(work).result()
        self._saved = count


def _load(connection: sqlite3.Connection, now: float) -> tuple[Stall, ...]:
    rows = connection.execute(_READ, (now - KEPT_SECONDS, KEPT))
    found = readable(connection, "stalls", rows, from_body(Stall), ("began",))
    return tuple(found)[::-1]


def _save(connection: sqlite3.Connection, stalls: tuple[Stall, ...], now: float) -> None:
    rows = ((stall.began, json.dumps(asdict(stall))) for stall in stalls)
    connection.executemany("REPLACE INTO stalls VALUES (?, ?)", rows)
    connection.execute(_FORGET, (now - KEPT_SECONDS, KEPT))

"""ActivityCounter ⇄ SQLite, so that what was seen of users survives a restart.

The file's counts are added to, not written over: another process of the bot may have left counts of
its own there.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from services.debugcog.activity.counter import USERS_MAX, ActivityCounter, Changes
from services.debugcog.activity.seen import (
    ALL_SLOTS,
    MINUTE,
    MINUTES,
    NAME_MAX,
    SLOTS,
    SeenUser,
    joined,
)
from services.debugcog.exceptions import storable
from services.debugcog.state.database import Database
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.state.rows import readable

if TYPE_CHECKING:
    from services.debugcog.state.merge import Fields, Merge

SCHEMA = """
CREATE TABLE IF NOT EXISTS activity_users (
    user_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    messages INTEGER NOT NULL,
    interactions INTEGER NOT NULL,
    last_seen REAL NOT NULL,
    slot INTEGER NOT NULL,
    slots BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS activity_minutes (
    minute INTEGER PRIMARY KEY,
    events INTEGER NOT NULL
);
"""
KEPT = 30 * 86_400.0
"""Seconds after which a user who was not seen again is forgotten."""
LARGEST = 2**53
LATEST = 2.0**33
BYTES = -(-SLOTS // 8)

_WRITE = "REPLACE INTO activity_users VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ = "SELECT * FROM activity_users WHERE user_id = ?"
_NEWEST = "SELECT * FROM activity_users WHERE last_seen > ? ORDER BY last_seen DESC LIMIT ?"
_ADD = (
    "INSERT INTO activity_minutes VALUES (?, ?)"
    " ON CONFLICT (minute) DO UPDATE SET events = events + excluded.events"
)
_MINUTES = "SELECT * FROM activity_minutes WHERE minute BETWEEN ? AND ?"
_TYPES = (int, str, int, int, float, int, bytes)


def load(
    connection: sqlite3.Connection, now: float
) -> tuple[tuple[SeenUser, ...], tuple[tuple[int, int], ...]]:
    """Read the users who are kept and the events of each minute; damaged rows are left out."""
    users = connection.execute(_NEWEST, (now - KEPT, USERS_MAX))
    minute = int(now) // MINUTE
    minutes = connection.execute(_MINUTES, (minute - MINUTES + 1, minute))
    return (
        tuple(readable(connection, "activity_users", users, _user, ("user_id",))),
        tuple(readable(connection, "activity_minutes", minutes, _minute, ("minute",))),
    )


def save(connection: sqlite3.Connection, changes: Changes, now: float) -> tuple[SeenUser, ...]:
    """Add what came to what is there, forget what is old, and return the users as they are now."""
    rows = tuple(_added(connection, *change) for change in changes.users)
    connection.executemany(_WRITE, map(_values, rows))
    connection.executemany(_ADD, changes.minutes.items())
    oldest = int(now) // MINUTE - MINUTES
    connection.execute("DELETE FROM activity_minutes WHERE minute <= ?", (oldest,))
    connection.execute("DELETE FROM activity_users WHERE last_seen <= ?", (now - KEPT,))
    connection.execute(
        "DELETE FROM activity_users WHERE user_id IN"
        " (SELECT user_id FROM activity_users ORDER BY last_seen DESC LIMIT -1 OFFSET ?)",
        (USERS_MAX,),
    )
    return rows


def take_in(merge: Merge) -> None:
    """Add what another file has counted."""
    for fields in merge.rows("activity_users"):
        found = merge.target.execute(_READ, (fields["user_id"],)).fetchone()
        merge.add("activity_users", _sum(dict(found), fields) if found else fields, over=True)
    for fields in merge.rows("activity_minutes"):
        merge.target.execute(_ADD, (fields["minute"], fields["events"]))


class ActivityStore:
    """Carries a counter to the database and back; its methods wait for the disk.

    Args:
        counter: of the events.
        database: with this module's ``SCHEMA``.
        clock: unix time in seconds.
    """

    def __init__(
        self,
        counter: ActivityCounter,
        database: Database,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._counter = counter
        self._database = database
        self._clock = clock

    def restore(self) -> None:
        """Give the counter what earlier runs have saved, once in its life.

        Raises:
            sqlite3.Error: the database cannot be read.
        """
        self._counter.restore(*self._database.submit(partial(load, now=self._clock())).result())

    def save(self) -> None:
        """Write what has changed since the last call.

        Raises:
            sqlite3.Error: nothing was written; the next call tries the same again.
        """
        now = self._clock()
        self._counter.forget_before(now - KEPT)
        changes = self._counter.changes()
        if changes.users or changes.minutes:
            work = partial(save, changes=changes, now=now)
            self._counter.saved(changes, self._database.submit(work).result())


def _added(
    connection: sqlite3.Connection, user: SeenUser, messages: int, interactions: int
) -> SeenUser:
    """Add what came to the row of a user, or make one."""
    rows = connection.execute(_READ, (user.id,))
    row = next(readable(connection, "activity_users", rows, _user, ("user_id",)), None)
    if row is None:
        return SeenUser(
            *(user.id, _name(user.name), messages, interactions),
            *(user.last_seen, user.slot, user.slots),
        )
    return SeenUser(
        *(user.id, _name(user.name), row.messages + messages, row.interactions + interactions),
        max(user.last_seen, row.last_seen),
        *joined((user.slot, user.slots), (row.slot, row.slots)),
    )


def _name(name: str) -> str:
    return storable(name[:NAME_MAX])


def _values(user: SeenUser) -> tuple[object, ...]:
    return (
        *(user.id, user.name, user.messages, user.interactions, user.last_seen, user.slot),
        user.slots.to_bytes(BYTES, "little"),
    )


def _user(row: sqlite3.Row) -> SeenUser:
    if tuple(map(type, row)) != _TYPES:
        raise DamagedRecordError("its columns are of other types")
    user_id, name, messages, interactions, last_seen, slot, slots = row
    counts = (user_id, messages, interactions, slot)
    if not all(0 <= count <= 2**63 for count in counts) or max(counts[1:]) > LARGEST:
        raise DamagedRecordError("a count that cannot be")
    if not 0 <= last_seen <= LATEST or len(slots) != BYTES:
        raise DamagedRecordError("a time that cannot be")
    bits = int.from_bytes(slots, "little") & ALL_SLOTS
    return SeenUser(user_id, name, messages, interactions, last_seen, slot, bits)


def _minute(row: sqlite3.Row) -> tuple[int, int]:
    if tuple(map(type, row)) != (int, int) or not 0 <= row["events"] <= 2**31:
        raise DamagedRecordError("no count of events")
    return row["minute"], row["events"]


def _sum(ours: Fields, theirs: Fields) -> Fields:
    """Add up two rows of one user; what is no sound row is left to its reader."""
    later = max(ours, theirs, key=lambda fields: fields["last_seen"])
    slots = (ours, theirs)
    slot, bits = joined(*((one["slot"], int.from_bytes(one["slots"], "little")) for one in slots))
    return {
        **later,
        "messages": min(ours["messages"] + theirs["messages"], LARGEST),
        "interactions": min(ours["interactions"] + theirs["interactions"], LARGEST),
        "slot": slot,
        "slots": (bits & ALL_SLOTS).to_bytes(BYTES, "little"),
    }

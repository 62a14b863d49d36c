"""Rows of the state file ⇄ ErrorGroup, ErrorEvent, RateLimit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace

from services.debugcog.errors.error_buffer import OTHERS
from services.debugcog.errors.groups import HOUR, edit_due
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.rate_limit import RateLimit
from services.debugcog.errors.records import ErrorEvent, ErrorGroup, group_from, to_json
from services.debugcog.errors.sentences import DIGEST_SHOWN
from services.debugcog.state.records import DamagedRecordError
from services.debugcog.state.rows import ROW_ID, from_body, readable

SCHEMA = """
CREATE TABLE IF NOT EXISTS error_groups (
    fingerprint TEXT PRIMARY KEY,
    last_seen REAL NOT NULL,
    count INTEGER NOT NULL,
    due REAL,
    digest INTEGER NOT NULL DEFAULT 0,
    event_id TEXT,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS error_groups_due ON error_groups (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS error_groups_seen ON error_groups (last_seen);
CREATE INDEX IF NOT EXISTS error_groups_digest ON error_groups (digest, count);
CREATE TABLE IF NOT EXISTS error_events (
    id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS error_events_of ON error_events (fingerprint, at);
CREATE TABLE IF NOT EXISTS error_aliases (  -- fingerprints whose group was begun under another
    fingerprint TEXT PRIMARY KEY, group_fingerprint TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS error_aliases_of ON error_aliases (group_fingerprint);
CREATE TABLE IF NOT EXISTS error_storm (  -- the rate limit of new groups and the digest
    one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL
);
"""
GROUPS_KEPT = 2_000
EVENTS_KEPT = 20_000
ALIASES_KEPT = 10_000
EVENTS_A_GROUP = 10
"""Events of a group that are kept in full."""
LINES_AN_EVENT = 40
"""Log lines of an event: those before it, and those of the host's handlers."""
SEARCHED = (
    "substr(g.fingerprint, 1, 8) || char(10) || json_extract(g.body, '$.type') || char(10) ||"
    " json_extract(g.body, '$.where') || char(10) || COALESCE("
    "(SELECT json_extract(e.body, '$.message') FROM error_events e"
    " WHERE e.id = g.event_id AND json_valid(e.body)), '')"
)
"""What a search looks at: id, type, place and the message of the last event."""
FOUND = f"CASE WHEN json_valid(g.body) THEN ({SEARCHED}) LIKE ? ESCAPE '\\' END"
FIRST_SEEN = "CASE WHEN json_valid(g.body) THEN json_extract(g.body, '$.first_seen') END"
IN_HOURS = (
    "(SELECT TOTAL(json_extract(h.value, '$[1]'))"
    " FROM json_each(CASE WHEN json_valid(g.body) THEN g.body END, '$.hours') h"
    " WHERE h.type = 'array' AND json_extract(h.value, '$[0]') BETWEEN ? AND ?)"
)
STATE = "CASE WHEN json_valid(g.body) THEN json_extract(g.body, '$.state') END"


def load_group(connection: sqlite3.Connection, fingerprint: str) -> ErrorGroup | None:
    """Find a group, with its last event."""
    return next(read_groups(connection, "g.fingerprint = ?", (fingerprint,)), None)


def key_of(connection: sqlite3.Connection, identity: Identity) -> str:
    """Return the fingerprint under which the group of an error is stored.

    It is the error's own, unless the group was begun under another: it goes on under that one,
    whichever others later errors of the same fingerprint have.
    """
    own = identity.fingerprint
    former = [each for each in (identity.earlier, identity.former) if each]
    if not former or _is_stored(connection, own):
        return own
    alias = "SELECT group_fingerprint FROM error_aliases WHERE fingerprint = ?"
    row = connection.execute(alias, (own,)).fetchone()
    if row is not None and _is_stored(connection, row[0]):
        return str(row[0])
    found = next((each for each in former if _is_stored(connection, each)), None)
    if found is None:
        return own
    connection.execute("REPLACE INTO error_aliases VALUES (?, ?)", (own, found))
    connection.execute(
        "DELETE FROM error_aliases WHERE rowid <= (SELECT MAX(rowid) FROM error_aliases) - ?",
        (ALIASES_KEPT,),
    )
    return found


def find_group(connection: sqlite3.Connection, text: str) -> ErrorGroup | None:
    """Find a group by its id, or by the id of one of its events, which comes with it."""
    wanted = text.strip()
    sql = "SELECT fingerprint FROM error_events WHERE id = ?"
    row = connection.execute(sql, (wanted.upper(),)).fetchone()
    if row is None:
        alias = "SELECT group_fingerprint FROM error_aliases WHERE substr(fingerprint, 1, 8) = ?"
        condition = f"substr(g.fingerprint, 1, 8) = ? OR g.fingerprint IN ({alias})"
        return next(read_groups(connection, condition, (wanted.lower(), wanted.lower())), None)
    group = load_group(connection, row["fingerprint"])
    event = _event(connection, wanted.upper())
    return replace(group, event=event) if group and event else group  # too many came after it


def recent_groups(
    connection: sqlite3.Connection, limit: int, states: Collection[str] = ()
) -> tuple[ErrorGroup, ...]:
    """List the groups that were seen last, each with its last event.

    Args:
        connection: of the state file.
        limit: groups at most.
        states: those that count; all when empty.
    """
    is_wanted = f"{STATE} IN (SELECT value FROM json_each(?))"  # noqa: S608 - constant
    condition = f"(? = 0 OR {is_wanted}) ORDER BY g.last_seen DESC LIMIT ?"
    values = (len(states), json.dumps(list(states)), limit)
    return tuple(read_groups(connection, condition, values))


def search(connection: sqlite3.Connection, text: str, limit: int) -> tuple[ErrorGroup, ...]:
    """List the groups with a text in their type, message or place, the latest first.

    Only those that are found are read; SQLite takes no notice of case in ASCII letters.
    """
    condition = f"{FOUND} ORDER BY g.last_seen DESC LIMIT ?"
    return tuple(read_groups(connection, condition, (like(text), limit)))


def like(text: str) -> str:
    """Make the pattern of ``FOUND`` for a text, in which no character is a wildcard."""
    wanted = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{wanted}%"


def groups_between(
    connection: sqlite3.Connection, start: float, end: float, limit: int = 25
) -> tuple[ErrorGroup, ...]:
    """List the groups seen first before ``end`` and last after ``start``, in unix seconds.

    Those with most errors in the hours of that time come first.
    """
    condition = f"g.last_seen >= ? AND {FIRST_SEEN} <= ? ORDER BY {IN_HOURS} DESC LIMIT ?"
    values = (start, end, start // HOUR, end / HOUR, limit)
    return tuple(read_groups(connection, condition, values))


def due_groups(connection: sqlite3.Connection, now: float) -> tuple[ErrorGroup, ...]:
    """List the groups whose card is to be edited by now."""
    return tuple(read_groups(connection, "g.due <= ?", (now,)))


def next_due(connection: sqlite3.Connection) -> float | None:
    """Return when the next card is to be edited (unix seconds)."""
    due = "due IS NOT NULL AND typeof(due) IN ('real', 'integer')"  # another type is damage
    row = connection.execute(f"SELECT MIN(due) FROM error_groups WHERE {due}").fetchone()  # noqa: S608 - constant
    return None if row[0] is None else float(row[0])


def save_group(connection: sqlite3.Connection, group: ErrorGroup) -> None:
    """Insert or update a group; its event is kept by ``add_event``."""
    connection.execute(
        "INSERT INTO error_groups (fingerprint, last_seen, count, due, event_id, body)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET"
        " last_seen = excluded.last_seen, count = excluded.count, due = excluded.due,"
        " event_id = excluded.event_id, body = excluded.body",
        (
            group.fingerprint,
            group.last_seen,
            group.count,
            edit_due(group),
            group.event.id if group.event else None,
            to_json(replace(group, event=None)),
        ),
    )


def add_event(connection: sqlite3.Connection, event: ErrorEvent) -> None:
    """Keep an event; of the older ones of its group, only the ids that people may ask for."""
    connection.execute(
        "INSERT OR REPLACE INTO error_events (id, fingerprint, at, body) VALUES (?, ?, ?, ?)",
        (event.id, event.fingerprint, event.at, to_json(event)),
    )
    connection.execute(
        "UPDATE error_events SET body = '' WHERE fingerprint = ? AND body != '' AND id NOT IN"
        " (SELECT id FROM error_events WHERE fingerprint = ? ORDER BY at DESC LIMIT ?)",
        (event.fingerprint, event.fingerprint, EVENTS_A_GROUP),
    )
    connection.execute(
        "DELETE FROM error_events WHERE rowid <= (SELECT MAX(rowid) FROM error_events) - ?",
        (EVENTS_KEPT,),
    )


def add_line(connection: sqlite3.Connection, event_id: str, line: str) -> None:
    """Add a log line to an event, unless it has too many already or is not kept in full."""
    event = _event(connection, event_id)
    if event is not None and len(event.breadcrumbs) < LINES_AN_EVENT:
        event = replace(event, breadcrumbs=(*event.breadcrumbs, line))
        connection.execute(
            "UPDATE error_events SET body = ? WHERE id = ?", (to_json(event), event_id)
        )


def put_in_digest(connection: sqlite3.Connection, fingerprint: str, digest: int) -> None:
    """Note that a group has no message of its own, but is in a digest."""
    connection.execute(
        "UPDATE error_groups SET digest = ? WHERE fingerprint = ?", (digest, fingerprint)
    )


def digest_totals(connection: sqlite3.Connection, digest: int) -> tuple[int, int]:
    """Count the groups of a digest, and their errors."""
    row = connection.execute(
        "SELECT COUNT(*), COALESCE(SUM(count), 0) FROM error_groups WHERE digest = ?", (digest,)
    ).fetchone()
    return row[0], row[1]


def digest_groups(connection: sqlite3.Connection, digest: int) -> tuple[ErrorGroup, ...]:
    """List the groups of a digest with the most errors."""
    condition = "g.digest = ? ORDER BY g.count DESC LIMIT ?"
    return tuple(read_groups(connection, condition, (digest, DIGEST_SHOWN)))


def forget_oldest(connection: sqlite3.Connection) -> None:
    """Merge the groups beyond ``GROUPS_KEPT`` that were seen longest ago into ``OTHERS``."""
    old = "SELECT fingerprint FROM error_groups ORDER BY last_seen DESC LIMIT -1 OFFSET ?"
    rows = connection.execute(old, (GROUPS_KEPT,)).fetchall()
    gone = [(row[0],) for row in rows if row[0] != OTHERS.fingerprint]
    groups = [group for (fingerprint,) in gone if (group := load_group(connection, fingerprint))]
    if groups:
        save_group(connection, _with_others(load_group(connection, OTHERS.fingerprint), groups))
        connection.executemany("DELETE FROM error_groups WHERE fingerprint = ?", gone)
        connection.executemany("DELETE FROM error_events WHERE fingerprint = ?", gone)
        connection.executemany("DELETE FROM error_aliases WHERE group_fingerprint = ?", gone)


def load_rate_limit(connection: sqlite3.Connection) -> RateLimit:
    """Read the state of the rate limit."""
    rows = connection.execute(f"SELECT one AS {ROW_ID}, body FROM error_storm")  # noqa: S608 - constant
    return next(readable(connection, "error_storm", rows, from_body(RateLimit)), RateLimit())


def save_rate_limit(connection: sqlite3.Connection, limit: RateLimit) -> None:
    """Save the state of the rate limit."""
    connection.execute("REPLACE INTO error_storm VALUES (1, ?)", (json.dumps(asdict(limit)),))


def _is_stored(connection: sqlite3.Connection, fingerprint: str) -> bool:
    found = "SELECT 1 FROM error_groups WHERE fingerprint = ?"
    return connection.execute(found, (fingerprint,)).fetchone() is not None


def read_groups(
    connection: sqlite3.Connection, condition: str, values: tuple[object, ...]
) -> Iterator[ErrorGroup]:
    """Read the groups for which a condition on ``g`` holds, each with its last event."""
    columns = f"g.rowid AS {ROW_ID}, g.fingerprint, g.body, g.event_id"
    sql = f"SELECT {columns} FROM error_groups g WHERE {condition}"  # noqa: S608 - constants
    rows = connection.execute(sql, values)
    for group, event_id in readable(connection, "error_groups", rows, _group):
        yield replace(group, event=_event(connection, event_id))


def _group(row: sqlite3.Row) -> tuple[ErrorGroup, str | None]:
    """Read a row; it is saved by its body's fingerprint, which has to be the one it is found by."""
    group = group_from(json.loads(row["body"]))
    if group.fingerprint != row["fingerprint"]:
        raise DamagedRecordError("the fingerprints of its column and its body differ")
    return group, row["event_id"]


def _event(connection: sqlite3.Connection, event_id: str | None) -> ErrorEvent | None:
    """Find an event that is kept in full."""
    sql = f"SELECT rowid AS {ROW_ID}, body FROM error_events WHERE id = ? AND body != ''"  # noqa: S608 - constant
    rows = connection.execute(sql, (event_id,))
    return next(readable(connection, "error_events", rows, from_body(ErrorEvent)), None)


def _with_others(others: ErrorGroup | None, gone: Sequence[ErrorGroup]) -> ErrorGroup:
    known = [*gone, others] if others else gone
    first, last = min(group.first_seen for group in known), max(group.last_seen for group in known)
    merged = others or ErrorGroup(OTHERS.fingerprint, OTHERS.type, OTHERS.where, first, last)
    count = sum(group.count for group in known)
    return replace(merged, count=count, first_seen=first, last_seen=last)

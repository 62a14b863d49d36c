"""Outbox rows → next Claim to send, or Reconcile of posts that may have been sent already."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from services.debugcog.frozen import frozen
from services.debugcog.outbox.order import (
    CAP_WINDOW,
    CAPPED,
    DEFER_MAX,
    POSTS,
    Budget,
    Waiting,
    budget,
    choose,
    overdue,
    unconfirmed,
)
from services.debugcog.outbox.outcomes import LAST_FALLBACK_LEVEL, Attempt
from services.debugcog.outbox.places import Open, Place, place_of, resolve_kinds, supersede
from services.debugcog.outbox.posts import CHANGES, NONCE_BYTES
from services.debugcog.outbox.records import Streak
from services.debugcog.state.rows import ROW_ID, as_record, readable
from services.debugcog.wording import clip

LEASE = 60.0  # seconds; a request has 20
UNANSWERED = "state = 'queued', tried = CASE tried WHEN 0 THEN lease - 60 ELSE tried END"
DIGEST_TITLE_MAX = 90
PAUSE_MAX = 86_400.0  # a longer one is damage


@frozen
class Content:
    """What is sent of a row, and in which form."""

    urgent: bool
    title: str
    body: str
    nonce: str
    level: int
    attempts: int

    @property
    def fallback_level(self) -> int:
        """Return the form; a number that no form has is damage, and must not spoil the nonce."""
        return min(max(self.level, 0), LAST_FALLBACK_LEVEL)


@frozen
class Claim:
    """One request to make.

    Attributes:
        nonce: the same for each attempt to send this content, never used for another.
        channel_id: where to post.
        card_id: the message to edit, or to answer; None when there is none.
        perhaps_taken: Discord may have taken it at an earlier attempt.
        forum: the channel is a forum, in which it opens a post.
        in_post: the channel is a post in a forum.
    """

    id: int
    subject: str
    kind: str
    urgent: bool
    title: str
    body: str
    nonce: str
    fallback_level: int
    attempts: int
    channel_id: int
    card_id: int | None
    perhaps_taken: bool = False
    forum: bool = False
    in_post: bool = False

    @property
    def is_edit(self) -> bool:
        """Tell a change of the card from a new message."""
        return self.kind in CHANGES


def attempt_of(job: Claim, attempt: Attempt, *, has_other: bool) -> Attempt:
    """Add to an attempt what its claim says of it.

    Args:
        job: what was tried.
        attempt: how that ended.
        has_other: another place could take a message that this one refuses.
    """
    return replace(
        attempt,
        fallback_level=job.fallback_level,
        attempts=job.attempts,
        perhaps_taken=job.perhaps_taken,
        in_forum=job.forum or job.in_post,
        is_edit=job.is_edit,
        is_shown=job.kind == "show",
        has_other=has_other and job.kind in CAPPED,
    )


@frozen
class Reconcile:
    """Posts that Discord may have taken: to be looked for in the channel, or forum."""

    channel_id: int
    nonces: Mapping[int, str]
    forum: bool = False


def claim(
    connection: sqlite3.Connection,
    now: float,
    ways: Open,
    *,
    healthy: bool = True,
    ahead: float = 0.0,
    held_by: Streak | None = None,
) -> Claim | Reconcile | None:
    """Take the next row to send; None when there is none, or not yet.

    Args:
        connection: in a transaction of ``Database.run``.
        now: unix seconds on a clock that is not set back.
        ways: where messages can go now.
        healthy: the last request was answered; an outage is over before its digest is made.
        ahead: seconds by which the wall clock, which dates new rows, is ahead of ``now``.
        held_by: the last answer, and when, that held back all posts.
    """
    if paused(connection, "all", now):
        return None
    connection.execute(
        f"UPDATE outbox SET {UNANSWERED} WHERE state = 'sending' AND lease <= ?",  # noqa: S608 - constant
        (now,),
    )
    while healthy and (late := overdue(waiting(connection, ahead), now)):
        _make_digest(connection, late, now, held_by)
    resolve_kinds(connection, now, ways)
    rows = _sendable(connection, now, ways)
    budget = current_budget(connection, now)
    row = choose(rows, now, budget)
    if row is None:
        return None
    place = place_of(connection, row, ways)
    if place.channel_id is None:
        _put_off(connection, row, now)
        return None
    to_reconcile = unconfirmed(rows, now, forum=ways.forum is not None)
    if row in to_reconcile:
        same = [one for one in to_reconcile if place_of(connection, one, ways) == place]
        nonces = {one.id: _nonce(connection, one.id) for one in same}
        return Reconcile(place.channel_id, nonces, place.forum)
    if row.kind in CAPPED and not row.tried and not budget.allows(urgent=row.urgent):
        _take_along(connection, row, rows)
    return _take(connection, row, now, place.channel_id, place)


def _take_along(connection: sqlite3.Connection, row: Waiting, rows: list[Waiting]) -> None:
    """Let what the caps hold go with a post behind it that they do not hold."""
    if any(one.uncapped for one in rows if one.subject == row.subject):
        sql = "INSERT OR IGNORE INTO uncapped SELECT nonce FROM outbox WHERE id = ?"
    else:  # in the budget that is kept for critical posts
        sql = "UPDATE outbox SET urgent = 1 WHERE id = ?"
    connection.execute(sql, (row.id,))


def waiting(connection: sqlite3.Connection, ahead: float = 0.0) -> list[Waiting]:
    """List what is not done, oldest first."""
    columns = (
        "id, subject, kind, urgent, created, tried, not_before, attempts, level,"
        " state = 'sending' AS busy,"
        " nonce IN (SELECT nonce FROM uncapped) AS uncapped"
    )
    waits = "state IN ('queued', 'sending') ORDER BY id"
    sql = f"SELECT id AS {ROW_ID}, {columns} FROM outbox WHERE {waits}"  # noqa: S608 - constants
    found = readable(connection, "outbox", connection.execute(sql), as_record(Waiting))
    return [replace(row, created=row.created - ahead) for row in found]


def paused(connection: sqlite3.Connection, scope: str, now: float) -> bool:
    """Tell whether Discord has asked for a pause that is not over; one of the future never was."""
    sql = "SELECT 1 FROM pauses WHERE scope = ? AND since <= ? AND until > ? AND until <= since + ?"
    return connection.execute(sql, (scope, now, now, PAUSE_MAX)).fetchone() is not None


def _make_digest(
    connection: sqlite3.Connection, late: list[Waiting], now: float, held_by: Streak | None
) -> None:
    """Put posts into one digest, and with those without a card all that waits for their subject."""
    titles: dict[str, str] = {}
    ids = json.dumps([row.id for row in late])
    rows = connection.execute(
        "SELECT id, subject, COALESCE(CAST(title AS TEXT), '') AS title"
        " FROM outbox WHERE state = 'queued' AND tried = 0 AND ("
        " id IN (SELECT value FROM json_each(:ids)) OR subject IN (SELECT subject FROM outbox"
        " WHERE id IN (SELECT value FROM json_each(:ids))"
        " AND subject NOT IN (SELECT subject FROM cards))) ORDER BY id",
        {"ids": ids},
    ).fetchall()
    for row in rows:
        titles[row["subject"]] = clip(row["title"], DIGEST_TITLE_MAX)
        supersede(connection, row["id"], "in a digest", now)
    since = late[0].created
    reason = held_by.detail if held_by and held_by.since >= since else ""
    nonce = secrets.token_hex(NONCE_BYTES)
    connection.execute(
        "INSERT INTO outbox (subject, kind, urgent, title, body, nonce, created)"
        " VALUES (?, 'digest', ?, ?, ?, ?, ?)",
        (
            f"digest:{nonce}",
            any(row.urgent for row in late),
            " | ".join(titles.values()),
            json.dumps({"titles": list(titles.values()), "since": since, "reason": reason}),
            nonce,
            now,
        ),
    )


def current_budget(connection: sqlite3.Connection, now: float) -> Budget:
    """Count what the caps still allow."""
    rows = connection.execute(
        "SELECT urgent, COUNT(*) FROM outbox WHERE ((posted = 1 AND done BETWEEN :start AND :now)"
        " OR (state IN ('queued', 'sending') AND tried BETWEEN :start AND :now))"
        " AND kind IN ('open', 'reply', 'digest')"
        " AND nonce NOT IN (SELECT nonce FROM uncapped) GROUP BY urgent",
        {"start": now - CAP_WINDOW, "now": now},
    )
    posts = {bool(urgent): count for urgent, count in rows}
    return budget(posts.get(False, 0), posts.get(True, 0))


def _sendable(connection: sqlite3.Connection, now: float, ways: Open) -> list[Waiting]:
    """List what no pause holds, and has somewhere to go."""
    rows = waiting(connection)
    if ways.target is None:
        rows = [row for row in rows if row.for_forum]
    if ways.forum is not None and paused(connection, "forum", now):
        rows = [row for row in rows if not row.for_forum]
    if paused(connection, "edits", now):
        rows = [row for row in rows if row.kind in POSTS]
    return rows


def _put_off(connection: sqlite3.Connection, row: Waiting, now: float) -> None:
    """Let others go first while there is no channel for a row."""
    sql = "UPDATE outbox SET not_before = ? WHERE id = ?"
    connection.execute(sql, (now + DEFER_MAX, row.id))


def _nonce(connection: sqlite3.Connection, row_id: int) -> str:
    row = connection.execute("SELECT nonce, level FROM outbox WHERE id = ?", (row_id,)).fetchone()
    return f"{row['nonce']}{row['level']}"


def _take(
    connection: sqlite3.Connection,
    row: Waiting,
    now: float,
    channel_id: int,
    place: Place,
) -> Claim | None:
    """Lease a row; None where it, or the card that it changes, is damaged, and put aside now."""
    content = _content(connection, row.id)
    card = place.card
    if content is None or (row.kind in CHANGES and card is None):
        return None
    connection.execute(
        "UPDATE outbox SET state = 'sending', lease = ?, attempts = attempts + 1 WHERE id = ?",
        (now + LEASE, row.id),
    )
    return Claim(
        id=row.id,
        subject=row.subject,
        kind=row.kind,
        urgent=content.urgent,
        title=content.title,
        body=content.body,
        nonce=f"{content.nonce}{content.fallback_level}",
        fallback_level=content.fallback_level,
        attempts=content.attempts + 1,
        channel_id=channel_id,
        card_id=card.message_id if card else None,
        perhaps_taken=row.tried > 0 and row.kind not in CHANGES,
        forum=place.forum,
        in_post=card is not None and card.is_post,
    )


def _content(connection: sqlite3.Connection, row_id: int) -> Content | None:
    sql = f"SELECT id AS {ROW_ID}, * FROM outbox WHERE id = ?"  # noqa: S608 - constant
    rows = connection.execute(sql, (row_id,))
    return next(readable(connection, "outbox", rows, as_record(Content)), None)

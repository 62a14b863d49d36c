"""Outbox rows → Receipt of one post, Backlog of undelivered posts."""

from __future__ import annotations

import sqlite3

from services.debugcog.outbox.dispatch import current_budget, waiting
from services.debugcog.outbox.order import CAP_WINDOW, POSTS
from services.debugcog.outbox.records import Backlog, Receipt

RECENT = 86_400.0


def receipt(connection: sqlite3.Connection, subject: str) -> Receipt | None:
    """Find what became of the first post of a subject."""
    row = connection.execute(
        "SELECT outbox.state, outbox.reason, cards.channel_id, outbox.message_id FROM outbox"
        " LEFT JOIN cards USING (subject) WHERE outbox.subject = ? ORDER BY id LIMIT 1",
        (subject,),
    ).fetchone()
    return Receipt(*row) if row else None


def backlog(connection: sqlite3.Connection, now: float) -> Backlog:
    """Count what waits and what was given up."""
    queued, oldest = connection.execute(
        "SELECT COUNT(*), MIN(created) FROM outbox WHERE state IN ('queued', 'sending')"
    ).fetchone()
    failed = connection.execute(
        "SELECT reason FROM outbox WHERE state IN ('queued', 'sending') AND reason != ''"
        " ORDER BY id DESC LIMIT 1"
    ).fetchone()
    dead = connection.execute(
        "SELECT reason FROM outbox WHERE state = 'dead' AND done > ? ORDER BY done DESC",
        (now - RECENT,),
    ).fetchall()
    return Backlog(
        waiting=queued,
        oldest=oldest,
        reason=failed["reason"] if failed else "",
        dead=len(dead),
        dead_reason=dead[0]["reason"] if dead else "",
        held_until=_held_until(connection, now),
        capped_until=_capped_until(connection, now),
    )


def _held_until(connection: sqlite3.Connection, now: float) -> float:
    """Find when the first of what waits may be tried: pauses hold all, a delay its own post."""
    paused, delayed = connection.execute(
        "SELECT (SELECT MAX(until) FROM pauses WHERE scope = 'all' AND since <= ? AND until > ?),"
        " (SELECT MIN(not_before) FROM outbox WHERE state = 'queued')",
        (now, now),
    ).fetchone()
    held = max(paused or 0.0, delayed or 0.0)
    return held if held > now else 0.0


def _capped_until(connection: sqlite3.Connection, now: float) -> float:
    """Find when the caps let the next post out that waits for them."""
    left = current_budget(connection, now)
    held = [row for row in waiting(connection) if row.kind in POSTS and not row.tried]
    if not any(not (row.uncapped or left.allows(urgent=row.urgent)) for row in held):
        return 0.0
    (oldest,) = connection.execute(
        "SELECT MIN(done) FROM outbox WHERE posted = 1 AND done BETWEEN ? AND ?"
        " AND nonce NOT IN (SELECT nonce FROM uncapped)",
        (now - CAP_WINDOW, now),
    ).fetchone()
    return (now if oldest is None else oldest) + CAP_WINDOW

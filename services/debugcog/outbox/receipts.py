"""Outbox rows → Receipt of one post, Backlog of undelivered posts."""

from __future__ import annotations

import sqlite3

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
    waiting, oldest = connection.execute(
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
        waiting=waiting,
        oldest=oldest,
        reason=failed["reason"] if failed else "",
        dead=len(dead),
        dead_reason=dead[0]["reason"] if dead else "",
    )

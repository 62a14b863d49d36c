"""Claim, Result and Action → updated outbox row and card, and pauses that Discord asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from services.debugcog.outbox.dispatch import UNANSWERED, Claim, Reconcile
from services.debugcog.outbox.outcomes import LAST_FALLBACK_LEVEL, PATIENCE, Action, Result
from services.debugcog.outbox.posts import CHANGES, repeat

BODY_RETENTION = 3600.0
ROW_RETENTION = 7 * 86_400.0
POSTPONED = 60.0  # after a reconcile that failed
PICTURE_SECONDS = 1.0  # until a change that waits for its picture is tried again


def complete(
    connection: sqlite3.Connection,
    claim: Claim,
    result: Result,
    action: Action,
    now: float,
    *,
    again: bool = False,
) -> None:
    """Note what became of a claim.

    Args:
        connection: in a transaction of ``Database.run``.
        claim: what was tried.
        result: how that ended.
        action: what follows.
        now: unix seconds.
        again: a new card may lack its picture, so what it shows is queued as an edit.
    """
    done = action.state != "queued"
    posted = action.state == "sent" and not claim.is_edit
    connection.execute(
        "UPDATE outbox SET state = ?, level = level * ? + ?,"
        " tried = CASE WHEN ? THEN 0 WHEN ? AND tried = 0 THEN ? ELSE tried END,"
        " not_before = ?, done = ?,"
        " posted = ?, message_id = ?, reason = ? WHERE id = ?",
        (
            action.state,
            not action.restart,
            action.lower,
            action.lower or action.restart,  # a payload that was refused has never been taken
            action.taken,
            now,
            now + action.defer,
            now if done else 0.0,
            posted,
            result.message_id,
            result.detail or result.outcome.value,
            claim.id,
        ),
    )
    if claim.kind == "open" and posted and result.message_id:
        channel_id = result.message_id if claim.forum else claim.channel_id
        _keep_card(connection, claim.subject, channel_id, result.message_id, now)
        if again:
            repeat(connection, claim.id, now)
    if action.card == "forget":
        connection.execute("DELETE FROM cards WHERE subject = ?", (claim.subject,))
    if action.card == "freeze":
        connection.execute("UPDATE cards SET editable = 0 WHERE subject = ?", (claim.subject,))
    save_pauses(connection, action, now)


def save_pauses(connection: sqlite3.Connection, action: Action, now: float) -> None:
    """Keep the pauses that Discord asked for."""
    asked = (
        ("all", action.rate_limit_pause),
        ("edits", action.edit_pause),
        ("forum", action.forum_pause),
    )
    for scope, seconds in asked:
        if seconds:
            connection.execute("REPLACE INTO pauses VALUES (?, ?, ?)", (scope, now, now + seconds))


def resolve(
    connection: sqlite3.Connection, reconcile: Reconcile, found: Mapping[str, int], now: float
) -> int:
    """Close the rows that were found; the others were never taken, and start anew.

    A form that has had its attempts is given up for a shorter one: what cannot get through may be
    its picture, or its size. Return how many were.
    """
    shorter = 0
    for row_id, nonce in reconcile.nonces.items():
        if nonce not in found:
            connection.execute("UPDATE outbox SET tried = 0 WHERE id = ?", (row_id,))
            shorter += connection.execute(
                "UPDATE outbox SET level = level + 1"
                " WHERE id = ? AND level < ? AND attempts >= ? * (level + 1)",
                (row_id, LAST_FALLBACK_LEVEL, PATIENCE),
            ).rowcount
            continue
        row = connection.execute("SELECT subject, kind FROM outbox WHERE id = ?", (row_id,))
        subject, kind = row.fetchone()
        connection.execute(
            "UPDATE outbox SET state = 'sent', done = ?, posted = ?, message_id = ?,"
            " reason = 'found in the channel' WHERE id = ?",
            (now, kind not in CHANGES, found[nonce], row_id),
        )
        if kind == "open":
            channel_id = found[nonce] if reconcile.forum else reconcile.channel_id
            _keep_card(connection, subject, channel_id, found[nonce], now)
            repeat(connection, row_id, now)  # what was found may lack its picture
    return shorter


def put_back(connection: sqlite3.Connection, claim: Claim, now: float) -> bool:
    """Queue a change of a card again, unsent; False if a newer one or a critical post follows."""
    return (
        connection.execute(
            "UPDATE outbox SET state = 'queued', attempts = attempts - 1, not_before = ?"
            " WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox AS newer WHERE newer.subject = ?"
            " AND newer.id > ? AND newer.state = 'queued'"
            " AND (newer.urgent OR newer.kind != 'reply'))",
            (now + PICTURE_SECONDS, claim.id, claim.subject, claim.id),
        ).rowcount
        > 0
    )


def postpone(
    connection: sqlite3.Connection, reconcile: Reconcile, action: Action, now: float
) -> None:
    """Let other posts go first after a reconcile without an answer; keep pauses.

    Where that gets no answer either, the form is not to blame, and gets its attempts anew.
    """
    save_pauses(connection, action, now)
    for row_id in reconcile.nonces:
        sql = (
            "UPDATE outbox SET not_before = ?, attempts = MIN(attempts, 1 + ? * level) WHERE id = ?"
        )
        connection.execute(sql, (now + POSTPONED, PATIENCE, row_id))


def release(connection: sqlite3.Connection, now: float) -> None:
    """Queue what a process that is gone was sending or had put off."""
    connection.execute(f"UPDATE outbox SET {UNANSWERED} WHERE state = 'sending'")  # noqa: S608 - constant
    connection.execute("UPDATE outbox SET not_before = 0 WHERE state = 'queued'")
    tidy(connection, now)


def tidy(connection: sqlite3.Connection, now: float) -> None:
    """Forget what is long done; what it said goes sooner than that it was said."""
    connection.execute(
        "UPDATE outbox SET body = '' WHERE body != '' AND done BETWEEN 1 AND ?",
        (now - BODY_RETENTION,),
    )
    connection.execute("DELETE FROM outbox WHERE done BETWEEN 1 AND ?", (now - ROW_RETENTION,))
    connection.execute("DELETE FROM uncapped WHERE nonce NOT IN (SELECT nonce FROM outbox)")
    connection.execute("DELETE FROM cards WHERE posted < ?", (now - 12 * ROW_RETENTION,))


def _keep_card(
    connection: sqlite3.Connection, subject: str, channel_id: int, message_id: int, now: float
) -> None:
    connection.execute(
        "REPLACE INTO cards (subject, channel_id, message_id, posted) VALUES (?, ?, ?, ?)",
        (subject, channel_id, message_id, now),
    )

"""Post → outbox row, queued in the same transaction as the change that it reports.

A post's ``kind`` says what it does to its subject's *card*, the one message that stands for it:

- ``open``: a new message, which becomes the card.
- ``edit``: a change of the card; dropped when there is no card (never posted, or deleted).
- ``restore``: a change of the card; posted afresh, as the new card, when there is none.
- ``show``: a change that has to be seen (an end); as ``restore``, and when the card is too old too.
- ``reply``: a new message that answers the card, because edits notify nobody.
- ``note``: a new message in the card's post in a forum; dropped where the card is in no post.
- ``digest``: many posts in one message; made by the queue itself after a long outage.

Until a card's own post is tried, it takes in all that follows: it is posted in its newest form,
and replies to it are not needed. Later, changes of the card coalesce to the newest,
which has to be seen if one of them had to. A critical answer, and an end, take the place of answers
that wait: "ended" is no news once it is back, and "still firing" is none once it has ended.
"""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import replace

from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',  -- queued, sending, sent, superseded, dead
    level INTEGER NOT NULL DEFAULT 0,      -- the fallback level of the form
    attempts INTEGER NOT NULL DEFAULT 0,
    tried REAL NOT NULL DEFAULT 0,         -- first attempt that Discord may have taken
    not_before REAL NOT NULL DEFAULT 0,
    lease REAL NOT NULL DEFAULT 0,         -- of a row that is being sent: until when
    done REAL NOT NULL DEFAULT 0,
    posted INTEGER NOT NULL DEFAULT 0,     -- it became a message of its own
    message_id INTEGER,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state, subject);
CREATE INDEX IF NOT EXISTS outbox_done ON outbox (done);
CREATE TABLE IF NOT EXISTS cards (
    subject TEXT PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    posted REAL NOT NULL,
    editable INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS uncapped (nonce TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS pauses (
    scope TEXT PRIMARY KEY, since REAL NOT NULL, until REAL NOT NULL
);
"""

CHANGES = frozenset({"edit", "restore", "show"})
NONCE_BYTES = 5  # 10 hex digits and the level, of the 25 characters that Discord allows


@frozen
class Post:
    """Something to tell the admin channel.

    Args:
        subject: what it is about: ``incident:12``, ``group:1a2b3c4d``, ``digest-errors:7``.
            The part before the first colon chooses the renderer.
        kind: what it does to the subject's card, as listed in the module's docstring.
        urgent: critical: goes first, may use the posts that are kept for critical ones, and
            pings the configured role when it is a new message.
        title: one plain line that names it (id, severity, what); it is all that is left of the
            post in a digest, in the shortest form that Discord is offered, and in the local log.
        body: the record to render, as JSON; rendered when it is sent.
        capped: False for what is owed and rare (the end of what was announced, a crash, an admin's
            own test): it counts in no cap and waits for none.
    """

    subject: str
    kind: str
    urgent: bool
    title: str
    body: str
    capped: bool = True


def enqueue(connection: sqlite3.Connection, post: Post, now: float) -> None:
    """Queue a post inside the caller's transaction.

    Args:
        connection: of ``Database.run``, in the transaction that changes the state it tells of.
        post: what to tell.
        now: unix seconds.
    """
    if post.kind in CHANGES:
        post = _seen_as_before(connection, post)
        connection.execute(
            "UPDATE outbox SET state = 'superseded', reason = 'a newer change', done = ?"
            " WHERE subject = ? AND state = 'queued' AND kind IN ('edit', 'restore', 'show')",
            (now, post.subject),
        )
    if not post.capped or (post.kind == "reply" and post.urgent):
        connection.execute(
            "UPDATE outbox SET state = 'superseded', reason = 'a newer answer', done = ?"
            " WHERE subject = ? AND state = 'queued' AND kind = 'reply' AND urgent = 0"
            " AND tried = 0",
            (now, post.subject),
        )
    if post.kind != "open" and _taken_in(connection, post):
        return
    nonce = secrets.token_hex(NONCE_BYTES)
    connection.execute(
        "INSERT INTO outbox (subject, kind, urgent, title, body, nonce, created)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (post.subject, post.kind, post.urgent, storable(post.title), post.body, nonce, now),
    )
    if not post.capped:
        connection.execute("INSERT INTO uncapped VALUES (?)", (nonce,))


def repeat(connection: sqlite3.Connection, row_id: int, now: float) -> None:
    """Queue what a new card shows once more, as an edit; not if something newer will be shown."""
    connection.execute(
        "INSERT INTO outbox (subject, kind, urgent, title, body, nonce, created, level)"
        " SELECT subject, 'edit', 0, title, body, ?, ?, level FROM outbox AS shown WHERE id = ?"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS newer WHERE newer.subject = shown.subject"
        " AND newer.id > shown.id AND newer.kind IN ('edit', 'restore', 'show'))",
        (secrets.token_hex(NONCE_BYTES), now, row_id),
    )


def _seen_as_before(connection: sqlite3.Connection, post: Post) -> Post:
    """Let a change that takes the place of one that has to be seen be seen as well."""
    shown = "SELECT 1 FROM outbox WHERE subject = ? AND state = 'queued' AND kind = 'show'"
    waits = connection.execute(shown, (post.subject,)).fetchone()
    return replace(post, kind="show") if waits else post


def _taken_in(connection: sqlite3.Connection, post: Post) -> bool:
    """Let the card's own post take this one in, if that was never tried.

    The content of a post that Discord may have seen stays as it is: it shares the nonce.
    """
    waiting = "subject = ? AND state = 'queued' AND kind = 'open' AND tried = 0"
    if post.kind == "reply":
        sql = f"UPDATE outbox SET urgent = MAX(urgent, ?) WHERE {waiting}"  # noqa: S608 - constant
        return connection.execute(sql, (post.urgent, post.subject)).rowcount > 0
    sql = f"UPDATE outbox SET urgent = ?, title = ?, body = ?, nonce = ? WHERE {waiting}"  # noqa: S608 - constant
    nonce = secrets.token_hex(NONCE_BYTES)
    values = (post.urgent, post.title, post.body, nonce, post.subject)
    return connection.execute(sql, values).rowcount > 0

"""Row, its card and which channels are open → the channel to write to: alerts, forum, or a post.

Error groups belong into the forum, where there is one: each is a post of its own, which is a thread
whose id is also that of its first message, the card. Everything else belongs into the channel for
alerts, and error groups do too while the forum is closed to us.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from types import MappingProxyType

from services.debugcog.frozen import frozen
from services.debugcog.outbox.order import Waiting
from services.debugcog.outbox.outcomes import LAST_FALLBACK_LEVEL
from services.debugcog.outbox.posts import CHANGES
from services.debugcog.state.rows import ROW_ID, as_record, readable


@frozen
class Card:
    """The message that stands for a subject."""

    channel_id: int
    message_id: int
    posted: float

    @property
    def is_post(self) -> bool:
        """Tell the first message of a forum's post from a message in a channel."""
        return self.channel_id == self.message_id


NOWHERE: Mapping[int, Collection[int]] = MappingProxyType({})


@frozen
class Open:
    """Where messages can go now.

    Attributes:
        target: channel for new messages; None while there is none.
        forum: forum for error groups; None without one, or while it is closed to us.
        closed: channels and posts that refuse us at present.
        spare: channel for what the target has refused in every form.
        declined: by row, the places that have.
    """

    target: int | None
    forum: int | None = None
    closed: Collection[int] = ()
    spare: int | None = None
    declined: Mapping[int, Collection[int]] = NOWHERE

    def takes(self, row_id: int, place: int | None) -> bool:
        """Tell whether a place is there, and has not refused a row in every form."""
        return place is not None and place not in self.declined.get(row_id, ())

    def has(self, card: Card | None) -> bool:
        """Tell whether a card can be changed and answered."""
        return (
            card is not None
            and card.channel_id not in self.closed
            and not (card.is_post and self.forum is None)
        )


@frozen
class Place:
    """Where a row goes.

    Attributes:
        channel_id: to write to; None while there is none.
        card: that is changed or answered.
        forum: the channel is a forum, in which a post is opened.
    """

    channel_id: int | None
    card: Card | None = None
    forum: bool = False


def place_of(connection: sqlite3.Connection, row: Waiting, ways: Open) -> Place:
    """Find where a row goes now."""
    card = None if row.kind == "open" else card_of(connection, row.subject)
    if card is not None and ways.has(card) and ways.takes(row.id, card.channel_id):
        return Place(card.channel_id, card)
    if row.kind == "open" and row.for_forum and ways.takes(row.id, ways.forum):
        return Place(ways.forum, forum=True)
    return Place(next((one for one in (ways.target, ways.spare) if ways.takes(row.id, one)), None))


def card_of(connection: sqlite3.Connection, subject: str) -> Card | None:
    """Find the card of a subject; one that is damaged is put aside."""
    sql = f"SELECT rowid AS {ROW_ID}, * FROM cards WHERE subject = ?"  # noqa: S608 - constant
    rows = connection.execute(sql, (subject,))
    return next(readable(connection, "cards", rows, as_record(Card)), None)


def resolve_kinds(connection: sqlite3.Connection, now: float, ways: Open) -> None:
    """Turn what needs a card that is not there into a post of its own, or drop it."""
    rows = connection.execute(
        "SELECT id, subject, kind, tried, editable, channel_id, cards.message_id,"
        " EXISTS (SELECT 1 FROM outbox AS dead"
        " WHERE dead.subject = outbox.subject AND dead.state = 'dead') AS refused"
        " FROM outbox LEFT JOIN cards USING (subject)"
        " WHERE state = 'queued' AND kind IN ('edit', 'restore', 'show', 'note', 'reply')"
        " AND NOT EXISTS"
        " (SELECT 1 FROM outbox AS older WHERE older.subject = outbox.subject"
        " AND older.id < outbox.id AND older.state IN ('queued', 'sending'))"
    ).fetchall()
    for row in rows:
        afresh, dropped = _resolved(row, ways)
        if afresh:
            sql = "UPDATE outbox SET kind = 'open', attempts = 0, tried = 0, level = ? WHERE id = ?"
            connection.execute(sql, (LAST_FALLBACK_LEVEL if row["refused"] else 0, row["id"]))
        elif dropped:
            supersede(connection, row["id"], "no card to change", now)


def supersede(connection: sqlite3.Connection, row_id: int, reason: str, now: float) -> None:
    """Give a row up: something else tells what it would have told."""
    sql = "UPDATE outbox SET state = 'superseded', reason = ?, done = ? WHERE id = ?"
    connection.execute(sql, (reason, now, row_id))


def _resolved(row: sqlite3.Row, ways: Open) -> tuple[bool, bool]:
    """Tell whether a row has to be posted afresh, and else whether it is to be dropped."""
    missing = row["editable"] is None
    is_post = not missing and row["channel_id"] == row["message_id"]
    gone = missing or row["channel_id"] in ways.closed or (is_post and ways.forum is None)
    in_forum = ways.forum is not None and Waiting.is_for_forum(row["subject"])
    if row["kind"] == "reply":  # a post that is gone, or a card from before there was a forum
        return in_forum and (missing or not (is_post or row["tried"])), False
    if row["kind"] == "note":
        return False, gone or not is_post
    assert row["kind"] in CHANGES
    if not gone and row["editable"]:
        return False, False
    restored = row["kind"] == "restore" or (in_forum and missing)
    return row["kind"] == "show" or (restored and gone and not row["refused"]), True

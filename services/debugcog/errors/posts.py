"""Counted errors → updated groups and the outbox posts about them, in one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from functools import partial

from services.debugcog.errors import tables
from services.debugcog.errors.error_buffer import Tally
from services.debugcog.errors.groups import DISPOSED, note_due, seen
from services.debugcog.errors.rate_limit import admit, opened
from services.debugcog.errors.records import ErrorEvent, ErrorGroup
from services.debugcog.errors.sentences import digest_sentence, sentence
from services.debugcog.exceptions import type_name
from services.debugcog.guard import own_logger
from services.debugcog.outbox.posts import Post, enqueue
from services.debugcog.state.savepoint import apart

log = own_logger("debugcog.errors")

UPDATED = "updated"
REOPENED = "reopened"


def record(
    connection: sqlite3.Connection,
    tallies: Iterable[Tally],
    events: Iterable[ErrorEvent],
    release: str,
    now: float,
    *,
    forum: bool = False,
) -> float | None:
    """Count errors, post news, and edit the cards that are due.

    Args:
        connection: in its transaction.
        tallies: one of each kind.
        events: those that were captured in full.
        release: the host's version.
        now: unix seconds.
        forum: groups are posted in a forum, where their posts have room for more.

    Returns:
        When there is something to edit next (unix seconds), if anything.
    """
    counted = [(tally, tables.key_of(connection, tally.identity)) for tally in tallies]
    keys = {tally.identity.fingerprint: key for tally, key in counted}
    latest: dict[str, ErrorEvent] = {}
    for event in events:
        key = keys.get(event.fingerprint, event.fingerprint)
        event = replace(event, fingerprint=key)
        if _stored(connection, partial(tables.add_event, connection, event), event.type):
            latest[key] = event
    for tally, key in counted:
        work = partial(_count, connection, tally, key, latest.get(key), release, now, forum)
        _stored(connection, work, tally.identity.type)
    for group in tables.due_groups(connection, now):
        _stored(connection, partial(_update, connection, group, now, forum), group.type)
    tables.forget_oldest(connection)
    due = _edit_digest(connection, now)
    return min((at for at in (due, tables.next_due(connection)) if at is not None), default=None)


def note_action(
    connection: sqlite3.Connection, before: ErrorGroup, group: ErrorGroup, by: str, now: float
) -> None:
    """Tell in a group's forum post who has muted, resolved or reopened it."""
    if group.posted and (before.state, before.since) != (group.state, group.since):
        news = group.state if group.state in DISPOSED else REOPENED
        enqueue(connection, group_post(group, "note", news, by=by), now)


def _update(connection: sqlite3.Connection, group: ErrorGroup, now: float, forum: bool) -> None:
    """Edit a card that is due, and tell of more errors in its forum post now and then."""
    if forum and note_due(group, now):
        more = group.count - group.noted_count
        enqueue(connection, group_post(group, "note", UPDATED, more=more), now)
        group = replace(group, noted=now, noted_count=group.count)
    update_card(connection, group, UPDATED, now)


def update_card(connection: sqlite3.Connection, group: ErrorGroup, news: str, now: float) -> None:
    """Edit the group's card, if it has one, and save the group."""
    if group.posted:
        enqueue(connection, group_post(group, "edit", news), now)
        group = replace(group, edited=now, reported_count=group.count)
    tables.save_group(connection, group)


def _stored(connection: sqlite3.Connection, work: Callable[[], None], what: str) -> bool:
    """Store one item of a batch, in a second try if need be; what cannot be stored is told."""
    failure = apart(connection, work) and apart(connection, work)
    if failure is not None:
        log.warning("Error not stored: %s, %s", what, type_name(type(failure)))
    return failure is None


def _count(
    connection: sqlite3.Connection,
    tally: Tally,
    key: str,
    event: ErrorEvent | None,
    release: str,
    now: float,
    forum: bool,
) -> None:
    identity = tally.identity
    group = tables.load_group(connection, key) or ErrorGroup(
        key, identity.type, identity.where, tally.first, tally.last
    )
    group, news = seen(group, tally.count, tally.last, event, release)
    if not news:
        tables.save_group(connection, group)
    else:
        noted = replace(group, noted=now, noted_count=group.count) if forum else group
        _announce(connection, noted, news, now)


def _announce(connection: sqlite3.Connection, group: ErrorGroup, news: str, now: float) -> None:
    """Post news, if the rate limit admits it, else put the group in the digest."""
    limit, admitted = admit(tables.load_rate_limit(connection), now)
    if admitted and group.posted:
        enqueue(connection, group_post(group, "reply", news), now)
    elif admitted:
        enqueue(connection, group_post(group, "open", news), now)
        tables.save_group(
            connection, replace(group, posted=now, edited=now, reported_count=group.count)
        )
    if not admitted or group.posted:
        update_card(connection, group, news, now)
    if not admitted:
        limit = limit if limit.is_open(now) else opened(limit, now)
        tables.put_in_digest(connection, group.fingerprint, limit.digest)
    tables.save_rate_limit(connection, limit)


def _edit_digest(connection: sqlite3.Connection, now: float) -> float | None:
    """Post or edit the open digest, when that is due; return when it is next."""
    limit = tables.load_rate_limit(connection)
    due = limit.edit_due(now)
    if due is None or now < due:
        return due
    totals = tables.digest_totals(connection, limit.digest)
    if totals != limit.reported_count:
        kind = "edit" if limit.edited else "open"
        enqueue(connection, digest_post(connection, limit.digest, kind, totals), now)
    limit = replace(limit, edited=now, reported_count=totals)
    tables.save_rate_limit(connection, limit)
    return limit.edit_due(now)


def group_post(group: ErrorGroup, kind: str, news: str, *, by: str = "", more: int = 0) -> Post:
    """Make the post of a group: its card, a change of that, an answer to it, or a note in its post.

    Args:
        group: with its last event.
        kind: of the outbox.
        news: why it is posted.
        by: who did that, of a note.
        more: errors since the last note.
    """
    return Post(
        subject=f"group:{group.id}",
        kind=kind,
        urgent=False,
        title=f"{sentence(group, news)} · error group {group.id}",
        body=json.dumps({"news": news, "by": by, "more": more, "group": asdict(group)}),
    )


def digest_post(
    connection: sqlite3.Connection, digest: int, kind: str, totals: tuple[int, int]
) -> Post:
    """Make the post of a digest, with the groups that have the most errors."""
    groups, events = totals
    top = tables.digest_groups(connection, digest)
    return Post(
        subject=f"digest-errors:{digest}",
        kind=kind,
        urgent=False,
        title=digest_sentence(groups, events, top),
        body=json.dumps(
            {
                "digest": digest,
                "groups": groups,
                "events": events,
                "top": [asdict(group) for group in top],
            }
        ),
    )

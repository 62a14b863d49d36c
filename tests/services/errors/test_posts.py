"""Counted errors → groups and posts in one transaction: what is posted, when, and what is kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.debugcog.errors import tables
from services.debugcog.errors.error_buffer import OTHERS, Tally
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.posts import record
from services.debugcog.errors.records import Context, ErrorEvent
from services.debugcog.outbox import posts as outbox

START = 1_800_000_000.0
DAY = 86_400.0


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = connect()
    yield opened
    opened.close()


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.executescript(tables.SCHEMA)
    connection.executescript(outbox.SCHEMA)
    return connection


def kind(number: int) -> Identity:
    return Identity(f"{number + 1:064x}"[::-1], f"Error{number}", "x.py:1 in f")


def happen(
    connection: sqlite3.Connection,
    number: int,
    now: float,
    count: int = 1,
    events: tuple[ErrorEvent, ...] = (),
) -> float | None:
    return record(connection, [Tally(kind(number), now, now, count)], events, "1.0", now)


def event(number: int, found: str, at: float = START) -> ErrorEvent:
    identity = kind(number)
    where, print_ = identity.where, identity.fingerprint
    return ErrorEvent(found, at, identity.type, "m", "t", where, print_, Context(), "1.0", ("c",))


def sent(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Take what waits in the outbox as sent: (kind, the count or digest that it tells)."""
    rows = connection.execute("SELECT kind, body FROM outbox WHERE state = 'queued' ORDER BY id")
    found = [(row["kind"], reported_count(json.loads(row["body"]))) for row in rows]
    connection.execute("UPDATE outbox SET state = 'sent' WHERE state = 'queued'")
    return found


def reported_count(body: dict[str, Any]) -> str:
    if "digest" in body:
        return f"{body['groups']} groups, {body['events']} errors"
    return f"{body['news']} {body['group']['count']}"


def test_a_card_is_posted_once_and_edited_at_most_once_a_minute(
    connection: sqlite3.Connection,
) -> None:
    due = happen(connection, 1, START)
    assert (sent(connection), due) == ([("open", "new 1")], None)

    due = happen(connection, 1, START + 10, 4)
    assert (sent(connection), due) == ([], START + 60)
    happen(connection, 1, START + 59, 5)
    assert sent(connection) == []
    assert record(connection, [], [], "1.0", START + 60) is None
    assert sent(connection) == [("edit", "updated 10")]


def test_an_old_card_is_edited_when_its_count_gains_a_digit(
    connection: sqlite3.Connection,
) -> None:
    happen(connection, 1, START)
    sent(connection)
    for now, count in ((START + DAY, 8), (START + DAY + 70, 1), (START + DAY + 140, 30)):
        happen(connection, 1, now, count)

    assert sent(connection) == [("edit", "updated 10")]


def test_news_of_a_card_is_an_answer_to_it_and_an_edit(connection: sqlite3.Connection) -> None:
    happen(connection, 1, START, 2)
    happen(connection, 1, START + 3600)
    sent(connection)

    happen(connection, 1, START + 7200, 51)

    assert sent(connection) == [("reply", "escalating 54"), ("edit", "escalating 54")]


def test_a_storm_gets_five_cards_and_one_digest_that_is_edited_every_five_minutes(
    connection: sqlite3.Connection,
) -> None:
    tallies = [Tally(kind(number), START, START, 10) for number in range(8)]
    due = record(connection, tallies, [], "1.0", START)
    assert sent(connection) == [("open", "new 10")] * 5 + [("open", "3 groups, 30 errors")]
    assert due == START + 300

    happen(connection, 7, START + 30, 5)
    happen(connection, 9, START + 31)
    happen(connection, 10, START + 32)
    assert sent(connection) == []
    record(connection, [], [], "1.0", START + 300)
    assert sent(connection) == [("edit", "5 groups, 37 errors")]
    assert record(connection, [], [], "1.0", START + 3300) is None


def test_a_group_in_a_digest_gets_a_card_of_its_own_when_there_is_news(
    connection: sqlite3.Connection,
) -> None:
    for number in range(6):
        happen(connection, number, START)
    happen(connection, 5, START + 3600)
    sent(connection)

    happen(connection, 5, START + 7200, 51)

    assert sent(connection) == [("open", "escalating 53")]


def test_news_that_the_rate_limit_holds_back_is_an_edit_and_in_the_digest(
    connection: sqlite3.Connection,
) -> None:
    happen(connection, 0, START)
    happen(connection, 0, START + 3600)
    for number in range(1, 6):
        happen(connection, number, START + 7200)
    sent(connection)

    happen(connection, 0, START + 7200, 51)

    assert sent(connection) == [("edit", "escalating 53"), ("open", "1 groups, 53 errors")]


def test_the_groups_seen_longest_ago_are_merged_into_the_others(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "GROUPS_KEPT", 3)
    for number in range(10):
        events = (event(number, f"E-{number:06}"),)
        happen(connection, number, START + number, number + 1, events)

    groups = tables.recent_groups(connection, 100)
    assert [(group.type, group.count) for group in groups] == [
        ("Error9", 10),
        ("Error8", 9),
        ("Error7", 8),
        ("other errors", 28),
    ]
    assert (groups[-1].first_seen, groups[-1].last_seen) == (START, START + 6)
    assert connection.execute("SELECT COUNT(*) FROM error_events").fetchone()[0] == 3


def test_ten_events_of_a_group_are_kept_in_full_and_the_ids_of_more(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "EVENTS_KEPT", 15)
    for number in range(20):
        happen(connection, 1, START + number, 1, (event(1, f"E-{number:06}", START + number),))

    def found(name: str) -> str | None:
        group = tables.find_group(connection, name)
        return group.event.id if group and group.event else None

    assert found("e-000019") == "E-000019"
    assert found("E-000010") == "E-000010"
    assert found("E-000009") == "E-000019"  # its detail is gone, its group is known
    assert found("E-000004") is None
    assert found(kind(1).fingerprint[:8]) == "E-000019"


def test_records_come_back_as_they_were(connection: sqlite3.Connection) -> None:
    happen(connection, 1, START, 1, (event(1, "E-000001"),))
    group = tables.load_group(connection, kind(1).fingerprint)
    assert group is not None

    tables.save_group(connection, replace(group, hours=((1, 2), (3, 4)), muted_until=5.0))

    loaded = tables.load_group(connection, kind(1).fingerprint)
    assert loaded == replace(group, hours=((1, 2), (3, 4)), muted_until=5.0)
    assert loaded.event == event(1, "E-000001")


@settings(max_examples=50, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 300), st.floats(0, 400)), max_size=60
    )
)
def test_counts_are_exact_and_posts_stay_below_the_limits_whatever_happens(
    steps: list[tuple[int, int, float]],
) -> None:
    connection, now, posts = connect(), START, []
    for number, count, seconds in steps:
        now += seconds
        happen(connection, number, now, count)
        posts += [now for what, _ in sent(connection) if what != "edit"]
    groups = tables.recent_groups(connection, 100)
    connection.close()

    assert sum(group.count for group in groups) == sum(count for _, count, _ in steps)
    assert OTHERS.fingerprint not in {group.fingerprint for group in groups}
    for start in posts:
        assert sum(start <= at <= start + 600 for at in posts) <= 5 + 10 + 1

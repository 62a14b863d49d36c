"""What enters the outbox, and what it takes in."""

from __future__ import annotations

import sqlite3

import pytest

from services.debugcog.outbox.posts import Post, enqueue

NOW = 1000.0


def put(connection: sqlite3.Connection, kind: str, body: str = "", *, urgent: bool = False) -> None:
    enqueue(connection, Post("incident:1", kind, urgent, f"title {body}", body), NOW)


def waiting(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    rows = connection.execute(
        "SELECT kind, body, urgent FROM outbox WHERE state = 'queued' ORDER BY id"
    )
    return [tuple(row) for row in rows]


def test_changes_of_a_card_that_wait_coalesce_to_the_newest(
    connection: sqlite3.Connection,
) -> None:
    for kind, body in (("edit", "1"), ("restore", "2"), ("edit", "3")):
        put(connection, kind, body)
    assert waiting(connection) == [("edit", "3", 0)]


def test_a_change_that_has_to_be_seen_is_not_lost_in_a_newer_one_that_has_not(
    connection: sqlite3.Connection,
) -> None:
    for kind, body in (("show", "1"), ("restore", "2"), ("edit", "3")):
        put(connection, kind, body)
    assert waiting(connection) == [("show", "3", 0)]


def test_answers_do_not_coalesce(connection: sqlite3.Connection) -> None:
    put(connection, "reply", "1")
    put(connection, "reply", "2")
    assert waiting(connection) == [("reply", "1", 0), ("reply", "2", 0)]


def test_a_card_that_was_never_tried_takes_in_its_changes(connection: sqlite3.Connection) -> None:
    put(connection, "open", "1")
    (before,) = connection.execute("SELECT nonce FROM outbox")
    put(connection, "show", "2", urgent=True)
    assert waiting(connection) == [("open", "2", 1)]
    (after,) = connection.execute("SELECT nonce FROM outbox")
    assert before["nonce"] != after["nonce"], "another content, another nonce"


def test_a_card_that_was_never_tried_makes_answers_needless(
    connection: sqlite3.Connection,
) -> None:
    put(connection, "open", "1")
    put(connection, "reply", "2", urgent=True)
    assert waiting(connection) == [("open", "1", 1)]


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_card_on_its_way_takes_in_nothing(connection: sqlite3.Connection, state: str) -> None:
    put(connection, "open", "1")
    connection.execute("UPDATE outbox SET state = ?", (state,))
    put(connection, "show", "2")
    assert waiting(connection) == [("show", "2", 0)]


def test_a_card_that_discord_may_have_taken_keeps_its_content(
    connection: sqlite3.Connection,
) -> None:
    put(connection, "open", "1")
    connection.execute("UPDATE outbox SET tried = 900")
    put(connection, "show", "2")
    assert waiting(connection) == [("open", "1", 0), ("show", "2", 0)]


def test_a_card_that_is_found_untaken_takes_in_the_newest_and_drops_what_is_older(
    connection: sqlite3.Connection,
) -> None:
    put(connection, "open", "1")
    connection.execute("UPDATE outbox SET tried = 900")
    put(connection, "restore", "2")
    connection.execute("UPDATE outbox SET tried = 0")
    put(connection, "show", "3")
    assert waiting(connection) == [("open", "3", 0)]


def test_another_subject_is_not_touched(connection: sqlite3.Connection) -> None:
    enqueue(connection, Post("incident:2", "edit", False, "", "other"), NOW)
    put(connection, "edit", "1")
    assert waiting(connection) == [("edit", "other", 0), ("edit", "1", 0)]


def test_a_nonce_fits_into_discords_25_characters(connection: sqlite3.Connection) -> None:
    put(connection, "open")
    (row,) = connection.execute("SELECT nonce FROM outbox")
    assert len(row["nonce"]) == 10


def test_a_critical_answer_takes_the_place_of_those_that_wait(
    connection: sqlite3.Connection,
) -> None:
    put(connection, "reply", "1")
    put(connection, "reply", "2", urgent=True)
    put(connection, "reply", "3")
    assert waiting(connection) == [("reply", "2", 1), ("reply", "3", 0)]

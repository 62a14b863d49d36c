"""Which waiting row goes next, and which become a digest."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.outbox.order import (
    CAP,
    PLAIN_CAP,
    Budget,
    Waiting,
    budget,
    choose,
    heads,
    overdue,
    unconfirmed,
)

NOW = 100_000.0
FREE = Budget(PLAIN_CAP, CAP)


def row(number: int, subject: str = "", kind: str = "open", **more: object) -> Waiting:
    plain = Waiting(number, subject or f"incident:{number}", kind, urgent=False, created=NOW)
    return replace(plain, **more)  # type: ignore[arg-type]  # a test's own fields


def test_the_oldest_of_each_subject_is_its_head_unless_it_is_being_sent() -> None:
    rows = [row(1, "a"), row(2, "b", busy=True), row(3, "a"), row(4, "b"), row(5, "c")]
    assert [one.id for one in heads(rows)] == [1, 5]


def test_critical_goes_first_then_the_oldest() -> None:
    rows = [row(1), row(2), row(3, urgent=True)]
    assert choose(rows, NOW, FREE) == rows[2]
    assert choose(rows[:2], NOW, FREE) == rows[0]
    assert choose([], NOW, FREE) is None


def test_a_critical_answer_pulls_the_older_rows_of_its_subject() -> None:
    rows = [row(1), row(2, "a", kind="edit"), row(3, "a", kind="reply", urgent=True)]
    assert choose(rows, NOW, FREE) == rows[1]


def test_a_row_that_was_put_off_lets_others_pass() -> None:
    rows = [row(1, not_before=NOW + 30), row(2)]
    assert choose(rows, NOW, FREE) == rows[1]
    assert choose(rows, NOW + 30, FREE) == rows[0]


def test_a_row_that_was_put_off_by_a_clock_that_was_ahead_goes_at_once() -> None:
    assert choose([row(1, not_before=NOW + 7200)], NOW, FREE) is not None


def test_without_room_only_edits_and_what_was_tried_may_go() -> None:
    none = Budget(0, 0)
    assert choose([row(1), row(2, urgent=True)], NOW, none) is None
    assert choose([row(1), row(2, kind="edit")], NOW, none) == row(2, kind="edit")
    assert choose([row(1, tried=NOW - 1)], NOW, none) == row(1, tried=NOW - 1)


def test_five_of_fifteen_posts_are_kept_for_critical_ones() -> None:
    assert budget(plain=10, urgent=0) == Budget(0, 5)
    assert not budget(10, 0).allows(urgent=False)
    assert budget(10, 4).allows(urgent=True)
    assert not budget(10, 5).allows(urgent=True)
    assert not budget(0, 15).allows(urgent=False)


@given(
    st.lists(st.booleans(), min_size=1, max_size=20),
    st.integers(0, PLAIN_CAP),
    st.integers(0, 4),
)
def test_a_critical_post_never_waits_for_others(
    urgent: list[bool], plain: int, critical: int
) -> None:
    rows = [row(number, urgent=flag) for number, flag in enumerate(urgent)]
    chosen = choose(rows, NOW, budget(plain, critical))
    if any(urgent):
        assert chosen
        assert chosen.urgent


def test_three_posts_that_waited_ten_minutes_become_a_digest() -> None:
    old = [row(number, created=NOW - 600) for number in (1, 2, 3)]
    assert overdue(old[:2], NOW) == []
    assert overdue([*old[:2], row(3, created=NOW - 599)], NOW) == []
    assert overdue(old, NOW) == old


def test_a_post_that_waited_three_days_becomes_a_digest_alone() -> None:
    old = row(1, created=NOW - 72 * 3600 - 1)
    assert overdue([old, row(2)], NOW) == [old]


def test_a_digest_leaves_out_what_may_have_been_sent() -> None:
    old = [row(number, created=NOW - 700) for number in range(6)]
    rows = [
        *old[:3],
        replace(old[3], tried=NOW - 650),
        replace(old[4], kind="edit"),
        replace(old[5], busy=True),
    ]
    assert overdue(rows, NOW) == old[:3]


def test_a_digest_takes_twenty_at_most() -> None:
    assert len(overdue([row(number, created=NOW - 700) for number in range(50)], NOW)) == 20


def test_what_discord_may_have_taken_is_looked_for_after_two_minutes() -> None:
    tried = row(1, tried=NOW - 121)
    rows = [tried, row(2, tried=NOW - 119), row(3), row(4, kind="edit", tried=NOW - 500)]
    assert unconfirmed(rows, NOW) == [tried]


def test_what_a_form_did_not_get_through_is_looked_for_before_another_one_is_offered() -> None:
    spent = [
        row(1, tried=NOW - 60, attempts=5),
        row(2, kind="edit", tried=NOW - 60, attempts=10, level=1),
    ]
    others = [
        row(3, tried=NOW - 59, attempts=5),
        row(4, tried=NOW - 60, attempts=9, level=1),
        row(5, attempts=5),
    ]
    assert unconfirmed([*spent, *others], NOW) == spent


def test_a_time_in_the_future_tells_nothing_so_it_is_looked_for() -> None:
    assert unconfirmed([row(1, tried=NOW + 7200)], NOW) == [row(1, tried=NOW + 7200)]

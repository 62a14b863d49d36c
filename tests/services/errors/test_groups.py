"""The states of a group, what of it is news, and when its card is to be edited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.errors.groups import (
    DAY,
    EDIT_INTERVAL,
    FRESH,
    HOUR,
    MINUTE,
    count_between,
    edit_due,
    muted,
    rate,
    reopened,
    resolved,
    seen,
)
from services.debugcog.errors.records import ErrorGroup

START = 500_000 * HOUR


def fresh(at: float = START) -> ErrorGroup:
    return ErrorGroup("f" * 64, "ValueError", "x.py:1 in f", at, at)


def after(group: ErrorGroup, count: int, at: float, release: str = "1") -> tuple[ErrorGroup, str]:
    return seen(group, count, at, None, release)


def known(at: float = START) -> ErrorGroup:
    return after(fresh(at), 1, at)[0]


def test_the_first_error_is_news_and_the_next_is_not() -> None:
    group, first = after(fresh(), 3, START)
    group, second = after(group, 4, START + 5)

    assert (first, second) == ("new", "")
    assert (group.count, group.state, group.last_seen) == (7, "new", START + 5)


def test_a_new_group_is_ongoing_a_day_later() -> None:
    group, news = after(known(), 1, START + DAY)

    assert (group.state, group.since, news) == ("ongoing", START + DAY, "")


def test_what_was_muted_or_resolved_is_reopened_and_nothing_else_is() -> None:
    for group in (muted(known(), START, START + DAY), resolved(known(), START, "1")):
        again = reopened(group, START + 5)
        assert (again.state, again.since) == ("ongoing", START + 5)
        assert (again.muted_until, again.resolved_in) == (None, None)
    assert reopened(known(), START + 5) == known()


def test_a_resolved_group_that_is_seen_again_has_regressed() -> None:
    group, news = after(resolved(known(), START + 10, None), 1, START + 11)

    assert (group.state, group.since, news) == ("regressed", START + 11, "regressed")
    group, news = after(group, 1, START + 12)
    assert (group.state, news) == ("regressed", "")


def test_resolved_until_the_next_release_counts_errors_of_this_one_quietly() -> None:
    group, news = after(resolved(known(), START, "1"), 5, START + 1, release="1")
    assert (group.state, group.count, news) == ("resolved", 6, "")

    group, news = after(group, 1, START + 2, release="2")
    assert (group.state, group.resolved_in, news) == ("regressed", None, "regressed")


def test_a_muted_group_is_counted_quietly_until_its_time() -> None:
    group = muted(known(), START, START + HOUR)
    group, news = after(group, 1_000, START + HOUR - 1)
    assert (group.state, group.count, news) == ("muted", 1_001, "")

    group, news = after(group, 1, START + HOUR)
    assert (group.state, group.muted_until, news) == ("ongoing", None, "unmuted")


def test_many_more_than_in_the_hours_before_is_news_once_while_it_lasts() -> None:
    group = known()
    group, _ = after(group, 5, START + HOUR)
    group, quiet = after(group, 50, START + 2 * HOUR)
    group, news = after(group, 1, START + 2 * HOUR + 1)
    group, again = after(group, 100, START + 2 * HOUR + 2)
    group, next_hour = after(group, 1_000, START + 3 * HOUR)

    assert (quiet, news, again, next_hour) == ("", "escalating", "", "")


def test_a_group_of_this_hour_and_a_steady_one_do_not_escalate() -> None:
    _, first_hour = after(known(), 10_000, START + 60)
    group = known()
    for hour in range(1, 30):
        group, news = after(group, 60, START + hour * HOUR)

    assert (first_hour, news) == ("", "")
    assert len(group.hours) == 25


def test_the_rate_is_of_the_last_sixty_minutes() -> None:
    group, _ = after(fresh(), 60, START)
    group, _ = after(group, 10, START + HOUR)

    assert rate(group, START + HOUR + HOUR / 4) == 10 + 60 * 3 / 4
    assert rate(group, START + 5 * HOUR) == 0


def test_errors_between_two_times_are_counted_to_the_minute() -> None:
    group, _ = after(fresh(), 300, START)
    group, _ = after(group, 1, START + 40 * MINUTE)
    group, _ = after(group, 20, START + 5 * HOUR)

    assert count_between(group, START + 39 * MINUTE) == 21
    assert count_between(group, START + 39 * MINUTE, START + 4 * HOUR) == 1
    assert count_between(group, START, START + HOUR) == 301
    assert count_between(group, START + 1 * HOUR, START + 4 * HOUR) == 0
    assert count_between(group, START - HOUR, START - 1) == 0
    assert count_between(group, START + 6 * HOUR) == 0
    assert count_between(group, START - HOUR) == 321


def test_errors_of_minutes_that_are_not_kept_any_more_are_spread_over_their_hour() -> None:
    group = fresh()
    for minute in range(3 * 60):
        group, _ = after(group, 10, START + minute * MINUTE)

    assert len(group.minutes) == 60
    assert count_between(group, START + HOUR / 2, START + HOUR) == 300
    assert count_between(group, START + HOUR / 2) == 300 + 600 + 600
    assert count_between(replace(group, minutes=()), START + 2.5 * HOUR) == pytest.approx(300, 0.1)


def posted(count: int, reported_count: int, at: float = START) -> ErrorGroup:
    return replace(fresh(), count=count, reported_count=reported_count, posted=START, edited=at)


def test_a_card_is_edited_at_most_once_a_minute_while_it_is_fresh() -> None:
    assert edit_due(posted(2, 1)) == START + EDIT_INTERVAL
    assert edit_due(posted(1, 1)) is None
    assert edit_due(replace(posted(2, 1), posted=0.0)) is None
    assert edit_due(muted(posted(2, 1), START, START + 1)) is None


def test_an_old_card_is_edited_at_10_100_and_1000() -> None:
    late = START + FRESH

    assert edit_due(posted(9, 8, late)) is None
    assert edit_due(posted(10, 9, late)) == late + EDIT_INTERVAL
    assert edit_due(posted(99, 10, late)) is None
    assert edit_due(posted(100, 10, late)) == late + EDIT_INTERVAL
    assert edit_due(posted(1_000, 100, late)) == late + EDIT_INTERVAL


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["seen", "mute", "resolve"]), st.integers(1, 200), st.floats(0, 3 * DAY)
    ),
    max_size=40,
)


@given(steps=STEPS)
def test_muting_and_resolving_change_what_is_told_and_never_what_is_counted(
    steps: list[tuple[str, int, float]],
) -> None:
    group, now, total = fresh(), START, 0
    for action, count, seconds in steps:
        now += seconds
        if action == "mute":
            group = muted(group, now, now + HOUR)
        elif action == "resolve":
            group = resolved(group, now, None)
        else:
            total += count
            group, _ = after(group, count, now)

    assert group.count == total
    assert sum(count for _, count in group.hours) <= total
    assert len(group.hours) <= 25

"""Events of users are counted per user, per five minutes and per minute, within bounds."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.activity.counter import USERS_MAX, ActivityCounter
from services.debugcog.activity.seen import MINUTES, SLOT, SLOTS, SPAN, SeenUser, joined
from tests.clock import Clock

HOUR = 3600.0
DAY = 86_400.0
ANN, BOB, CEM = 1, 2, 3


@pytest.fixture
def clock() -> Clock:
    return Clock(1_800_000_000.0)  # a full hour


@pytest.fixture
def counter(clock: Clock) -> ActivityCounter:
    return ActivityCounter(clock)


def test_messages_and_interactions_are_counted_for_each_user(
    counter: ActivityCounter, clock: Clock
) -> None:
    counter.message(ANN, "ann")
    counter.message(ANN, "ann")
    clock.turn(7)
    counter.interaction(BOB, "bob")
    clock.turn(7)
    counter.interaction(ANN, "Ann of old")
    slot = int(clock.now) // SLOT
    assert counter.users() == (
        SeenUser(BOB, "bob", 0, 1, 1_800_000_007.0, slot, 1),
        SeenUser(ANN, "Ann of old", 2, 1, 1_800_000_014.0, slot, 1),
    )
    assert counter.user(BOB) == counter.users()[0]
    assert counter.user(CEM) is None


def test_users_are_active_in_the_spans_in_which_they_did_something(
    counter: ActivityCounter, clock: Clock
) -> None:
    start = clock.now
    counter.message(ANN, "ann")
    clock.turn(HOUR)
    counter.message(BOB, "bob")
    clock.turn(DAY - HOUR)
    counter.interaction(ANN, "ann")
    counter.interaction(CEM, "cem")
    clock.turn(60)
    now = clock.now
    assert counter.active_users(now - HOUR, now) == 2
    assert counter.active_users(now - DAY - HOUR, now - DAY) == 1
    assert counter.active_users(start + 600, start + HOUR - 600) == 0
    assert counter.active_users(start, now) == 3
    assert counter.active_users(now, now + DAY) == 0
    assert counter.active_users(now, start) == 0


def test_messages_of_a_span_are_counted_to_the_minute(
    counter: ActivityCounter, clock: Clock
) -> None:
    start = clock.now
    for _ in range(120):
        counter.message(ANN, "ann")
        clock.turn(60)
    counter.interaction(ANN, "ann")
    assert counter.messages(clock.now, clock.now + 60) == 1
    assert counter.messages(start, clock.now) == 120
    assert counter.messages(clock.now - HOUR, clock.now) == 60
    assert counter.messages(start, start + 60) == 1
    assert counter.messages(clock.now, start) == 0
    clock.turn(DAY)
    counter.message(ANN, "ann")
    assert counter.messages(clock.now - 120, clock.now + 1) == 1
    assert counter.messages(start + HOUR, start + 2 * HOUR) == 60


def test_what_is_older_than_eight_days_is_forgotten(counter: ActivityCounter, clock: Clock) -> None:
    start = clock.now
    counter.message(ANN, "ann")
    clock.turn(SPAN)
    counter.message(ANN, "ann")
    assert counter.messages(start, clock.now + 1) == 1
    assert counter.active_users(start, start + HOUR) == 0
    assert counter.active_users(clock.now, clock.now + 1) == 1
    found = counter.user(ANN)
    assert found is not None
    assert (found.messages, found.slots) == (2, 1)


def test_the_user_not_seen_for_the_longest_time_is_forgotten_first(clock: Clock) -> None:
    counter = ActivityCounter(clock, users_max=2)
    counter.message(ANN, "ann")
    counter.message(BOB, "bob")
    counter.interaction(ANN, "ann")
    counter.message(CEM, "cem")
    assert [user.name for user in counter.users()] == ["ann", "cem"]
    assert [user.name for user, _, _ in counter.changes().users] == ["ann", "cem"]


def test_a_hundred_thousand_users_take_the_room_of_five_thousand(counter: ActivityCounter) -> None:
    for number in range(100_000):
        counter.message(number, "somebody")
    assert len(counter.users()) == len(counter.changes().users) == USERS_MAX


def test_users_of_long_ago_are_forgotten(counter: ActivityCounter, clock: Clock) -> None:
    counter.message(ANN, "ann")
    clock.turn(DAY)
    counter.message(BOB, "bob")
    counter.forget_before(clock.now)
    assert [user.name for user in counter.users()] == ["bob"]


@pytest.mark.parametrize("seconds", [-400.0, -HOUR, -9 * DAY, 9 * DAY])
def test_a_clock_that_is_set_costs_no_event(
    counter: ActivityCounter, clock: Clock, seconds: float
) -> None:
    counter.message(ANN, "ann")
    clock.turn(seconds)
    counter.message(ANN, "ann")
    found = counter.user(ANN)
    assert found is not None
    assert found.messages == 2
    assert counter.messages(clock.now - 60, clock.now + 60) == 1
    if seconds > -DAY:
        assert counter.active_users(clock.now - 600, clock.now + 600) == 1


def test_the_last_hours_with_an_event_are_listed(counter: ActivityCounter, clock: Clock) -> None:
    start = clock.now
    for _ in range(3):
        counter.message(ANN, "ann")
        clock.turn(300)
        counter.message(ANN, "ann")
        clock.turn(2 * HOUR - 300)
    found = counter.user(ANN)
    assert found is not None
    assert found.hours(20) == (start + 4 * HOUR, start + 2 * HOUR, start)
    assert found.hours(1) == (start + 4 * HOUR,)


def test_changes_are_told_until_they_are_saved(counter: ActivityCounter, clock: Clock) -> None:
    counter.message(ANN, "ann")
    counter.interaction(ANN, "ann")
    changes = counter.changes()
    ((user, messages, interactions),) = changes.users
    assert (user.id, messages, interactions) == (ANN, 1, 1)
    assert changes.minutes == {int(clock.now) // 60: 2}
    assert counter.changes() == changes
    counter.message(ANN, "ann")
    counter.saved(changes, [user])
    ((later, messages, interactions),) = counter.changes().users
    assert (later.messages, messages, interactions) == (2, 1, 0)
    counter.saved(counter.changes(), [later])
    assert counter.changes().users == ()
    assert counter.changes().minutes == {}


def test_counts_that_the_file_has_besides_are_taken_over(counter: ActivityCounter) -> None:
    counter.message(ANN, "ann")
    changes = counter.changes()
    ((user, _, _),) = changes.users
    row = SeenUser(ANN, "ann", 41, 7, user.last_seen, user.slot, 0b11)
    counter.saved(changes, [row])
    assert counter.user(ANN) == row
    assert counter.changes().users == ()


def test_what_earlier_runs_saw_comes_before_what_this_one_has(
    counter: ActivityCounter, clock: Clock
) -> None:
    slot, minute = int(clock.now) // SLOT, int(clock.now) // 60
    counter.message(BOB, "bob")
    old = SeenUser(BOB, "bobby", 5, 1, clock.now - HOUR, slot - 12, 1)
    other = SeenUser(ANN, "ann", 2, 0, clock.now - DAY, slot - 288, 1)
    counter.restore([old, other], [(minute - 60, 4), (minute, 1)])
    assert counter.users() == (other, SeenUser(BOB, "bob", 6, 1, clock.now, slot, 1 | 1 << 12))
    assert counter.messages(clock.now - 2 * HOUR, clock.now + 60) == 6
    ((user, messages, _),) = counter.changes().users
    assert (user.id, messages) == (BOB, 1)


def test_any_thread_may_count_and_read(counter: ActivityCounter) -> None:
    def write(first: int) -> None:
        for number in range(2_000):
            counter.message(first + number % 50, "somebody")
            counter.interaction(first + number % 50, "somebody")

    threads = [threading.Thread(target=write, args=(100 * one,)) for one in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counter.active_users(0, 2**33)
        counter.changes()
    for thread in threads:
        thread.join()
    assert sum(user.messages for user in counter.users()) == 8_000
    assert sum(user.interactions for user in counter.users()) == 8_000


@given(
    st.lists(st.integers(0, SLOTS + 300), min_size=1, max_size=30),
    st.lists(st.integers(0, SLOTS + 300), min_size=1, max_size=30),
)
def test_joined_activity_has_every_slot_of_both_that_is_not_too_old(
    one: list[int], other: list[int]
) -> None:
    slot, bits = joined(_activity(one), _activity(other))
    newest = max(one + other)
    found = {slot - bit for bit in range(SLOTS) if bits >> bit & 1}
    assert slot == newest
    assert found == {each for each in (*one, *other) if newest - SLOTS < each}


def _activity(slots: list[int]) -> tuple[int, int]:
    newest = max(slots)
    bits = 0
    for slot in slots:
        if newest - slot < SLOTS:
            bits |= 1 << (newest - slot)
    return newest, bits


def test_the_ring_of_minutes_holds_eight_days() -> None:
    assert MINUTES * 60 == SPAN == SLOTS * SLOT == 8 * DAY

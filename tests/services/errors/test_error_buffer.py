"""Counts are exact, samples are few, and nothing waits without a bound."""

from __future__ import annotations

import re
import threading

from services.debugcog.errors.error_buffer import (
    KINDS_MAX,
    OTHERS,
    REPEATS_MAX,
    SAMPLES_MAX,
    Batch,
    ErrorBuffer,
    Sample,
)
from services.debugcog.errors.identity import Identity
from services.debugcog.errors.records import Context


def identity(number: int) -> Identity:
    return Identity(f"{number + 1:064x}"[::-1], "ValueError", "x.py:1 in f")


def add(error_buffer: ErrorBuffer, number: int = 1, at: float = 0.0) -> str:
    kind = identity(number)

    def sample(found: str) -> Sample:
        return Sample(found, at, kind, Context(), "", None, "", ())

    return error_buffer.add(kind, at, sample)


def counts(batch: Batch) -> dict[str, int]:
    return {fingerprint: tally.count for fingerprint, tally in batch.tallies.items()}


def test_each_kind_is_counted_with_its_first_and_last_time_and_each_error_notifies() -> None:
    calls: list[None] = []
    error_buffer = ErrorBuffer(lambda: calls.append(None))
    for at in (5.0, 9.0, 7.0):
        add(error_buffer, at=at)
    add(error_buffer, 2, at=8.0)

    batch = error_buffer.take()

    assert counts(batch) == {identity(1).fingerprint: 3, identity(2).fingerprint: 1}
    tally = batch.tallies[identity(1).fingerprint]
    assert (tally.first, tally.last) == (5.0, 9.0)
    assert len(calls) == 4
    assert error_buffer.take() == Batch()


def test_ten_a_group_and_sixty_in_all_are_captured_in_a_minute() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    one = [add(error_buffer) for _ in range(20)]
    many = [add(error_buffer, number) for number in range(2, 100)]

    assert [bool(re.fullmatch("E-[0-9A-HJKMNP-TV-Z]{6}", found)) for found in one] == (
        [True] * 10 + [False] * 10
    )
    assert one[10:] == [identity(1).fingerprint[:8]] * 10
    assert sum(found.startswith("E-") for found in many) == 50
    assert len(error_buffer.take().samples) == 60
    assert add(error_buffer, at=59.9) == identity(1).fingerprint[:8]
    assert add(error_buffer, at=60.0).startswith("E-")


def test_an_error_that_was_captured_often_enough_waits_for_no_other_thread() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    for _ in range(10):
        add(error_buffer)

    def sample(found: str) -> Sample:
        other = threading.Thread(target=add, args=(error_buffer,), daemon=True)
        other.start()
        other.join(10)
        assert not other.is_alive()
        return Sample(found, 0.0, identity(2), Context(), "", None, "", ())

    error_buffer.add(identity(2), 0.0, sample)

    assert counts(error_buffer.take()) == {identity(1).fingerprint: 11, identity(2).fingerprint: 1}


def test_more_repeats_than_are_noted_are_counted_with_their_first_and_last_time() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    for _ in range(10):
        add(error_buffer, at=5.0)
    error_buffer.take()
    for number in range(REPEATS_MAX + 500):
        add(error_buffer, at=10.0 + number / 64)

    batch = error_buffer.take()

    tally = batch.tallies[identity(1).fingerprint]
    assert (tally.first, tally.last, tally.count) == (10.0, 33.421875, 1500)
    assert error_buffer.take() == Batch()


def test_a_clock_that_is_set_back_begins_a_new_minute() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    for _ in range(20):
        add(error_buffer, at=1_000.0)

    assert add(error_buffer, at=10.0).startswith("E-")


def test_a_kind_too_many_counts_as_one_of_the_others() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    for number in range(KINDS_MAX + 500):
        add(error_buffer, number)

    batch = error_buffer.take()
    assert len(batch.tallies) == KINDS_MAX + 1
    assert batch.tallies[OTHERS.fingerprint].count == 500


def test_a_batch_that_is_given_back_is_counted_with_what_came_since() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    add(error_buffer, at=1.0)
    add(error_buffer, 2, at=2.0)
    batch = error_buffer.take()
    add(error_buffer, 2, at=9.0)
    add(error_buffer, 3, at=9.0)

    error_buffer.give_back(batch)

    merged = error_buffer.take()
    assert [counts(merged)[identity(number).fingerprint] for number in (1, 2, 3)] == [1, 2, 1]
    assert merged.tallies[identity(2).fingerprint].last == 9.0
    assert [sample.at for sample in merged.samples] == [1.0, 2.0, 9.0, 9.0]


def test_what_is_given_back_again_and_again_stays_bounded() -> None:
    error_buffer = ErrorBuffer(lambda: None)
    for minute in range(5):
        for number in range(KINDS_MAX):
            add(error_buffer, minute * KINDS_MAX + number, at=minute * 60.0)
        error_buffer.give_back(error_buffer.take())

    batch = error_buffer.take()
    assert len(batch.tallies) <= KINDS_MAX + 1
    assert sum(tally.count for tally in batch.tallies.values()) == 5 * KINDS_MAX
    assert len(batch.samples) <= SAMPLES_MAX


def test_an_error_while_an_error_is_added_is_counted_too() -> None:
    error_buffer = ErrorBuffer(lambda: None)

    def sample(found: str) -> Sample:
        add(error_buffer, 2)  # as the garbage collector may, in the middle of anything
        return Sample(found, 0.0, identity(1), Context(), "", None, "", ())

    error_buffer.add(identity(1), 0.0, sample)

    assert sorted(counts(error_buffer.take()).values()) == [1, 1]

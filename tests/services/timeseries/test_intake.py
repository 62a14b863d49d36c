from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.timeseries.intake import CHUNK, CROWD, SLAB, Intake


def take_all(intake: Intake) -> list[list[float]]:
    return [list(intake.take()) for _ in range(intake.chunks)]


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1, SLAB, SLAB + CHUNK + 1, 2 * SLAB + 7])
def test_what_waits_comes_in_chunks_in_its_order_with_what_came_meanwhile(count: int) -> None:
    intake, values = Intake(), [float(value) for value in range(count + 2 * CHUNK)]
    intake.pending.extend(values[:count])
    first = list(intake.take())
    intake.pending.extend(values[count:])
    chunks = [first, *take_all(intake)]
    assert [value for chunk in chunks for value in chunk] == values
    assert max(map(len, chunks)) <= CHUNK
    assert (intake.waiting, intake.chunks) == (0, 0)


@given(st.lists(st.one_of(st.integers(0, 3 * CHUNK), st.none()), max_size=12))
def test_nothing_that_waits_is_lost_told_twice_or_uncounted(steps: list[int | None]) -> None:
    intake, come, told = Intake(), 0, list[float]()
    for count in steps:
        if count is None:
            told += intake.take()
        else:
            intake.pending.extend(range(come, come + count))
            come += count
        assert intake.waiting == come - len(told)
    for chunk in take_all(intake):
        told += chunk
    assert told == list(range(come))


def test_in_a_crowd_who_appends_beyond_the_bound_has_to_help() -> None:
    intake, helped = Intake(), list[int]()
    intake.crowd(lambda: helped.append(len(intake.pending)))
    for _ in range(CROWD + 2):
        intake.inlet.append(1.0)
    assert (intake.waiting, helped) == (CROWD + 2, [CROWD + 1, CROWD + 2])
    intake.crowd(None)
    intake.inlet.append(1.0)
    assert (intake.waiting, len(helped)) == (CROWD + 3, 2)


def test_an_intake_that_is_stopped_takes_nothing_more() -> None:
    intake = Intake()
    intake.stop()
    intake.inlet.append(1.0)
    assert (intake.waiting, intake.chunks) == (0, 0)

"""A recursion counts once, however deep it goes and wherever it ends."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.errors.cycles import endless, without_cycles


@given(repeats=st.integers(1, 50))
def test_a_cycle_that_runs_often_counts_as_if_it_ran_once(repeats: int) -> None:
    names = ["command", *["walk", "visit", "walk", "list"] * repeats, "leaf"]

    assert without_cycles(names) == ["command", "walk", "visit", "list", "leaf"]


@given(
    size=st.integers(1, 30),
    first=st.integers(0, 29),
    frames=st.integers(100, 400),
    before=st.integers(1, 9),
    called=st.lists(st.sampled_from(["log", "check"]), max_size=2, unique=True),
)
def test_an_endless_cycle_is_the_same_wherever_it_begins_and_ends(
    size: int, first: int, frames: int, before: int, called: list[str]
) -> None:
    ring = [f"f{number:02}" for number in range(size)]
    around = islice(cycle(ring), first % size, first % size + frames)

    assert endless([*["begin"] * before, *around, *called]) == ["begin", *ring]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["b", "a", "a", "c", "c", "d"], ["b", "a", "c"]),
        (["b", "a", "b", "c"], ["a", "b"]),
    ],
)
def test_what_comes_after_the_last_cycle_is_left_out(names: list[str], expected: list[str]) -> None:
    assert endless(names) == expected

from __future__ import annotations

import gc

import pytest

from tests.benchmarks.rows import Row, compare, interleave


def test_works_take_turns_and_the_first_round_does_not_count() -> None:
    calls: list[str] = []
    works = {name: (lambda name=name: calls.append(name)) for name in "ab"}
    seconds = interleave(works, rounds=2, after={"b": lambda: calls.append("after b")})
    assert calls == ["a", "b", "after b"] * 3
    assert {name: len(values) for name, values in seconds.items()} == {"a": 2, "b": 2}


def test_the_garbage_collector_comes_back_when_a_work_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        interleave({"broken": lambda: 1 / 0})
    assert gc.isenabled()


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    row = compare("x", (2.0, 4.0, 9.0), (4.0, 4.0, 9.0), per=10.0, unit="ns", goal=0.9)
    assert row == Row("x", 40.0, "ns", peer_value=40.0, ratio=1.0, goal=0.9)
    assert row.met is False


def test_a_row_without_a_peer_is_held_to_its_value() -> None:
    assert Row("x", 1.0, "ms", goal=1.0).met is True
    assert Row("x", 1.1, "ms", goal=1.0).met is False
    assert Row("x", 1.0, "ms").met is None
    assert Row("x", 999.0, "/s", goal=1000.0, at_least=True).met is False
    assert Row("x", 1000.0, "/s", goal=1000.0, at_least=True).met is True

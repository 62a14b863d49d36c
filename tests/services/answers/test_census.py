"""Censuses → what grew between the last one and the oldest one of a window."""

from __future__ import annotations

from services.debugcog.answers.census import census_answer
from services.debugcog.inspection.census import Census
from services.debugcog.windows import Window

NOW = 1_800_000_000.0
KEPT = [
    Census(NOW - ago, 100, {"dict": count}, 1.0, 0.5)
    for ago, count in ((7200.0, 10), (600.0, 40), (120.0, 45), (0.0, 50))
]


def told(window: Window, kept: list[Census]) -> tuple[object, ...]:
    answer = census_answer(kept, window, lambda _: False)
    return answer.between.text, [row.more.value for row in answer.rows], answer.older


def test_the_last_census_is_compared_with_the_oldest_one_of_the_window() -> None:
    assert told("5m", KEPT) == ("2 min", [5], 2)
    assert told("1h", KEPT) == ("10 min", [10], 1)
    assert told("24h", KEPT) == ("2 h", [40], 0)


def test_without_an_earlier_one_in_the_window_there_is_nothing_to_compare() -> None:
    assert told("5m", [KEPT[0], KEPT[3]]) == ("\N{EN DASH}", [None], 1)
    assert told("7d", KEPT[:1]) == ("\N{EN DASH}", [None], 0)


def test_a_class_of_the_hosts_is_first_however_many_other_types_grow_more() -> None:
    others = {f"library.Type{number}": 1000 + number for number in range(30)}
    before = Census(NOW - 600, 100, dict.fromkeys((*others, f"{__name__}.Session"), 1), 1.0, 0.5)
    after = Census(NOW, 900, {**others, f"{__name__}.Session": 7}, 1.0, 0.5)
    answer = census_answer([before, after], "1h", lambda file: file == __file__)

    assert len(answer.rows) == 15
    assert [(row.name, row.own) for row in answer.rows[:2]] == [
        (f"{__name__}.Session", True),
        ("library.Type29", False),
    ]
    assert answer.rows[0].an_hour.text == "36"

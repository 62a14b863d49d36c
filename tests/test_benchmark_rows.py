from __future__ import annotations

import gc
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest

from tests.benchmarks.__main__ import main, show
from tests.benchmarks.rows import Row, compare, interleave, median_interval, others_at_work


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


@pytest.mark.parametrize(
    ("interval", "is_disturbed", "met"),
    [
        ((0.01, 0.09), False, True),
        ((0.01, 0.09), True, True),
        ((0.01, 0.2), False, None),
        ((0.01, 0.2), True, None),
        ((0.11, 0.2), False, False),
        ((0.11, 0.2), True, None),
    ],
)
def test_whether_a_goal_is_met_cannot_be_told_where_chance_or_other_processes_decide(
    interval: tuple[float, float], is_disturbed: bool, met: bool | None
) -> None:
    middle = sum(interval) / 2
    row = Row("x", middle, "ms", goal=0.1, interval=interval, is_disturbed=is_disturbed)
    assert row.met is met


def test_the_median_of_all_that_could_be_is_between_two_values() -> None:
    assert median_interval([5.0]) == (5.0, 5.0)
    assert median_interval([3.0, 1.0, 2.0]) == (1.0, 3.0)
    assert median_interval([float(number) for number in range(6)]) == (0.0, 5.0)
    assert median_interval([float(number) for number in range(30)]) == (9.0, 20.0)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("x", 3.0, "ms", goal=2.0), None),
        (Row("x", 1.0, "ms", goal=2.0), True),
        (Row("x", 90.0, "/s", goal=99.0, at_least=True), None),
        (Row("x", 3.0, "MB", goal=2.0), False),
        (Row("x", 3.0, "ms", 1.0, 3.0, goal=2.0), False),
    ],
)
def test_other_processes_excuse_a_time_alone_and_no_ratio(row: Row, met: bool | None) -> None:
    assert replace(row, is_disturbed=True).met is met


def test_what_this_process_and_its_children_compute_is_no_work_of_others() -> None:
    work = "import time\nwhile time.process_time() < 0.5: pass"
    began, end = time.monotonic(), time.process_time() + 0.5
    with others_at_work() as others, subprocess.Popen([sys.executable, "-c", work]):
        while time.process_time() < end:
            pass
    whole = (time.monotonic() - began) * (psutil.cpu_count() or 1)
    assert others() < 1.1 - 1.0 / whole


def test_a_line_says_what_cannot_be_told_and_why() -> None:
    row = Row("x", 0.1, "ms", goal=0.1, interval=(0.05, 0.2), is_disturbed=True)
    assert show(row).split(maxsplit=4) == [
        *("x", "0.1", "ms", "0.1"),
        "cannot tell (0.05 to 0.2), others have the machine busy",
    ]
    assert show(Row("x", 0.1, "ms")).split() == ["x", "0.1", "ms"]


def test_a_benchmark_that_raises_fails_the_run_and_the_others_are_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, run in (
        ("late", lambda: [][0]),
        ("fine", lambda: [Row("x", 1.0, "ms", goal=2.0)]),
        ("slow", lambda: [Row("y", 3.0, "MB", goal=2.0)]),
    ):
        monkeypatch.setitem(sys.modules, f"tests.benchmarks.{name}", SimpleNamespace(run=run))
    assert main(["fine"]) == 0
    assert main(["late", "fine"]) == main(["fine", "slow"]) == 1
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [
        "---",
        "late",
        "BROKEN:",
        "IndexError:",
        "list",
        "index",
        "out",
        "of",
        "range",
    ] in printed
    assert printed.count(["x", "1", "ms", "2", "ok"]) == 3
    assert ["y", "3", "MB", "2", "MISSED"] in printed

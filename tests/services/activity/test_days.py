"""What is done by day survives restarts, damage and a file that two processes wrote, bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.activity import day_store
from services.debugcog.activity.day_store import DAYS_KEPT, SCHEMA, DayStore, Sum, sums, take_in
from services.debugcog.activity.days import DAY, EVERYBODY, OTHER, DayCounter, DaySum
from services.debugcog.state.database import Database
from services.debugcog.state.merge import merge
from services.debugcog.state.state_file import SCHEMAS as STATE
from tests.clock import Clock

TODAY = 20_833
"""Number of the day at which the clock stands."""


class Run:
    """One process of a bot with a file."""

    def __init__(self, path: Path, clock: Clock, *, rows_max: int = 4_000) -> None:
        self.counter = DayCounter(clock, rows_max=rows_max)
        self.database = Database(path, [SCHEMA], clock)
        self.database.open()
        self.store = DayStore(self.counter, self.database, clock)
        self.store.restore()

    def end(self) -> None:
        self.store.save()
        self.database.close()

    def sums(self, **asked: Any) -> tuple[Sum, ...]:
        """Add up what the file has of the last days."""
        asked = {"first": TODAY - 40, "last": TODAY + 40, **asked}
        return self.database.submit(lambda one: sums(one, **asked)).result()


@pytest.fixture
def clock() -> Clock:
    return Clock(TODAY * DAY + 1000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


@pytest.fixture
def run(path: Path, clock: Clock) -> Iterator[Run]:
    run = Run(path, clock)
    yield run
    run.database.close()


def rows(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as file:
        found = "SELECT kind, name, user_id, calls FROM activity_days ORDER BY 1, 2, 3"
        return file.execute(found).fetchall()


def test_what_is_done_is_added_to_its_day_over_a_restart(
    path: Path, clock: Clock, run: Run
) -> None:
    run.counter.count("command", "ask", 7, ms=100.0, slowest_ms=100.0)
    run.counter.count("command", "ask", 7, ms=50.0, slowest_ms=50.0, failed=1, late=1)
    run.counter.tokens("ollama/small", 7, 0, 200)
    run.counter.tokens("ollama/small", 7, 1, 30)
    run.end()
    again = Run(path, clock)
    again.counter.count("command", "ask", 7, ms=400.0, slowest_ms=400.0)
    again.store.save()
    by_name = again.sums(by=("day", "kind", "name", "user_id"))
    assert by_name == (
        Sum(TODAY, "command", "ask", 7, 3, 1, 550.0, 400.0, 1, 0, 0, 0),
        Sum(TODAY, "model", "ollama/small", 7, 0, 0, 0.0, 0.0, 0, 200, 30, 0),
    )
    again.database.close()


def test_sums_tell_apart_what_is_asked_for(clock: Clock, run: Run) -> None:
    for user_id, name, times in ((1, "ask", 3), (2, "ask", 1), (2, "play", 4)):
        for _ in range(times):
            run.counter.count("command", name, user_id, ms=10.0, slowest_ms=10.0)
    run.counter.count("message", "", 1)
    run.store.save()
    clock.turn(DAY)
    run.counter.count("command", "ask", 1, ms=900.0, slowest_ms=900.0)
    run.store.save()

    def told(*by: Any, **asked: Any) -> list[tuple[object, ...]]:
        found = run.sums(by=by, **asked)
        return [(*(getattr(one, name) for name in by), one.calls) for one in found]

    assert told("user_id", kinds=("command",)) == [(2, 5), (1, 4)]
    assert told("name", kinds=("command",), order="ms") == [("ask", 5), ("play", 4)]
    assert told("day", order="day") == [(TODAY + 1, 1), (TODAY, 9)]
    assert told("name", user_id=2, limit=1) == [("play", 4)]
    assert told("user_id", name="ask", last=TODAY) == [(1, 3), (2, 1)]
    assert run.sums(by=())[0].calls == 10
    assert run.sums(by=("name",), first=TODAY + 9) == ()
    assert run.sums(by=(), first=TODAY + 9) == ()


def test_a_day_has_a_bounded_number_of_rows_over_restarts(path: Path, clock: Clock) -> None:
    run = Run(path, clock, rows_max=2)
    for user_id in (1, 2, 3, 4):
        run.counter.count("command", "ask", user_id)
    run.end()
    run = Run(path, clock, rows_max=2)
    run.counter.count("command", "ask", 5)
    run.counter.count("command", "ask", 1)
    run.end()
    assert rows(path) == [
        ("command", "ask", 1, 2),
        ("command", "ask", 2, 1),
        ("command", OTHER, EVERYBODY, 3),
    ]
    clock.turn(DAY)
    run = Run(path, clock, rows_max=2)
    run.counter.count("command", "ask", 3)
    run.end()
    assert len(rows(path)) == 4


def test_days_are_forgotten_after_a_month(path: Path, clock: Clock) -> None:
    for _ in range(DAYS_KEPT + 3):
        run = Run(path, clock)
        run.counter.count("message", "", 1)
        run.end()
        clock.turn(DAY)
    assert len(rows(path)) == DAYS_KEPT


def test_what_could_not_be_written_is_written_the_next_time(
    path: Path, clock: Clock, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    run.counter.count("message", "", 1)
    with monkeypatch.context() as patch:
        patch.setattr(day_store, "save", full)
        with pytest.raises(sqlite3.OperationalError):
            run.store.save()
    run.counter.count("message", "", 1)
    run.end()
    assert rows(path) == [("message", "", 1, 2)]


def test_another_file_is_added(tmp_path: Path, clock: Clock) -> None:
    paths = [tmp_path / f"{name}.sqlite3" for name in ("ours", "theirs")]
    for path in paths:
        run = Run(path, clock)
        run.counter.count("command", "ask", 7, ms=100.0, slowest_ms=100.0)
        run.end()
    with closing(sqlite3.connect(paths[0])) as ours, closing(sqlite3.connect(paths[1])) as theirs:
        for file in (ours, theirs):
            file.row_factory = sqlite3.Row
            file.isolation_level = None
            for schema in STATE:
                file.executescript(schema)
        merge(theirs, ours, [take_in], clock())
    assert rows(paths[0]) == [("command", "ask", 7, 2)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("calls", "'many'"),
        ("calls", "-1"),
        ("calls", "9e300"),
        ("ms", "'long'"),
        ("ms", "-5.0"),
        ("tokens_input", "x'00'"),
        ("kind", "'planet'"),
        ("user_id", "-7"),
    ],
)
def test_a_damaged_row_stops_nothing(path: Path, clock: Clock, column: str, value: str) -> None:
    run = Run(path, clock)
    run.counter.count("command", "ask", 1)
    run.counter.count("command", "play", 2)
    run.end()
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"UPDATE activity_days SET {column} = {value} WHERE name = 'ask'")
        file.commit()
    run = Run(path, clock)
    run.counter.count("command", "ask", 1)
    run.counter.count("command", "play", 2)
    run.store.save()
    assert ("play", 2) in [(one.name, one.calls) for one in run.sums(by=("name",))]
    run.database.close()


def test_a_sum_knows_what_tells_it_from_others() -> None:
    assert DaySum(TODAY, "command", "ask", 7, calls=1).key == (TODAY, "command", "ask", 7)

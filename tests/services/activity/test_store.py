"""What was seen of users survives restarts, damage and a file that two processes wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.seen import SLOT, SeenUser
from services.debugcog.activity.store import KEPT, SCHEMA, ActivityStore, take_in
from services.debugcog.state.database import Database
from services.debugcog.state.merge import merge
from services.debugcog.state.state_file import SCHEMAS as STATE
from tests.clock import Clock

DAY = 86_400.0


class Run:
    """One process of a bot with a file."""

    def __init__(self, path: Path, clock: Clock, *, users_max: int = 5_000) -> None:
        self.counter = ActivityCounter(clock, users_max=users_max)
        self.database = Database(path, [SCHEMA], clock)
        self.database.open()
        self.store = ActivityStore(self.counter, self.database, clock)
        self.store.restore()

    def kill(self) -> None:
        self.database.close()

    def end(self) -> None:
        self.store.save()
        self.kill()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


@pytest.fixture
def run(path: Path, clock: Clock) -> Iterator[Run]:
    run = Run(path, clock)
    yield run
    run.kill()


def test_counts_and_activity_survive_a_restart(path: Path, clock: Clock, run: Run) -> None:
    run.counter.message(1, "ann")
    run.counter.message(1, "ann")
    run.counter.interaction(2, "bob\ud800")
    clock.turn(600)
    run.counter.message(1, "ann")
    run.end()
    later = Run(path, clock)
    slot = int(clock.now) // SLOT
    assert later.counter.users() == (
        SeenUser(2, "bob\ufffd", 0, 1, clock.now - 600, slot - 2, 1),
        SeenUser(1, "ann", 3, 0, clock.now, slot, 0b101),
    )
    assert later.counter.messages(clock.now - DAY, clock.now + 60) == 4
    later.counter.message(1, "ann")
    later.end()
    last = Run(path, clock)
    found = last.counter.user(1)
    assert found is not None
    assert found.messages == 4
    assert last.counter.messages(clock.now - DAY, clock.now + 60) == 5
    last.kill()


def test_a_save_without_news_writes_nothing(run: Run) -> None:
    run.counter.message(1, "ann")
    run.store.save()
    changes = run.database.submit(lambda connection: connection.total_changes).result()
    run.store.save()
    assert run.database.submit(lambda connection: connection.total_changes).result() == changes


def test_what_could_not_be_written_is_written_the_next_time(
    path: Path, clock: Clock, run: Run
) -> None:
    run.counter.message(1, "ann")
    run.database.submit(lambda one: one.execute("ALTER TABLE activity_users RENAME TO x")).result()
    with pytest.raises(sqlite3.OperationalError):
        run.store.save()
    run.counter.message(1, "ann")
    run.database.submit(lambda one: one.execute("ALTER TABLE x RENAME TO activity_users")).result()
    run.end()
    later = Run(path, clock)
    found = later.counter.user(1)
    assert found is not None
    assert found.messages == 2
    assert later.counter.messages(clock.now - DAY, clock.now + 60) == 2
    later.kill()


def test_users_of_long_ago_leave_the_file(path: Path, clock: Clock, run: Run) -> None:
    run.counter.message(1, "ann")
    run.store.save()
    clock.turn(KEPT + 1)
    run.counter.message(2, "bob")
    run.end()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT name FROM activity_users").fetchall() == [("bob",)]
        assert file.execute("SELECT events FROM activity_minutes").fetchall() == [(1,)]


def test_a_user_who_comes_back_after_being_forgotten_goes_on(path: Path, clock: Clock) -> None:
    run = Run(path, clock, users_max=1)
    run.counter.message(1, "ann")
    run.store.save()
    run.counter.message(2, "bob")
    run.counter.message(1, "ann")
    run.store.save()
    found = run.counter.user(1)
    assert found is not None
    assert found.messages == 2
    run.kill()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("messages", "'many'"),
        ("messages", "-1"),
        ("interactions", "9007199254740993"),
        ("last_seen", "1e300"),
        ("slots", "X'00'"),
        ("slots", "'text'"),
        ("slot", "-5"),
    ],
)
def test_a_damaged_row_is_put_aside_and_costs_no_other(
    path: Path, clock: Clock, run: Run, column: str, value: str
) -> None:
    run.counter.message(1, "ann")
    run.counter.message(2, "bob")
    run.end()
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"UPDATE activity_users SET {column} = {value} WHERE user_id = 1")
        file.execute("UPDATE activity_minutes SET events = 'x'")
        file.commit()
    clock.turn(60)
    later = Run(path, clock)
    assert [user.name for user in later.counter.users()] == ["bob"]
    assert later.counter.messages(clock.now - DAY, clock.now) == 0
    trouble = later.database.trouble or ""
    assert "1 of activity_users" in trouble or value == "1e300"
    assert "1 of activity_minutes" in trouble
    later.kill()


def test_minutes_that_cannot_be_are_not_read(path: Path, clock: Clock, run: Run) -> None:
    run.counter.message(1, "ann")
    run.end()
    with closing(sqlite3.connect(path)) as file:
        file.execute("INSERT INTO activity_minutes VALUES (?, 5)", (int(clock.now) // 60 + 10**6,))
        file.commit()
    later = Run(path, clock)
    later.counter.message(1, "ann")
    assert later.counter.messages(clock.now - DAY, clock.now + 60) == 2
    later.kill()


def test_the_counts_of_another_process_are_added(tmp_path: Path, clock: Clock) -> None:
    files = [tmp_path / "one.sqlite3", tmp_path / "two.sqlite3"]
    for number, file in enumerate(files):
        run = Run(file, clock)
        run.counter.message(1, f"ann {number}")
        run.counter.interaction(2 + number, "other")
        run.end()
        clock.turn(600)
    target, source = (_open(file) for file in files)
    merge(source, target, [take_in], clock.now)
    target.close()
    source.close()
    later = Run(files[0], clock)
    assert {user.id: (user.name, user.messages) for user in later.counter.users()} == {
        1: ("ann 1", 2),
        2: ("other", 0),
        3: ("other", 0),
    }
    found = later.counter.user(1)
    assert found is not None
    assert found.slots == 0b101
    assert later.counter.messages(clock.now - DAY, clock.now) == 4
    later.kill()


def test_what_was_taken_in_is_shown_once_its_user_is_seen_again(
    path: Path, clock: Clock, run: Run
) -> None:
    run.counter.message(1, "ann")
    run.store.save()
    run.database.submit(
        lambda file: file.execute("UPDATE activity_users SET messages = messages + 10")
    ).result()
    run.counter.message(1, "ann")
    run.store.save()
    found = run.counter.user(1)
    assert found is not None
    assert found.messages == 12


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for schema in STATE:
        connection.executescript(schema)
    return connection

"""Stalls are known after a restart: bounded, off damaged rows, and each in its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.debugcog import stall_store
from services.debugcog.stall_store import StallStore
from services.debugcog.stalls.stall import Stall
from services.debugcog.stalls.stall_log import KEPT, StallLog
from services.debugcog.state.database import Database
from tests.clock import Clock

NOW = 1_800_000_000.0
SLEPT = Stall(NOW - 3600, 0.8, "wait", "bot.py", 7, "`time.sleep`", "bot.py:7 in wait")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "state.sqlite3", (stall_store.SCHEMA,))
    database.open()
    yield database
    database.close()


def run(
    database: Database, monotonic: float = 5.0, now: float = NOW
) -> tuple[StallLog, StallStore]:
    """Begin a run of the bot, whose monotonic clock begins anew with the machine."""
    log = StallLog(Clock(monotonic))
    store = StallStore(log, database, Clock(now))
    store.restore()
    return log, store


def test_what_one_run_has_seen_the_next_one_tells(database: Database) -> None:
    log, store = run(database)
    log.add(SLEPT)
    told = [store.has_news]
    store.save()
    assert [*told, store.has_news] == [True, False]
    later, _ = run(database)
    assert later.stalls(4000) == (SLEPT,)
    assert later.summary(4000).worst == SLEPT
    assert later.stalls(3000) == ()


def test_a_stall_is_saved_once_and_again_after_a_failed_save(
    database: Database, tmp_path: Path
) -> None:
    log, store = run(database)
    log.add(SLEPT)
    store.save()
    store.save()
    log.add(Stall(NOW, 0.5))
    database.submit(
        lambda connection: connection.execute("ALTER TABLE stalls RENAME TO away")
    ).result()
    with pytest.raises(sqlite3.Error):
        store.save()
    assert store.has_news
    database.submit(
        lambda connection: connection.execute("ALTER TABLE away RENAME TO stalls")
    ).result()
    store.save()
    assert run(database)[0].stalls(9000) == (SLEPT, Stall(NOW, 0.5))


def test_the_newest_of_a_week_are_kept(database: Database) -> None:
    log, store = run(database)
    log.add(Stall(NOW - 8 * 86_400, 1.0))
    for number in range(KEPT + 5):
        log.add(Stall(NOW - 1000 + number, 1.0))
        store.save()
    found = run(database)[0].stalls(30 * 86_400)
    assert [stall.began for stall in found] == [
        NOW - 1000 + number for number in range(5, KEPT + 5)
    ]


def test_those_of_this_run_come_behind_those_of_earlier_ones(database: Database) -> None:
    log, store = run(database)
    log.add(SLEPT)
    store.save()
    log = StallLog(Clock(5.0))
    fresh = Stall(NOW, 0.3)
    log.add(fresh)
    StallStore(log, database, Clock(NOW)).restore()
    assert log.stalls(9000) == (SLEPT, fresh)
    assert log.added(0) == (1, (fresh,))


@pytest.mark.parametrize("body", ["{}", "no json", '{"began": "x", "seconds": 1}', "[]"])
def test_a_damaged_row_costs_itself_alone(database: Database, body: str) -> None:
    log, store = run(database)
    log.add(SLEPT)
    store.save()
    sql = "INSERT INTO stalls VALUES (?, ?)"
    database.submit(lambda connection: connection.execute(sql, (NOW - 5, body))).result()
    assert run(database)[0].stalls(9000) == (SLEPT,)

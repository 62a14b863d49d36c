from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.state.database import Database
from services.debugcog.timeseries.bucket import Saved
from services.debugcog.timeseries.history import SCHEMA, History, load, save
from services.debugcog.timeseries.series import LONGEST, TIERS
from services.debugcog.timeseries.snapshot import EMPTY
from tests.clock import Clock

START = 1_800_000_000.0
WEEK = LONGEST


class Run:
    """One process's share of the story: a service, its history, its clock, the same file."""

    def __init__(self, path: Path, now: float) -> None:
        self.clock = Clock(now)
        self.metrics = MetricsService(clock=self.clock, fold_interval=None)
        self.database = Database(path, [SCHEMA])
        self.database.open()
        self.history = History(self.metrics, self.database, self.clock)

    async def work(self, seconds: float, *, saves: bool = True) -> None:
        """Record once a second, as a sampler does, and save every 15 s."""
        for second in range(int(seconds)):
            self.metrics.record("llm_generation", 100.0 + second % 7, command="ask")
            self.metrics.increment("api_calls", 2)
            self.metrics.fold()
            if saves and second % 15 == 0:
                await self.history.save()
            self.clock.now += 1

    def kill(self) -> None:
        self.database.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def rows_of(path: Path) -> list[tuple[float, int]]:
    connection = sqlite3.connect(path)
    query = "SELECT width, count(*) FROM metric_history GROUP BY width ORDER BY width"
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


async def test_a_clean_restart_goes_on_where_it_stopped(path: Path) -> None:
    first = Run(path, START)
    await first.work(4000)
    await first.history.save(final=True)
    before = first.metrics.snapshot(WEEK)
    first.kill()
    second = Run(path, first.clock.now)
    second.history.restore()
    after = second.metrics.snapshot(WEEK)
    assert after.series == before.series
    assert after.labelled == before.labelled
    assert after.counters == before.counters
    assert after.totals["api_calls"] == 0  # since start means since this start
    assert second.metrics.points("llm_generation", 7200) == first.metrics.points(
        "llm_generation", 7200
    )
    second.kill()


async def test_known_secrets_in_labels_are_not_written(path: Path) -> None:
    run = Run(path, START)
    run.history = History(run.metrics, run.database, run.clock, redact=lambda text: text[:7] + "*")
    run.metrics.increment("api_calls", 2, source="hunter2hunter2")
    run.metrics.increment("api_calls", 2)
    await run.history.save(final=True)
    run.kill()

    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT DISTINCT labels FROM metric_history ORDER BY labels")
    assert rows.fetchall() == [("",), ("source=*",)]
    connection.close()


async def test_restarts_in_the_middle_of_a_minute_count_nothing_twice(path: Path) -> None:
    now = START
    for _ in range(5):
        run = Run(path, now)
        run.history.restore()
        await run.work(137)
        await run.history.save(final=True)
        now = run.clock.now
        total = run.metrics.snapshot(WEEK).counters["api_calls"]
        run.kill()
    assert total == 5 * 137 * 2


async def test_a_service_that_lives_on_gets_nothing_back_of_what_it_still_holds(path: Path) -> None:
    run = Run(path, START)
    for _ in range(5):
        run.history.restore()
        await run.work(137)
        await run.history.save(final=True)
        await run.work(23 * 60, saves=False)  # the cog is not loaded
        run.history = History(run.metrics, run.database, run.clock)
    seconds = 5 * (137 + 23 * 60)
    assert run.metrics.snapshot(WEEK).counters["api_calls"] == 2 * seconds
    run.history.restore()
    await run.history.save(final=True)
    run.kill()
    fresh = Run(path, run.clock.now)
    fresh.history.restore()
    assert fresh.metrics.snapshot(WEEK).counters["api_calls"] == 2 * seconds
    assert fresh.metrics.summary("llm_generation", WEEK).count == seconds
    fresh.kill()


async def test_after_a_kill_at_most_the_open_minute_is_lost(path: Path) -> None:
    first = Run(path, START)
    await first.work(3600 + 17 * 60 + 44)
    first.kill()  # no final save
    second = Run(path, first.clock.now + 5)
    second.history.restore()
    assert second.metrics.summary("llm_generation", WEEK).count == 3600 + 17 * 60
    assert second.metrics.snapshot(7200).counters["api_calls"] == 2 * (3600 + 17 * 60)
    second.kill()


def test_a_process_killed_with_sigkill_leaves_its_minutes_behind(path: Path) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from tests.services.timeseries.test_history import Run, START
run = Run(Path({str(path)!r}), START)
asyncio.run(run.work(10 * 60 + 20))
os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", script], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    again = Run(path, START + 700)
    rows = again.database.submit(lambda connection: load(connection, START + 700)).result()
    again.metrics.restore(rows)
    assert again.metrics.summary("llm_generation", 3600).count == 600
    again.kill()


async def test_a_long_downtime_between_loses_nothing_of_the_week(path: Path) -> None:
    first = Run(path, START)
    await first.work(1234)
    await first.history.save(final=True)
    first.kill()
    second = Run(path, START + 3 * 86_400)
    second.history.restore()
    await second.history.save()
    second.kill()
    third = Run(path, START + 4 * 86_400)
    third.history.restore()
    assert third.metrics.summary("llm_generation", 86_400) == EMPTY
    assert third.metrics.summary("llm_generation", WEEK).count == 1234
    third.kill()


async def test_rows_that_no_window_reaches_are_deleted(path: Path) -> None:
    run = Run(path, START)
    for hour in range(8 * 24):
        run.metrics.record("queue", 1.0)
        run.metrics.fold()
        run.clock.now = START + hour * 3600
        await run.history.save()
    run.kill()
    assert rows_of(path) == [(60.0, 2), (600.0, 24), (3600.0, 168)]


async def test_nothing_new_writes_nothing(path: Path) -> None:
    run = Run(path, START)
    await run.work(300)
    await run.history.save()
    run.database.close()
    assert rows_of(path) == [(60.0, 15)]
    await run.history.save()  # a closed database would raise


async def test_rows_that_could_not_be_written_are_written_the_next_time(path: Path) -> None:
    run = Run(path, START)
    run.metrics.record("queue", 1.0)
    run.metrics.fold()
    run.clock.now += 120
    await run.database.run(lambda connection: connection.execute("DROP TABLE metric_history"))
    with pytest.raises(sqlite3.OperationalError):
        await run.history.save()
    await run.database.run(lambda connection: connection.execute(SCHEMA))
    await run.history.save()
    run.kill()
    assert rows_of(path) == [(60.0, 1)]


def saved_rows() -> tuple[Saved, ...]:
    clock = Clock()
    metrics = MetricsService(clock=clock, fold_interval=None)
    metrics.record("queue", 3.0, shard=1)
    metrics.record("queue", 5.0)
    metrics.increment("calls", 7)
    metrics.fold()
    clock.now += 60
    return metrics.closed_since(START)


def test_a_row_comes_back_as_it_was_saved(connection: sqlite3.Connection) -> None:
    rows = saved_rows()
    assert [(row.name, row.labels, row.counter, row.width) for row in rows] == [
        ("queue", "", False, 60.0),
        ("queue", "shard=1", False, 60.0),
        ("calls", "", True, 60.0),
    ]
    save(connection, rows, START + 60)
    save(connection, rows, START + 60)
    assert sorted(load(connection, START + 60), key=repr) == sorted(rows, key=repr)


def test_a_count_beyond_what_a_column_holds_is_stored_as_the_most_that_it_holds(
    connection: sqlite3.Connection,
) -> None:
    clock = Clock()
    metrics = MetricsService(clock=clock, fold_interval=None)
    for _ in range(1100):
        metrics.increment("bytes_sent", 2**53)
    metrics.increment("calls")
    metrics.fold()
    clock.now += 60
    save(connection, metrics.closed_since(START), START + 60)
    counts = {row.name: row.bucket.count for row in load(connection, START + 60)}
    assert counts == {"bytes_sent": 2**63 - 1, "calls": 1}


def test_damaged_rows_and_rows_from_the_future_are_left_out(
    connection: sqlite3.Connection,
) -> None:
    save(connection, saved_rows(), START + 60)
    connection.execute("UPDATE metric_history SET packed = x'ff' WHERE labels = 'shard=1'")
    connection.execute("UPDATE metric_history SET start = start + 1e6 WHERE name = 'calls'")
    [row] = load(connection, START + 60)
    assert (row.name, row.labels, row.bucket.count) == ("queue", "", 2)


def test_a_row_that_has_values_and_counts_none_is_left_out(connection: sqlite3.Connection) -> None:
    save(connection, saved_rows(), START + 60)
    connection.execute("UPDATE metric_history SET count = 0 WHERE labels = ''")
    assert [(row.name, row.labels, row.bucket.count) for row in load(connection, START + 60)] == [
        ("calls", "", 0),
        ("queue", "shard=1", 1),
    ]


def test_a_name_that_changed_its_kind_or_is_no_name_is_skipped() -> None:
    clock = Clock(START + 60)
    metrics = MetricsService(clock=clock, fold_interval=None, strict=True)
    metrics.increment("queue")
    metrics.record("calls", 1.0)
    bucket = saved_rows()[0].bucket
    metrics.restore([*saved_rows(), Saved("Bad name", "", False, 60.0, bucket)])
    assert metrics.summary("queue", WEEK).count == 1
    assert metrics.summary("calls", WEEK).count == 1


def test_a_metrics_table_stays_small() -> None:
    assert sum(span / width for width, span in TIERS[1:]) == 432

"""Nothing that stands in a state file keeps a bot from starting, or from going on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.alert_world import Clock, Discord
from tests.services.state.damage import AnyDiscord, measured, started
from tests.services.state.engine import UNSYNCED, Engine, fill

EXAMPLES = int(os.environ.get("DAMAGED_ROWS", "12"))
Cell = tuple[str, str, int, object]
"""Table, column, number of the row, and what is written there."""


LOST = "Incident 1 · queue · ended: its record in the state file was damaged"


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.debugcog.state.connection.PRAGMAS", UNSYNCED)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "state.sqlite3"
    clock = Clock()
    asyncio.run(fill(path, clock, Discord(clock)))
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path))


def later() -> Clock:
    clock = Clock()
    clock.pass_time(2_400)
    return clock


@pytest.mark.thorough
def test_of_sixty_files_with_one_damaged_region_a_bot_starts_on_all(tmp_path: Path) -> None:
    figures = measured(tmp_path, seed=1)
    print(figures)
    assert (figures.started, figures.wrong) == (60, [])


def test_the_file_that_is_damaged_has_rows_in_every_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        empty = [name for (name,) in names if not file.execute(f"SELECT 1 FROM {name}").fetchone()]
    assert empty == []


VALUES = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=20),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.sampled_from(["{}", "[]", "null", "[[[[", '{"severity": 9}', "[1,2,3]", 1e300, -1, 0]),
)


def cells(file: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [
        (table, row[1])
        for (table,) in tables
        for row in file.execute(f"PRAGMA table_info({table})")
    ]


def overwrite(file: sqlite3.Connection, cell: Cell) -> None:
    """Write a value into one row, where no constraint of the table forbids it."""
    table, column, number, value = cell
    key = {"metric_history": "start", "llm_costs": "model", "activity_days": "user_id"}.get(
        table, "rowid"
    )
    rows = [row[0] for row in file.execute(f"SELECT {key} FROM {table}")]
    if rows:
        sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = ?"
        with contextlib.suppress(sqlite3.IntegrityError):  # an id that is no integer
            file.execute(sql, (value, rows[number % len(rows)]))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_value_in_any_cell_lets_a_bot_start_and_go_on(
    data: st.DataObject, whole: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(whole, tmp_path / "state.sqlite3"))
    with closing(sqlite3.connect(path)) as file:
        places = cells(file)
        for table, column in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=6)):
            number, value = data.draw(st.integers(0, 200)), data.draw(VALUES)
            overwrite(file, (table, column, number, value))
        file.commit()
    assert asyncio.run(started(path, later())) == ""


async def test_a_damaged_row_is_moved_aside_and_told_once_and_the_others_stay(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE incidents SET body = substr(body, 1, 40) WHERE id = 1")
        file.execute("UPDATE silences SET severity = 7")
        file.commit()
    clock = later()
    engine = Engine(path, clock, AnyDiscord(clock))
    await engine.start()
    await engine.read_all()
    assert engine.database.trouble == (
        "damaged rows were put aside (1 of incidents, 1 of silences), into its table set_aside"
    )
    rows = engine.ask("SELECT origin, reason, content FROM set_aside WHERE id > 1 ORDER BY origin")
    assert [row[:2] for row in rows] == [
        (
            "incidents",
            "JSONDecodeError: Unterminated string starting at: line 1 column 39 (char 38)",
        ),
        ("silences", "DamagedRecordError: Silence.severity: 7 is not a valid Severity"),
    ]
    assert json.loads(str(rows[0][2]))["rule"] == "memory"
    told = [line for line in caplog.messages if line.startswith("Damaged rows")]
    assert sorted(told) == [
        f"Damaged rows of the state file put aside: 1 of {row[0]}, {row[1]}" for row in rows
    ]
    numbers = [incident.id for incident in await engine.alerts.incidents()]
    assert numbers == sorted(numbers, reverse=True)
    assert 1 not in numbers
    await engine.stop()


@pytest.mark.parametrize(
    ("kept", "then", "at_last"),
    [
        (True, "incident:1 firing", "incident:1 ended"),
        (False, "incident:1", "incident:1"),  # a text without a record
    ],
)
async def test_an_open_incident_whose_row_is_damaged_goes_on_or_ends_on_its_card(
    tmp_path: Path, kept: bool, then: str, at_last: str
) -> None:
    path, clock = tmp_path / "state.sqlite3", Clock()
    discord = Discord(clock)
    engine = Engine(path, clock, discord)
    await engine.start()
    await engine.breach("queue", 12.0, 300)
    await engine.stop()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE incidents SET body = 'x'")
        file.execute("UPDATE outbox SET body = CASE WHEN ? THEN body ELSE '' END", (kept,))
        file.commit()
    engine = Engine(path, clock, discord)
    await engine.start()
    await engine.breach("queue", 12.0, 60)
    assert engine.cards() == [then]
    await engine.breach("queue", 0.0, 600)
    assert engine.cards()[0] == at_last
    assert kept or discord.messages[0].now["title"] == LOST
    await engine.stop()


@pytest.mark.parametrize("table", ["runs", "incidents", "outbox", "changes", "set_aside"])
@pytest.mark.parametrize("where", ["row", "sequence"])
async def test_the_last_number_of_a_table_is_no_full_disk(
    path: Path, table: str, where: str
) -> None:
    last = 2**63 - 1
    with closing(sqlite3.connect(path)) as file:
        if where == "row":
            file.execute(
                f"UPDATE {table} SET id = ? WHERE id = (SELECT MAX(id) FROM {table})", (last,)
            )
        else:
            file.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (last, table))
        file.commit()
    clock = later()
    engine = Engine(path, clock, AnyDiscord(clock))
    await engine.start()
    assert engine.database.trouble is not None
    assert f"its table {table} has a number too large" in engine.database.trouble
    await engine.breach("queue", 12.0, 300)
    assert engine.ask("SELECT COUNT(*) FROM incidents WHERE rule = 'queue' AND open") == [(1,)]
    await engine.stop()


async def test_a_count_that_leaves_no_room_for_one_more_is_damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE error_groups SET body = json_set(body, '$.count', ?)", (2**63 - 1,))
        file.commit()
    clock = later()
    engine = Engine(path, clock, AnyDiscord(clock))
    await engine.start()
    await engine.read_all()
    (reason,) = engine.ask("SELECT DISTINCT reason FROM set_aside WHERE origin = 'error_groups'")
    assert reason == ("DamagedRecordError: ErrorGroup.count: too large a number",)
    await engine.stop()


async def test_text_that_is_no_utf8_is_read_with_marks_in_place_of_it(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE changes SET text = CAST(x'4c6f67ff' AS TEXT)")
        file.commit()
    clock = later()
    engine = Engine(path, clock, AnyDiscord(clock))
    await engine.start()
    assert engine.ask("SELECT DISTINCT text FROM changes") == [("Log\ufffd",)]
    await engine.stop()


def counts(path: Path) -> list[int]:
    """Count the rows of the tables without which nothing goes on as it was."""
    with closing(sqlite3.connect(path)) as file:
        return [file.execute(f"SELECT COUNT(*) FROM {one}").fetchone()[0] for one in SAVED]


def test_of_a_file_that_was_cut_off_what_is_left_goes_on(path: Path) -> None:
    before, whole = counts(path), path.read_bytes()
    path.write_bytes(whole[: len(whole) * 9 // 10])
    assert asyncio.run(started(path, Clock())) == ""
    whole_tables = {
        table for table, now, then in zip(SAVED, counts(path), before, strict=True) if now >= then
    }
    assert whole_tables == {"incidents", "thresholds", "changes", "error_groups", "runs"}


def test_a_flipped_bit_in_the_name_of_one_table_costs_no_other(path: Path) -> None:
    before, whole = counts(path), path.read_bytes()
    place = whole.index(b"CREATE TABLE pauses")
    path.write_bytes(whole[:place] + b"\xc3" + whole[place + 1 :])
    assert asyncio.run(started(path, Clock())) == ""
    assert [now >= then for now, then in zip(counts(path), before, strict=True)] == [True] * 6


def test_rows_of_a_table_without_one_of_its_columns_are_saved_into_a_new_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("ALTER TABLE outbox DROP COLUMN reason")
        file.execute("ALTER TABLE incidents ADD COLUMN of_nobody TEXT")
        file.commit()
    before = counts(path)
    assert asyncio.run(started(path, Clock())) == ""
    assert [now >= then for now, then in zip(counts(path), before, strict=True)] == [True] * 6
    assert len(list(path.parent.glob("state.sqlite3.corrupt-*"))) == 1


async def test_a_post_whose_form_is_damaged_goes_out_in_one_that_there_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE outbox SET level = 4611686018427387903 WHERE state = 'queued'")
        file.commit()
    clock = later()
    engine = Engine(path, clock, AnyDiscord(clock))
    await engine.start()
    nonces = [len(message.nonce) for message in engine.discord.messages]
    await engine.stop()
    assert nonces == [11, 11]


SAVED = ("incidents", "outbox", "thresholds", "changes", "error_groups", "runs")

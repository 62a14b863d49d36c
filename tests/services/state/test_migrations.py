"""A state file of any earlier version is brought to this one, whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.incident_store import last_incidents, load_rule_states
from services.debugcog.errors.rate_limit import RateLimit
from services.debugcog.errors.records import ErrorGroup, group_from
from services.debugcog.errors.tables import load_group, load_rate_limit
from services.debugcog.state.database import Database
from services.debugcog.state.migrations import MIGRATIONS, VERSION
from services.debugcog.state.salvage import TABLES
from tests.services.state.earlier_versions import ROWS_0_1, ROWS_0_2, TABLES_0
from tests.stored_incident import INCIDENT

ROOT = Path(__file__).parents[3]
FILES = {"0.1": (0, TABLES_0 + ROWS_0_1), "0.2": (0, TABLES_0 + ROWS_0_2)}
"""A file of every earlier version: its number, and its SQL."""
GROUP = ErrorGroup(
    fingerprint="ab12cd34",
    type="ValueError",
    where="bot.py:1 in f",
    first_seen=1.0,
    last_seen=5.0,
    count=3,
    since=1.0,
    hours=((0, 3),),
    posted=1.0,
    edited=2.0,
    reported_count=2,
)


def written(path: Path, script: str, version: int) -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"{script} PRAGMA user_version = {version};")
    return path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def ended(script: str, path: Path) -> int:
    """Run a process on a file to its end; return its status."""
    program = [sys.executable, "-c", script, str(path)]
    return subprocess.run(program, cwd=ROOT, check=False).returncode


def opened(path: Path) -> Database:
    database = Database(path, SCHEMAS, clock=lambda: 1_700_000_000.0)
    database.open()
    return database


def shape(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: [tuple(row) for row in connection.execute(f"PRAGMA table_info({table})")]
        for (table,) in connection.execute(TABLES).fetchall()
    }


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_there_is_a_file_of_every_version_before_this_one() -> None:
    assert {version for version, _ in FILES.values()} == set(range(VERSION))
    assert len(MIGRATIONS) == VERSION == 1


@pytest.mark.parametrize("name", FILES)
async def test_a_file_of_an_earlier_version_is_used_with_all_that_it_has(
    tmp_path: Path, name: str
) -> None:
    version, script = FILES[name]
    path = written(tmp_path / "bot.sqlite3", script, version)
    database, fresh = opened(path), opened(tmp_path / "fresh.sqlite3")
    assert await database.query(shape) == await fresh.query(shape)
    assert await database.query(version_of) == VERSION
    assert await database.query(last_incidents) == {"error_rate": INCIDENT}
    assert await database.query(lambda one: load_group(one, "ab12cd34")) == GROUP
    limit = RateLimit(4.0, 1.0, 1, 1.0, 1.0, (2, 9))
    assert await database.query(load_rate_limit) == limit
    assert await database.query(lambda one: load_rule_states(one, ())) == {}
    body = await database.query(lambda one: one.execute("SELECT body FROM outbox").fetchone()[0])
    assert group_from(json.loads(body)["group"]) == GROUP
    assert database.trouble == (
        "damaged rows were put aside (1 of incidents), into its table set_aside"
    )
    database.close()
    fresh.close()
    assert names(tmp_path) == ["bot.sqlite3", "fresh.sqlite3"]


KILLED_MIDWAY = """
import os, pathlib, signal, sys
from services.debugcog.alerting.incident_store import SCHEMA
from services.debugcog.state import migrations
from services.debugcog.state.database import Database

def killed(connection):
    for migration in before:
        migration(connection)
    connection.execute("DELETE FROM incidents")
    os.kill(os.getpid(), signal.SIGKILL)

before, migrations.MIGRATIONS = migrations.MIGRATIONS, (killed,)
Database(pathlib.Path(sys.argv[1]), (SCHEMA,)).open()
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
async def test_a_process_that_is_killed_in_a_migration_leaves_the_file_as_it_was(
    tmp_path: Path,
) -> None:
    path = written(tmp_path / "bot.sqlite3", TABLES_0 + ROWS_0_1, 0)
    assert ended(KILLED_MIDWAY, path) == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as file:
        assert (version_of(file), '"rung"' in "".join(file.iterdump())) == (0, True)
    database = opened(path)
    assert await database.query(last_incidents) == {"error_rate": INCIDENT}
    database.close()


async def test_a_file_of_a_newer_version_is_kept_by_name_and_what_is_readable_goes_on(
    tmp_path: Path,
) -> None:
    later = "ALTER TABLE runs ADD COLUMN of_later TEXT; CREATE TABLE of_later (x); INSERT INTO "
    later += "of_later VALUES (7); DROP TABLE pauses;"
    path = written(tmp_path / "bot.sqlite3", TABLES_0 + ROWS_0_2 + later, VERSION + 1)
    before = path.read_bytes()
    database = opened(path)
    aside = tmp_path / f"bot.sqlite3.version-{VERSION + 1}-1700000000"
    assert database.trouble == (
        f"{path} is not readable (it is of version {VERSION + 1}, this is {VERSION}); "
        f"it was kept as {aside.name}"
    )
    assert await database.query(last_incidents) == {"error_rate": INCIDENT}
    database.close()
    with closing(sqlite3.connect(aside)) as file:
        assert file.execute("SELECT x FROM of_later").fetchall() == [(7,)]
        assert version_of(file) == VERSION + 1
    assert len(before) == aside.stat().st_size


def test_two_files_that_are_put_aside_in_one_second_are_both_kept(tmp_path: Path) -> None:
    for _ in range(2):
        opened(written(tmp_path / "bot.sqlite3", TABLES_0, 99)).close()
        (tmp_path / "bot.sqlite3").unlink()
    assert names(tmp_path) == [
        "bot.sqlite3.version-99-1700000000",
        "bot.sqlite3.version-99-1700000000-2",
    ]

"""A process that finds the file busy, or dies, leaves nothing behind: the next one takes it in."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from cogs.debug.app.state_tables import SCHEMAS, take_in
from services.debugcog.alerting.rules import Severity
from services.debugcog.state.database import Database
from services.debugcog.state.files import is_gone
from tests.alert_world import Clock, Discord
from tests.services.state.engine import UNSYNCED, Engine, fill


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
    monkeypatch.setattr("services.debugcog.state.connection.PRAGMAS", UNSYNCED)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def discord(clock: Clock) -> Discord:
    return Discord(clock)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


Start = Callable[[], Awaitable[Engine]]


@pytest.fixture
def start(path: Path, clock: Clock, discord: Discord) -> Start:
    """Start the next process on the file."""

    async def started() -> Engine:
        engine = Engine(path, clock, discord)
        await engine.start()
        return engine

    return started


def held(path: Path) -> sqlite3.Connection:
    """Hold a file as a backup does."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


async def left_by_a_run_before(start: Start) -> None:
    engine = await start()
    await engine.breach("memory", 12.0, 600)
    await engine.breach("memory", 0.0, 600)
    await engine.stop()


async def test_what_was_told_while_the_file_was_busy_ends_at_the_next_start(
    path: Path, start: Start
) -> None:
    await left_by_a_run_before(start)
    with closing(held(path)):
        second = await start()
        assert second.database.path.name == "state-2.sqlite3"
        await second.breach("queue", 30.0, 300)
        await second.stop()
    third = await start()
    assert third.database.path.name == "state.sqlite3"
    await third.breach("queue", 0.0, 600)
    assert third.cards() == [
        "incident:1 ended",
        "incident:2 ended",
    ]
    assert [file.name for file in sorted(path.parent.glob("*.sqlite3"))] == ["state.sqlite3"]
    await third.stop()


async def test_posts_that_waited_in_the_other_file_go_out_once(
    path: Path, start: Start, discord: Discord
) -> None:
    await left_by_a_run_before(start)
    with closing(held(path)):
        second = await start()
        discord.down = True
        await second.breach("queue", 12.0, 300)
        await second.alerts.test("ada")
        second.killed()
    discord.down = False
    third = await start()
    await third.breach("queue", 12.0, 300)
    assert sorted(third.cards())[:3] == ["crash:2", "incident:1 ended", "incident:2 firing"]
    assert len(third.cards()) == len(discord.messages) == 4  # and the test alert
    await third.stop()


async def test_a_post_that_waited_there_names_its_incident_as_it_is_called_here(
    path: Path, start: Start, discord: Discord
) -> None:
    await left_by_a_run_before(start)
    with closing(held(path)):
        second = await start()
        discord.down = True
        await second.alerts.test("ada")  # it is tried, and what comes later waits behind it
        await second.breach("queue", 12.0, 300)
        await second.breach("queue", 0.0, 600)
        await second.stop()
    third = await start()
    waiting = "SELECT title, json_extract(body, '$.incident.id') FROM outbox WHERE subject = ?"
    ((title, number),) = third.ask(waiting.replace("?", "'incident:2'"))
    assert (str(title).split(" · ")[0], number) == ("✅ #2 was warning", 2)
    await third.stop()


async def test_a_rule_that_is_open_in_both_files_goes_on_once_and_the_other_card_ends(
    path: Path, start: Start
) -> None:
    first = await start()
    await first.breach("queue", 12.0, 300)
    await first.stop()
    with closing(held(path)):
        second = await start()
        await second.breach("queue", 12.0, 300)
        await second.stop()
    third = await start()
    await third.breach("queue", 12.0, 300)
    assert third.cards() == ["incident:1 firing", "incident:2 ended"]
    ended = third.ask("SELECT json_extract(body, '$.reason') FROM incidents WHERE open = 0")
    assert ended == [("goes on as incident 1",)]
    await third.breach("queue", 0.0, 600)
    assert third.cards()[0] == "incident:1 ended"
    await third.stop()


async def test_an_old_process_that_ends_after_the_new_one_has_started_leaves_no_card(
    path: Path, start: Start
) -> None:
    old = await start()
    await old.breach("queue", 12.0, 300)
    new = await start()
    await old.stop()
    await new.breach("queue", 12.0, 60)
    assert new.cards() == ["incident:1 firing"]
    await new.breach("queue", 0.0, 600)
    assert new.cards() == ["incident:1 ended"]
    assert [file.name for file in sorted(path.parent.glob("*.sqlite3"))] == ["state-2.sqlite3"]
    newest = await start()
    await new.stop()
    await newest.tick()
    assert newest.ask("SELECT COUNT(*), SUM(open) FROM incidents") == [(1, 0)]
    assert [file.name for file in sorted(path.parent.glob("*.sqlite3"))] == ["state.sqlite3"]
    await newest.stop()


async def test_a_rule_that_the_new_process_does_not_have_ends_too(
    path: Path, start: Start, clock: Clock, discord: Discord
) -> None:
    old = await start()
    await old.breach("queue", 12.0, 300)
    new = Engine(path, clock, discord)
    rules = [rule for rule in new.evaluator._all_rules if "queue" not in rule.name]
    new.evaluator._all_rules = tuple(rules)
    new.evaluator._rules = tuple(rule for rule in new.evaluator._rules if rule in rules)
    await new.start()
    await old.stop()
    await new.tick()
    assert new.cards() == ["incident:1 ended"]
    await new.stop()


async def test_an_old_process_that_is_killed_is_told_as_a_crash_by_the_new_one(
    path: Path, start: Start, clock: Clock, discord: Discord
) -> None:
    old, new = Engine(path, clock, discord), Engine(path, clock, discord)
    await old.start()
    await new.start()
    old.killed()
    await new.tick()
    assert new.cards() == ["crash:2"]
    await new.stop()
    after = await start()
    await after.tick()
    assert len(after.cards()) == 1  # the one that took in was stopped, and is not told as a crash
    await after.stop()


async def test_a_card_whose_incident_is_damaged_in_the_other_file_ends(
    path: Path, start: Start, discord: Discord
) -> None:
    with closing(held(path)):
        second = await start()
        await second.breach("queue", 12.0, 300)
        await second.stop()
    with closing(sqlite3.connect(path.with_stem("state-2"))) as file:
        file.execute("UPDATE incidents SET body = '{}'")
        file.execute("UPDATE outbox SET body = ''")
        file.commit()
    third = await start()
    (card,) = discord.messages
    assert card.now["title"] == (
        "Incident 1 · queue · ended: its record in the state file was damaged"
    )
    await third.stop()


async def test_settings_of_the_later_run_win_and_errors_are_counted_together(
    path: Path, start: Start
) -> None:
    first = await start()
    await first.alerts.set_thresholds("queue", {Severity.WARNING: 11.0}, "ada")
    await first.alerts.set_thresholds("lag", {Severity.WARNING: 11.0}, "ada")
    first.reporter.report(ValueError("twice"))
    assert first.errors.flush(10)
    await first.stop()
    with closing(held(path)):
        second = await start()
        await second.alerts.set_thresholds("queue", {Severity.WARNING: 12.0}, "ada")
        await second.alerts.silence("memory", 3600, "bob")
        second.reporter.report(ValueError("twice"))
        second.reporter.report(KeyError("once"))
        assert second.errors.flush(10)
        await second.stop()
    third = await start()
    thresholds = third.ask("SELECT rule, value FROM thresholds ORDER BY rule")
    assert thresholds == [("lag", 11.0), ("queue", 12.0)]
    assert [silence.by for silence in third.alerts.silences] == ["bob"]
    assert {(group.type, group.count) for group in await third.errors.groups()} == {
        ("ValueError", 2),
        ("KeyError", 1),
    }
    await third.stop()


def opened(path: Path, owner: str = "bot") -> Database:
    database = Database(path, SCHEMAS, owner=owner, take_in=(take_in,))
    database.open()
    return database


def changed(database: Database, text: str) -> None:
    sql = "INSERT INTO changes (at, text) VALUES (1, ?)"
    database.submit(lambda connection: connection.execute(sql, (text,))).result(10)


def changes(database: Database) -> list[str]:
    sql = "SELECT text FROM changes ORDER BY id"
    return database.submit(lambda one: [row[0] for row in one.execute(sql)]).result(10)


async def test_every_table_is_taken_in(
    path: Path, start: Start, clock: Clock, discord: Discord
) -> None:
    await left_by_a_run_before(start)
    with closing(held(path)):
        await fill(path, clock, discord)
    with closing(sqlite3.connect(path.with_stem("state-2"))) as file:
        before = counts(file)
    opened(path).close()
    with closing(sqlite3.connect(path)) as file:
        after = counts(file)
    assert 0 not in before.values()
    assert {table: after[table] for table in before if after[table] < before[table]} == {}


def counts(file: sqlite3.Connection) -> dict[str, int]:
    tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        table: file.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for (table,) in tables
    }


def test_a_file_that_was_taken_in_but_not_removed_is_not_taken_in_again(path: Path) -> None:
    opened(path).close()
    with closing(held(path)):
        other = opened(path)
        changed(other, "once")
        other.close()
    shutil.copy(path.with_stem("state-2"), path.with_stem("kept"))
    opened(path).close()
    shutil.copy(path.with_stem("kept"), path.with_stem("state-2"))
    again = opened(path)
    assert changes(again) == ["once"]
    assert not path.with_stem("state-2").exists()
    again.close()


def test_the_file_of_another_bot_is_left_alone(path: Path) -> None:
    named_like_ours = opened(path.with_stem("state-2"))  # that bot's own STATE_PATH
    named_like_ours.close()
    opened(path).close()
    with closing(held(path)):
        of_another = opened(path, owner="another")
        changed(of_another, "of another")
        assert of_another.path.name == "state-3.sqlite3"
        of_another.close()
    ours = opened(path)
    assert changes(ours) == []
    names = [file.name for file in sorted(path.parent.glob("*.sqlite3"))]
    assert names == ["state-2.sqlite3", "state-3.sqlite3", "state.sqlite3"]
    ours.close()


def test_a_damaged_file_of_another_run_is_kept_by_name_and_its_readable_rows_are_taken_in(
    path: Path,
) -> None:
    opened(path).close()
    with closing(held(path)):
        other = opened(path)
        changed(other, "readable")
        other.close()
    with closing(sqlite3.connect(path.with_stem("state-2"))) as file:
        file.execute("ALTER TABLE silences DROP COLUMN by")
        file.commit()
    ours = opened(path)
    assert changes(ours) == ["readable"]
    assert ours.trouble is not None
    assert "state-2.sqlite3 is not readable (its table silences has other columns)" in ours.trouble
    assert len(list(path.parent.glob("state-2.sqlite3.unfit-*"))) == 1
    ours.close()


async def test_a_live_process_is_not_disturbed_by_the_other_that_looks(path: Path) -> None:
    ours, theirs = opened(path), opened(path)
    assert not await ours.take_in()
    assert not await theirs.take_in()
    changed(ours, "ours")
    changed(theirs, "theirs")
    assert (changes(ours), changes(theirs)) == (["ours"], ["theirs"])
    await asyncio.to_thread(ours.close)
    assert await theirs.take_in()
    assert changes(theirs) == ["theirs", "ours"]
    assert is_gone(path)
    theirs.close()


async def test_what_another_bot_leaves_is_not_taken_in_before_a_login_tells_whose_it_is(
    path: Path,
) -> None:
    theirs, ours = opened(path, owner="unknown-1"), opened(path, owner="unknown-2")
    changed(theirs, "theirs")
    await asyncio.to_thread(theirs.close)
    assert not await ours.take_in()
    ours.belong_to("2").result()
    assert (await ours.take_in(), changes(ours)) == (False, [])
    ours.close()


async def test_what_this_bot_has_left_is_taken_in_once_its_login_tells_which_it_is(
    path: Path,
) -> None:
    theirs, ours = opened(path, owner="unknown-1"), opened(path, owner="unknown-2")
    theirs.belong_to("2").result()
    changed(theirs, "of an old process")
    await asyncio.to_thread(theirs.close)
    assert not await ours.take_in()
    ours.belong_to("2").result()
    assert (await ours.take_in(), changes(ours)) == (True, ["of an old process"])
    ours.close()

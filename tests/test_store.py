from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from services.store import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL);"


def insert(text: str) -> Work:
    return Work(text)


class Work:
    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO notes VALUES (?)", (self.text,))


def all_notes(connection: sqlite3.Connection) -> list[str]:
    return [row["text"] for row in connection.execute("SELECT text FROM notes ORDER BY rowid")]


def opened(path: Path) -> Database:
    database = Database(path, (SCHEMA,), clock=lambda: 1_700_000_000.0)
    database.open()
    return database


async def test_what_is_written_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "state" / "bot.sqlite3"
    database = opened(path)
    await database.run(insert("one"))
    database.submit(insert("two"))
    database.close()
    database = opened(path)
    assert await database.run(all_notes) == ["one", "two"]
    assert database.trouble is None
    database.close()


async def test_work_that_raises_is_rolled_back_and_the_next_work_goes_on(tmp_path: Path) -> None:
    def half_done(connection: sqlite3.Connection) -> None:
        insert("lost")(connection)
        raise ValueError("stop")

    database = opened(tmp_path / "bot.sqlite3")
    with pytest.raises(ValueError, match="stop"):
        await database.run(half_done)
    await database.run(insert("kept"))
    assert await database.run(all_notes) == ["kept"]
    database.close()


async def test_work_runs_on_the_thread_of_the_database(tmp_path: Path) -> None:
    database = opened(tmp_path / "bot.sqlite3")
    name = await database.run(lambda _: threading.current_thread().name)
    assert name == "debugcog-store_0"
    database.close()


async def test_every_commit_is_synced_and_readers_do_not_block(tmp_path: Path) -> None:
    database = opened(tmp_path / "bot.sqlite3")

    def pragmas(connection: sqlite3.Connection) -> tuple[str, int]:
        journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
        return journal, connection.execute("PRAGMA synchronous").fetchone()[0]

    assert await database.run(pragmas) == ("wal", 2)
    database.close()


async def test_a_corrupt_file_is_kept_under_another_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "bot.sqlite3"
    path.write_bytes(b"this is not a database, " * 100)
    database = opened(path)
    await database.run(insert("fresh"))
    assert await database.run(all_notes) == ["fresh"]
    database.close()
    aside = tmp_path / "bot.sqlite3.corrupt-1700000000"
    assert aside.read_bytes().startswith(b"this is not a database, ")
    assert database.trouble == (
        f"{path} is not readable (file is not a database); "
        "it was kept as bot.sqlite3.corrupt-1700000000"
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("blocked", ["folder", "file"])
async def test_without_a_place_to_write_state_lives_in_memory(tmp_path: Path, blocked: str) -> None:
    path = tmp_path / "taken" / "bot.sqlite3"
    if blocked == "folder":
        (tmp_path / "taken").write_text("a file where the folder should be")
    else:
        path.mkdir(parents=True)
    database = opened(path)
    await database.run(insert("for now"))
    assert await database.run(all_notes) == ["for now"]
    assert database.trouble is not None
    assert database.trouble.endswith("state is lost with the process")
    database.close()


async def test_a_file_that_another_bot_has_open_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("services.store.PATIENCE", 0.01)
    path = tmp_path / "bot.sqlite3"
    bots = [opened(path), opened(path), opened(path)]
    assert [bot.path.name for bot in bots] == ["bot.sqlite3", "bot-2.sqlite3", "bot-3.sqlite3"]
    assert [bot.trouble for bot in bots] == [None, None, None]
    assert caplog.messages[0] == (
        f"State file in use by another bot: {path}; this one tries {tmp_path / 'bot-2.sqlite3'}. "
        "Give each process a STATE_PATH of its own"
    )
    bots[1].close()
    again = opened(path)
    assert again.path.name == "bot-2.sqlite3"
    for bot in (bots[0], bots[2], again):
        bot.close()


async def test_a_restart_waits_for_the_process_before_it(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    before = opened(path)
    timer = threading.Timer(0.3, before.close)
    timer.start()
    after = opened(path)
    assert after.path == path
    after.close()
    timer.join()


def test_closing_twice_is_harmless_and_ends_the_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    database = opened(tmp_path / "bot.sqlite3")
    database.close()
    database.close()
    assert set(threading.enumerate()) == before
    with pytest.raises(RuntimeError):
        database.submit(all_notes)

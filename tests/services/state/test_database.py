from __future__ import annotations

import errno
import gc
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from services.debugcog.state.connection import connect
from services.debugcog.state.database import Database
from services.debugcog.state.merge import Merge
from services.debugcog.state.rows import as_record, readable
from services.debugcog.state.state_file import StateFile
from tests.clock import Clock

ROOT = Path(__file__).parents[3]
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


async def test_a_query_takes_no_write_lock(tmp_path: Path) -> None:
    database = opened(tmp_path / "bot.sqlite3")
    await database.run(insert("one"))
    statements = await database.run(traced)
    assert await database.query(all_notes) == ["one"]
    assert statements[1:] == ["BEGIN", "SELECT text FROM notes ORDER BY rowid", "COMMIT"]
    database.close()


def traced(connection: sqlite3.Connection) -> list[str]:
    """List what is executed from now on; the end of this transaction comes first."""
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    return statements


async def test_a_query_that_writes_is_rolled_back_and_refused(tmp_path: Path) -> None:
    database = opened(tmp_path / "bot.sqlite3")
    with pytest.raises(RuntimeError, match="a query must not write"):
        await database.query(insert("one"))
    assert await database.query(all_notes) == []
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
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
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


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a mount of its own")
def test_a_damaged_file_that_is_mounted_alone_is_told_with_the_folder_to_mount(
    tmp_path: Path,
) -> None:
    host, path = tmp_path / "host.sqlite3", tmp_path / "bot.sqlite3"
    host.write_bytes(b"damaged" * 1000)
    path.touch()
    script = (
        "import pathlib, sys\n"
        "from services.debugcog.state.database import Database\n"
        f"database = Database(pathlib.Path(sys.argv[1]), ({SCHEMA!r},)); database.open()\n"
        "print(database.trouble); database.close()\n"
    )
    mount = 'mount --bind "$1" "$2" && exec "$0" -c "$3" "$2"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, sys.executable, str(host), str(path), script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    if re.search("^(unshare|mount): ", done.stderr, re.MULTILINE):
        pytest.skip(f"this machine allows no mounts: {done.stderr.strip()}")
    assert done.stdout.endswith(
        "; fix: mount the folder, not the file alone, which then cannot be renamed; "
        "state is lost with the process\n"
    )


def second_process(path: Path, *then: str) -> subprocess.Popen[str]:
    """Start a process that opens the state, does something, and prints which file it has."""
    script = (
        "import os, pathlib, sys\n"
        "from services.debugcog.state import files\n"
        "from services.debugcog.state.database import Database\n"
        "files.PATIENCE = 0.01\n"
        f"database = Database(pathlib.Path(sys.argv[1]), ({SCHEMA!r},)); database.open()\n"
        "print(database.path.name, flush=True)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script + "\n".join((*then, "database.close()")), str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the lock is one of Linux")
async def test_a_backup_that_the_bot_makes_of_its_folder_lets_no_other_process_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.sqlite3"
    database = opened(path)
    await database.run(insert("before"))
    shutil.make_archive(str(tmp_path / "backup"), "zip", tmp_path)
    with second_process(path) as second:
        assert second.communicate(timeout=30)[0] == "bot-2.sqlite3\n"
    await database.run(insert("after"))
    database.close()
    again = opened(path)
    assert await again.run(all_notes) == ["before", "after"]
    again.close()
    assert names_in(tmp_path) == ["backup.zip", "bot.sqlite3"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_that_outlives_the_bot_does_not_keep_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
    path = tmp_path / "bot.sqlite3"
    child = "if os.fork() == 0: sys.stdin.read(); os._exit(0)"
    with second_process(path, child, "print('forked', flush=True); os._exit(9)") as second:
        assert second.stdout
        assert [second.stdout.readline() for _ in range(2)] == ["bot.sqlite3\n", "forked\n"]
        assert second.wait(30) == 9
        database = opened(path)
        assert database.path == path
        database.close()


async def test_a_restart_waits_for_the_process_before_it(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    before = opened(path)
    timer = threading.Timer(0.3, before.close)
    timer.start()
    after = opened(path)
    assert after.path == path
    after.close()
    timer.join()


def locked(target: str, patience: float = 0.0) -> sqlite3.Connection:
    """Refuse every lock of a file, as SQLite does on a network disk that has none."""
    if target == ":memory:":
        return connect(target)
    Path(target).touch()
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise error


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_disk_without_locks_is_told_once_and_no_file_is_left_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    path = tmp_path / "bot.sqlite3"
    with monkeypatch.context() as patch:
        for module in ("files", "state_file", "disk_locks"):
            patch.setattr(f"services.debugcog.state.{module}.connect", locked)
        database = Database(path, (SCHEMA,), clock)
        database.open()
        await database.run(insert("in memory"))
        clock.now += 60
        assert await database.run(all_notes) == ["in memory"]
        assert names_in(tmp_path) == []
    (line,) = caplog.messages
    assert line == (
        f"State kept in memory only: {path} cannot be used "
        f"({OSError(errno.ENOLCK, 'this disk has no locks')}); "
        "fix: let STATE_PATH name a file on a local disk; state is lost with the process"
    )
    database.close()
    assert names_in(tmp_path) == ["bot.sqlite3"]


async def test_rows_of_before_are_read_on_a_disk_that_has_no_locks_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite3"
    first = opened(path)
    await first.run(insert("before"))
    first.close()
    for module in ("files", "state_file", "disk_locks"):
        monkeypatch.setattr(f"services.debugcog.state.{module}.connect", locked)
    database = opened(path)
    assert await database.run(all_notes) == ["before"]
    assert names_in(tmp_path) == ["bot.sqlite3"]
    database.close()


@dataclass(frozen=True)
class Note:
    text: int | str


def first_note(connection: sqlite3.Connection) -> Note | None:
    found = connection.execute("SELECT rowid AS row_id, text FROM notes")
    return next(readable(connection, "notes", found, as_record(Note)), None)


async def test_a_restart_in_one_process_finds_the_file_free_whatever_was_read_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
    path = tmp_path / "bot.sqlite3"
    before = opened(path)
    for text in ("one", "two"):
        await before.run(insert(text))
    gc.disable()  # what the garbage collector has to free may stay for minutes
    try:
        assert await before.query(first_note) == Note("one")
        before.close()
        after = opened(path)
        assert after.path == path
        after.close()
    finally:
        gc.enable()


async def test_a_link_to_the_file_stays_a_link_when_the_file_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    real, link = tmp_path / "volume" / "bot.sqlite3", tmp_path / "bot.sqlite3"
    real.write_bytes(b"this is not a database, " * 100)
    link.symlink_to(real)
    database = opened(link)
    await database.run(insert("fresh"))
    database.close()
    assert sorted(file.name for file in real.parent.iterdir()) == [
        "bot.sqlite3",
        "bot.sqlite3.corrupt-1700000000",
    ]
    assert link.is_symlink()


def test_closing_twice_is_harmless_and_ends_the_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    database = opened(tmp_path / "bot.sqlite3")
    database.close()
    database.close()
    assert set(threading.enumerate()) <= before
    with pytest.raises(RuntimeError):
        database.submit(all_notes)


def full(connection: sqlite3.Connection) -> None:
    """Let the file have no page more than it has, as on a full disk."""
    connection.execute("PRAGMA max_page_count = 1")


def large(connection: sqlite3.Connection) -> None:
    insert("x" * 100_000)(connection)


@pytest.fixture
def clock() -> Clock:
    return Clock(1_700_000_000.0)


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    database = Database(tmp_path / "bot.sqlite3", (SCHEMA,), clock)
    database.open()
    database.submit(insert("before")).result()
    yield database
    database.close()


async def test_on_a_full_disk_it_goes_on_in_memory_with_all_that_was_there(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database.submit(full)
    await database.run(large)
    await database.run(insert("after"))
    assert [note[:6] for note in await database.run(all_notes)] == ["before", "xxxxxx", "after"]
    assert database.trouble == (
        f"{tmp_path / 'bot.sqlite3'} cannot be used (database or disk is full); "
        "fix: free space on its disk; state is lost with the process"
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_what_was_kept_in_memory_is_in_the_file_when_there_is_room_again(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    database.submit(full)
    await database.run(large)
    clock.now += 60
    await database.run(insert("after"))
    assert database.trouble is None
    database.close()
    second = opened(tmp_path / "bot.sqlite3")
    assert [note[:6] for note in await second.run(all_notes)] == ["before", "xxxxxx", "after"]
    second.close()


async def test_the_last_chance_of_what_lives_in_memory_is_the_end(
    database: Database, tmp_path: Path
) -> None:
    database.submit(full)
    await database.run(large)
    database.close()
    second = opened(tmp_path / "bot.sqlite3")
    assert [note[:6] for note in await second.run(all_notes)] == ["before", "xxxxxx"]
    second.close()


async def test_another_process_does_not_get_the_file_whose_rows_live_in_memory(
    database: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.01)
    database.submit(full)
    await database.run(large)
    other = opened(tmp_path / "bot.sqlite3")
    await other.run(insert("of the other"))
    other.close()
    assert other.path == tmp_path / "bot-2.sqlite3"
    clock.now += 60
    await database.run(insert("after"))
    database.close()
    second = opened(tmp_path / "bot.sqlite3")
    assert [note[:6] for note in await second.run(all_notes)] == [
        *("before", "xxxxxx", "after"),
        "of the",
    ]
    second.close()


async def test_a_clock_that_is_set_back_does_not_keep_state_in_memory(
    database: Database, clock: Clock
) -> None:
    database.submit(full)
    await database.run(large)
    clock.now -= 86_400
    await database.run(insert("after"))
    assert database.trouble is None


def test_a_file_that_was_never_opened_is_not_looked_after(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    state = StateFile(path, (SCHEMA,), Clock(1_700_000_000.0))
    state.connection = state.connect(":memory:")
    state.look_after()
    assert (path.exists(), state.trouble) == (False, None)
    state.close()


async def test_while_the_file_cannot_be_opened_memory_is_kept(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    database.submit(full)
    await database.run(large)
    replace_by_folder(tmp_path)
    clock.now += 60
    await database.run(insert("after"))
    assert [note[:6] for note in await database.run(all_notes)] == ["before", "xxxxxx", "after"]
    assert database.trouble is not None


def replace_by_folder(folder: Path) -> None:
    for file in folder.glob("bot.sqlite3*"):
        file.unlink()
    (folder / "bot.sqlite3").mkdir()


def delete(folder: Path) -> None:
    for file in folder.glob("bot.sqlite3*"):
        file.unlink()


@pytest.mark.parametrize("seconds", [60.0, 1.0])  # seen at work, or at the end
async def test_a_file_that_is_deleted_while_it_is_open_is_written_anew(
    database: Database,
    clock: Clock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    seconds: float,
) -> None:
    delete(tmp_path)
    clock.now += seconds
    await database.run(insert("after"))
    database.close()
    assert database.trouble is None
    assert "it was deleted" in caplog.text
    second = opened(tmp_path / "bot.sqlite3")
    assert await second.run(all_notes) == ["before", "after"]
    second.close()


async def test_a_file_found_corrupt_at_work_is_put_aside_and_what_is_readable_goes_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.sqlite3"
    schemas = (SCHEMA, "CREATE TABLE IF NOT EXISTS rest (text TEXT);")
    database = Database(path, schemas, lambda: 1_700_000_000.0)
    database.open()
    await database.run(insert("before"))
    page = await database.run(root_page_of_rest)
    database.close()
    spoil(path, page)
    database = Database(path, schemas, lambda: 1_700_000_000.0)
    database.open()
    await database.run(lambda connection: connection.execute("INSERT INTO rest VALUES ('x')"))
    assert await database.run(all_notes) == ["before"]
    assert database.trouble is not None
    assert database.trouble.endswith("it was kept as bot.sqlite3.corrupt-1700000000")
    assert (tmp_path / "bot.sqlite3.corrupt-1700000000").exists()
    database.close()


def root_page_of_rest(connection: sqlite3.Connection) -> int:
    sql = "SELECT rootpage FROM sqlite_master WHERE name = 'rest'"
    return int(connection.execute(sql).fetchone()[0])


def spoil(path: Path, page: int) -> None:
    """Overwrite a page of a database file."""
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


def test_an_error_of_the_work_itself_is_none_of_the_file(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        database.submit(lambda connection: connection.execute("SELECT * FROM nowhere")).result()
    assert database.trouble is None


async def test_what_lives_in_memory_is_written_when_the_process_is_about_to_end(
    database: Database, tmp_path: Path
) -> None:
    database.submit(full)
    await database.run(large)
    database.write_back().result(10)
    assert database.trouble is None
    database.close()
    second = opened(tmp_path / "bot.sqlite3")
    assert [note[:6] for note in await second.run(all_notes)] == ["before", "xxxxxx"]
    second.close()


async def test_a_file_that_cannot_be_written_at_the_start_is_read_and_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(1_700_000_000.0)
    path = tmp_path / "bot.sqlite3"
    first = opened(path)
    await first.run(insert("before"))
    first.close()
    with monkeypatch.context() as patch:
        patch.setattr("services.debugcog.state.files.connect", refused)
        database = Database(path, (SCHEMA,), clock)
        database.open()
    assert await database.run(all_notes) == ["before"]
    assert str(database.trouble).endswith("state is lost with the process")
    await database.run(insert("in memory"))
    clock.now += 60
    await database.run(insert("in the file"))
    assert database.trouble is None
    database.close()
    second = opened(path)
    assert await second.run(all_notes) == ["before", "in memory", "in the file"]
    second.close()


def refused(target: str, patience: float) -> NoReturn:
    """Refuse to write, as a file system does that is mounted to be read only."""
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY
    raise error


def test_of_an_empty_file_on_a_full_disk_nothing_is_said_to_be_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "bot.sqlite3"
    path.touch()
    monkeypatch.setattr("services.debugcog.state.files.connect", refused)
    database = opened(path)
    assert [record.getMessage() for record in caplog.records] == [
        f"State kept in memory only: {database.trouble}"
    ]
    database.close()


async def unreadable_at_the_start(
    path: Path,
    clock: Clock,
    modules: Sequence[Callable[[Merge], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> Database:
    """Open a file with one row as if it could not be read, so that state is in memory."""
    first = opened(path)
    await first.run(insert("before"))
    first.close()
    with monkeypatch.context() as patch:
        patch.setattr("services.debugcog.state.files.connect", refused)
        patch.setattr("services.debugcog.state.files.connect_to_read", refused_to_read)
        database = Database(path, (SCHEMA,), clock, take_in=modules)
        database.open()
    return database


async def test_a_file_that_could_not_be_read_at_the_start_keeps_its_rows_at_the_end(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite3"
    database = await unreadable_at_the_start(path, clock, [take_in_notes], monkeypatch)
    assert await database.run(all_notes) == []
    await database.run(insert("in memory"))
    database.close()
    second = opened(path)
    assert await second.run(all_notes) == ["before", "in memory"]
    second.close()


def refused_to_read(path: Path) -> NoReturn:
    raise sqlite3.OperationalError("unable to open database file")


def take_in_notes(merge: Merge) -> None:
    for row in merge.rows("notes"):
        merge.add("notes", row)


async def test_a_log_that_a_kill_left_beside_the_file_is_read_and_a_lost_one_costs_its_rows(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.sqlite3"
    database = opened(path)
    await database.run(insert("one"))
    left = {end: (tmp_path / f"bot.sqlite3{end}").read_bytes() for end in ("", "-wal")}
    database.close()
    for name, ends, notes in (("left", ("", "-wal"), ["one"]), ("lost", ("",), [])):
        for end in ends:
            (tmp_path / f"{name}.sqlite3{end}").write_bytes(left[end])
        database = opened(tmp_path / f"{name}.sqlite3")
        assert await database.run(all_notes) == notes
        database.close()


@pytest.mark.skipif(os.name == "nt", reason="the system's locks there are not to be left out")
def test_a_log_whose_index_cannot_be_made_is_read_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened(tmp_path / "bot.sqlite3")
    database.submit(insert("one")).result()
    path = tmp_path / "left.sqlite3"
    for end in ("", "-wal"):
        Path(f"{path}{end}").write_bytes((tmp_path / f"bot.sqlite3{end}").read_bytes())
    database.close()
    Path(f"{path}-shm").mkdir()  # in a folder that is read-only, root could make one
    with monkeypatch.context() as patch:
        patch.setattr("services.debugcog.state.files.connect", refused)
        database = opened(path)
    assert database.submit(all_notes).result() == ["one"]
    database.close()


async def test_the_file_of_a_live_process_is_not_read_past_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite3"
    live = opened(path)
    await live.run(insert("of the other"))
    with monkeypatch.context() as patch:
        patch.setattr("services.debugcog.state.files.connect", refused)
        database = Database(path, (SCHEMA,), take_in=(take_in_notes,))
        database.open()
    await database.run(insert("in memory"))
    live.close()
    database.close()
    second = opened(path)
    assert await second.run(all_notes) == ["of the other", "in memory"]
    second.close()


async def test_a_log_without_its_file_and_an_empty_file_are_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite3"
    path.touch()
    (tmp_path / "bot.sqlite3-wal").write_bytes(b"of another file" * 100)
    database = opened(path)
    await database.run(insert("one"))
    assert (await database.run(all_notes), database.trouble) == (["one"], None)
    database.close()


TERMINATED = """
import asyncio, logging, os, resource, signal
import discord
from discord.ext import commands
import debugcog

START = "debugcog-start"

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("debugcog")
        await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == START))
        service = bot.get_cog("DebugCog").runtime.alerting.service
        room = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, room[1]))
        await service.note("While the disk was full")
        print(bot.get_cog("DebugCog").runtime.database.trouble, flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, room)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(20)

logging.root.addHandler(logging.NullHandler())
asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
def test_sigterm_after_a_full_disk_leaves_all_in_the_file(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LOG_TO_FILE": "false"}
    environment["STATE_PATH"] = "bot.sqlite3"
    done = subprocess.run(
        [sys.executable, "-c", TERMINATED],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGTERM
    assert "state is lost with the process" in done.stdout
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as file:
        (last,) = file.execute("SELECT text FROM changes ORDER BY id DESC").fetchone()
        assert last == "While the disk was full"
        assert file.execute("SELECT stopped FROM runs").fetchall() == [(1,)]


async def test_a_file_that_can_be_opened_again_is_taken_while_the_bot_runs_and_keeps_its_rows(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite3"
    database = await unreadable_at_the_start(path, clock, [take_in_notes], monkeypatch)
    await database.run(insert("in memory"))
    assert str(database.trouble).endswith("state is lost with the process")
    clock.now += 60
    await database.run(insert("in the file"))
    assert (database.path, database.trouble) == (path, None)
    assert await database.take_in(), "who keeps rows in memory has to read them once more"
    assert not await database.take_in()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        (tables,) = file.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'notes'")
        assert tables == (1,)
    assert sorted(await database.run(all_notes)) == ["before", "in memory", "in the file"]
    database.close()
    second = opened(path)
    assert sorted(await second.run(all_notes)) == ["before", "in memory", "in the file"]
    second.close()


async def test_a_file_that_cannot_be_taken_in_is_given_what_was_kept_at_the_end(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(merge: Merge) -> None:
        raise ValueError("not yet")

    path, modules = tmp_path / "bot.sqlite3", [fails]
    database = await unreadable_at_the_start(path, clock, modules, monkeypatch)
    clock.now += 60
    await database.run(insert("in memory"))
    assert str(database.trouble).endswith("state is lost with the process")
    modules[:] = [take_in_notes]
    database.close()
    second = opened(path)
    assert await second.run(all_notes) == ["before", "in memory"]
    second.close()


@pytest.mark.skipif(os.name == "nt", reason="there, an open file cannot be replaced")
async def test_a_file_that_is_replaced_while_it_is_open_is_written_anew_and_the_other_is_kept(
    tmp_path: Path, clock: Clock
) -> None:
    path, backup = tmp_path / "bot.sqlite3", tmp_path / "backup"
    first = opened(path)
    await first.run(insert("old"))
    first.close()
    backup.write_bytes(path.read_bytes())
    database = Database(path, (SCHEMA,), clock)
    database.open()
    await database.run(insert("before"))
    backup.replace(path)
    clock.now += 60
    await database.run(insert("after"))
    assert database.trouble is None
    database.close()
    for name, notes in (
        ("bot.sqlite3", ["old", "before", "after"]),
        ("bot.sqlite3.replaced-1700000060", ["old"]),
    ):
        with closing(sqlite3.connect(tmp_path / name)) as file:
            assert [text for (text,) in file.execute("SELECT text FROM notes")] == notes


def of_another_program(path: Path, script: str) -> bytes:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(f"CREATE TABLE users (id INTEGER PRIMARY KEY, coins); {script}")
    return path.read_bytes()


@pytest.mark.parametrize(
    "script",
    [
        "",
        "PRAGMA user_version = 12;",
        "PRAGMA journal_mode = WAL;",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, title, body);",
    ],
)
async def test_the_file_of_another_program_is_left_as_it_is(
    tmp_path: Path, script: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "bot.db"
    before = of_another_program(path, script)
    for notes in (["one"], ["one", "one"]):
        database = opened(path)
        await database.run(insert("one"))
        assert await database.run(all_notes) == notes
        assert not await database.take_in()
        with closing(sqlite3.connect(path, timeout=0)) as host:
            host.execute("SELECT * FROM users").fetchall()
        database.close()
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["bot-2.db", "bot.db"]  # noqa: PTH208 - it is async
    assert caplog.messages[0] == (
        f"STATE_PATH names the file of another program: {path}; it is left as it is, and "
        f"{tmp_path / 'bot-2.db'} is tried. Let STATE_PATH name a file of the bot's own"
    )


@pytest.mark.skipif(os.name == "nt", reason="there, an open file cannot be replaced")
async def test_a_file_of_another_program_in_the_place_of_ours_is_not_written(
    tmp_path: Path, clock: Clock
) -> None:
    path, other = tmp_path / "bot.sqlite3", tmp_path / "other.db"
    before = of_another_program(other, "")
    database = Database(path, (SCHEMA,), clock)
    database.open()
    other.replace(path)
    clock.now += 60
    await database.run(insert("one"))
    assert await database.run(all_notes) == ["one"]
    assert "the file of another program is in its place" in str(database.trouble)
    database.close()
    assert path.read_bytes() == before

"""Records reach the file whole, the file rotates, and a file that fails is tried again."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from services.debugcog.logfile import file_lock, rotation
from services.debugcog.logfile.file import RotatingFile
from tests.clock import Clock

Rotate = Callable[[Path, int], None]
Replace = Callable[[Path, Path], Path]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such lock")


@pytest.fixture
def clock() -> Clock:
    return Clock(100.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "bot.log"


def contents(path: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(path.parent.iterdir())}


def needs(device: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not Path(device).exists(), reason=f"no {device} on this system")


def test_its_directory_is_made_and_records_are_there_at_once(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n", b"two\n"])
    assert contents(path) == {"bot.log": "one\ntwo\n"}
    file.close()
    assert file.news == []


def test_it_goes_on_where_the_last_process_ended(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    path.write_text("old\ntorn rec")
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"new\n"])
    file.close()
    file.write([b"newer\n"])
    file.close()
    assert path.read_text() == "old\ntorn rec\nnew\nnewer\n"


def test_it_rotates_between_records_and_keeps_as_many_as_asked_for(
    path: Path, clock: Clock
) -> None:
    file = RotatingFile(path, 10, 2, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n", b"a record that is longer\n", b"eeee\n"])
    assert contents(path) == {
        "bot.log": "eeee\n",
        "bot.log.1": "a record that is longer\n",
        "bot.log.2": "cccc\n",
    }
    file.write([b"ffff\n", b"gggg\n"])
    assert contents(path) == {
        "bot.log": "gggg\n",
        "bot.log.1": "eeee\nffff\n",
        "bot.log.2": "a record that is longer\n",
    }
    file.close()


def test_the_size_of_an_existing_file_counts(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    path.write_text("12345678\n")
    file = RotatingFile(path, 10, 5, clock)
    file.write([b"new\n"])
    file.close()
    assert contents(path) == {"bot.log": "new\n", "bot.log.1": "12345678\n"}


def test_without_backups_it_starts_afresh(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 10, 0, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    file.close()
    assert contents(path) == {"bot.log": "cccc\n"}


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of an open file")
def test_a_file_that_was_moved_or_deleted_is_made_anew(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n"])
    path.rename(path.with_name("moved"))
    clock.now += 1
    file.write([b"two\n"])
    assert contents(path) == {"bot.log": "two\n", "moved": "one\n"}
    path.unlink()
    path.write_text("begun by another\n")
    clock.now += 1
    file.write([b"three\n"])
    assert path.read_text() == "begun by another\nthree\n"
    file.close()


def test_a_truncated_file_has_its_whole_room_again(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 10, 5, clock)
    file.write([b"12345678\n"])
    os.truncate(path, 0)
    clock.now += 1
    file.write([b"new\n"])
    file.close()
    assert contents(path) == {"bot.log": "new\n"}


def test_a_directory_in_its_place_is_told_once_with_the_fix(path: Path, clock: Clock) -> None:
    path.mkdir(parents=True)
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n"])
    clock.now += 6
    file.write([b"two\n"])
    assert file.failing
    assert file.news == [
        (
            logging.ERROR,
            (
                f"Log file cannot be written: {path}: Is a directory; fix: let LOG_FILE_PATH name a"
                f" file, {path} is a directory; records go to the console, next try in 5 s"
            ),
        )
    ]


def test_a_file_in_place_of_its_directory_is_told(path: Path, clock: Clock) -> None:
    path.parent.write_text("")
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n"])
    assert (
        f"fix: move the file {path.parent} away, a directory is needed there, or change"
        " LOG_FILE_PATH;"
    ) in file.news[0][1]


def test_a_directory_without_permission_is_told(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:  # root may write anywhere, so it takes a fault
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n"])
    assert f"Permission denied; fix: chmod 755 {path.parent};" in file.news[0][1]


@needs("/dev/full")
def test_a_full_disk_loses_records_by_count_and_is_tried_again(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    file = RotatingFile(path, 1000, 5, clock)
    file.write([b"one\n", b"two\n"])
    assert "No space left on device; fix: free space on its disk;" in file.news.pop()[1]
    path.unlink()
    file.write([b"three\n"])
    assert not path.exists()
    clock.now += 5
    file.write([b"four\n"])
    assert path.read_text() == "four\n"
    assert not file.failing
    assert file.news == [
        (logging.WARNING, f"Log file is written again: {path}; 3 records are missing")
    ]
    file.close()


def test_a_log_that_is_mounted_alone_is_told_with_the_folder_to_mount(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> Path:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(source), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    file = RotatingFile(path, 10, 1, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    ((_, told),) = file.news
    assert told == (
        f"Log file cannot be rotated: {path}: {os.strerror(errno.EBUSY)}; fix: mount the folder, "
        "not the file alone, which then cannot be renamed; it grows meanwhile"
    )
    file.close()


@pytest.mark.parametrize("backups", [0, 2])
def test_of_a_file_that_is_moved_in_the_moment_before_its_rotation_nothing_is_lost(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, backups: int
) -> None:
    def moved(file: Path, count: int, rotate: Rotate = rotation.rotate) -> None:
        file.rename(file.with_name("moved"))
        rotate(file, count)

    file = RotatingFile(path, 10, backups, clock)
    file.write([b"aaaa\n", b"bbbb\n"])
    monkeypatch.setattr(rotation, "rotate", moved)
    file.write([b"cccc\n", b"dddd\n"])
    monkeypatch.undo()
    assert contents(path) == {"bot.log": "cccc\ndddd\n", "moved": "aaaa\nbbbb\n"}
    file.close()
    assert file.news == []


def test_of_a_file_that_is_moved_during_its_rotation_nothing_is_lost(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def moved(source: Path, target: Path, replace: Replace = Path.replace) -> Path:
        if source == path:
            source.rename(source.with_name("moved"))
        return replace(source, target)

    file = RotatingFile(path, 10, 2, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n", b"dddd\n"])
    monkeypatch.setattr(Path, "replace", moved)
    file.write([b"eeee\n"])
    monkeypatch.undo()
    assert contents(path) == {
        "bot.log": "eeee\n",
        "bot.log.1": "aaaa\nbbbb\n",
        "moved": "cccc\ndddd\n",
    }
    file.write([b"ffff\n", b"gggg\n"])
    assert contents(path) == {
        "bot.log": "gggg\n",
        "bot.log.1": "eeee\nffff\n",
        "bot.log.2": "aaaa\nbbbb\n",
        "moved": "cccc\ndddd\n",
    }
    file.close()
    assert file.news == []


def test_what_cannot_be_rotated_is_told_and_written_on(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 10, 1, clock)
    obstacle = path.with_name("bot.log.1") / "x"
    obstacle.mkdir(parents=True)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n", b"dddd\n"])
    assert path.read_text() == "aaaa\nbbbb\ncccc\ndddd\n"
    assert file.news == [
        (
            logging.ERROR,
            (
                f"Log file cannot be rotated: {path}: Is a directory; fix: move the directory"
                f" {path}.1 away; it grows meanwhile"
            ),
        ),
    ]
    file.write([b"as much\n", b"as much\n"])
    assert len(file.news) == 1
    obstacle.rmdir()
    obstacle.parent.rmdir()
    file.write([b"eeee\n", b"ffff\n", b"gggg\n"])
    assert path.read_text() == "gggg\n"
    assert file.news[1:] == [(logging.WARNING, f"Log file is rotated again: {path}")]
    file.close()


@pytest.mark.parametrize("refused", ["bot.log", "bot.log.1", "bot.log.2", "bot.log.3"])
def test_where_one_file_cannot_be_renamed_all_stay_and_the_log_goes_on(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    path.parent.mkdir()
    old = {f"bot.log.{number}": f"older {number}\n" for number in (1, 2, 3)}
    for name, text in old.items():
        path.with_name(name).write_text(text)
    real = Path.replace

    def replace(source: Path, target: Path) -> Path:  # Windows, while another program has it open
        if source.name == refused:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    file = RotatingFile(path, 1_000, 3, clock)
    lines = [f"{number:0399d}\n" for number in range(12)]
    for line in lines:
        file.write([line.encode()])
    assert contents(path) == {"bot.log": "".join(lines), **old}
    assert [level for level, _ in file.news] == [logging.ERROR]
    monkeypatch.undo()
    file.write([b"x" * 1_000 + b"\n"])
    assert contents(path) == {
        "bot.log": "x" * 1_000 + "\n",
        "bot.log.1": "".join(lines),
        "bot.log.2": "older 1\n",
        "bot.log.3": "older 2\n",
    }
    file.close()


def test_a_number_that_is_free_is_used_before_the_oldest_file_goes(
    path: Path, clock: Clock
) -> None:
    path.parent.mkdir()
    for number in (1, 3):
        path.with_name(f"bot.log.{number}").write_text(f"older {number}\n")
    file = RotatingFile(path, 10, 3, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    file.close()
    assert contents(path) == {
        "bot.log": "cccc\n",
        "bot.log.1": "aaaa\nbbbb\n",
        "bot.log.2": "older 1\n",
        "bot.log.3": "older 3\n",
    }


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
def test_a_link_stays_one_and_what_it_leads_to_is_rotated_where_it_is(
    path: Path, tmp_path: Path, clock: Clock
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    path.parent.mkdir()
    path.symlink_to(disk / "of-the-bot.log")
    file = RotatingFile(path, 10, 2, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    assert path.readlink() == disk / "of-the-bot.log"
    assert contents(path) == {"bot.log": "cccc\n"}
    assert contents(disk / "any") == {
        "of-the-bot.log": "cccc\n",
        "of-the-bot.log.1": "aaaa\nbbbb\n",
    }
    path.unlink()
    path.symlink_to(disk / "another.log")
    file.write([b"dddd\n"])
    assert (disk / "another.log").read_text() == "dddd\n"
    file.close()


@posix
def test_two_that_write_one_file_lose_nothing_and_one_rotates(path: Path, clock: Clock) -> None:
    first, second = RotatingFile(path, 20, 3, clock), RotatingFile(path, 20, 3, clock)
    for number in range(4):
        first.write([b"1st%d\n" % number])
        second.write([b"2nd%d\n" % number])
    assert contents(path) == {
        "bot.log": "1st2\n2nd2\n1st3\n2nd3\n",
        "bot.log.1": "1st0\n2nd0\n1st1\n2nd1\n",
    }
    assert (first.is_shared, second.is_shared) == (True, True)
    assert first.news == second.news == []
    first.close()
    second.close()


def test_one_alone_shares_its_file_with_nobody(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 20, 3, clock)
    for _ in range(9):
        file.write([b"line\n", b"line\n"])
    file.close()
    file.write([b"line\n"])
    file.close()
    assert not file.is_shared


@posix
def test_a_process_that_was_stopped_with_the_lock_holds_up_no_line(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr(file_lock, "WAIT_SECONDS", 0.01)
    path.parent.mkdir()
    with path.open("a") as stopped:
        fcntl.flock(stopped, fcntl.LOCK_EX)
        file = RotatingFile(path, 10, 3, clock)
        for line in (b"aaaa\n", b"bbbb\n", b"cccc\n"):
            file.write([line])
        assert contents(path) == {"bot.log": "aaaa\nbbbb\ncccc\n"}
        fcntl.flock(stopped, fcntl.LOCK_UN)
    file.write([b"dddd\n"])
    assert contents(path) == {"bot.log": "dddd\n", "bot.log.1": "aaaa\nbbbb\ncccc\n"}
    assert file.news == []
    file.close()


@posix
def test_a_disk_without_locks_is_written_and_rotated(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    file = RotatingFile(path, 10, 3, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    assert contents(path) == {"bot.log": "cccc\n", "bot.log.1": "aaaa\nbbbb\n"}
    file.close()


def test_a_disk_that_fills_up_in_a_batch_loses_what_is_not_whole_in_the_file(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = os.write, 7

    def write(file: int, text: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(file, text[:room])
        room -= written
        return written

    monkeypatch.setattr(os, "write", write)
    file = RotatingFile(path, 1_000, 3, clock)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n"])
    monkeypatch.undo()
    clock.now += 6
    file.write([b"dddd\n"])
    assert path.read_text() == "aaaa\nbb\ndddd\n"
    assert file.news[1][1].endswith("2 records are missing")
    file.close()

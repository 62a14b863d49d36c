"""Records reach the file whole, the file rotates, and a file that fails is tried again."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest

from services.debugcog.logfile.file import RotatingFile
from tests.clock import Clock


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


def test_what_cannot_be_rotated_is_told_and_written_on(path: Path, clock: Clock) -> None:
    file = RotatingFile(path, 10, 1, clock)
    obstacle = path.with_name("bot.log.1") / "x"
    obstacle.mkdir(parents=True)
    file.write([b"aaaa\n", b"bbbb\n", b"cccc\n", b"dddd\n"])
    assert path.read_text() == "aaaa\nbbbb\ncccc\ndddd\n"
    assert file.news == [
        (logging.ERROR, f"Log file cannot be rotated: {path}: Is a directory"),
    ]
    obstacle.rmdir()
    obstacle.parent.rmdir()
    file.write([b"eeee\n"])
    assert path.read_text() == "eeee\n"
    file.close()

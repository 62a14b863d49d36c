"""Records are found in all files of the log, from the newest back, whatever the files hold."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from services.debugcog.logfile.blocks import BLOCK
from services.debugcog.logfile.entry import entry_of
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.format import LineFormat
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.search import RotatedError, search
from tests.unreadable_file import UnreadableFile

DAY = "2026-11-23"
NEWEST = f"""\
{DAY} 16:00:03,500 [INFO] demo.chat: third user_id=3
{DAY} 16:00:04,000 [ERROR] demo.tts: no voice
  Traceback (most recent call last):
    File "tts.py", line 45, in generate
  ConnectionError: RVC refused
"""
OLDER = f"""\
{DAY} 16:00:01,000 [DEBUG] demo.chat: first
{DAY} 16:00:02,250 [WARNING] demo: second ÄRGER
"""


def at(clock: str) -> float:
    return time.mktime(time.strptime(f"{DAY} {clock}", "%Y-%m-%d %H:%M:%S"))


@pytest.fixture
def files(tmp_path: Path) -> LogFiles:
    (tmp_path / "bot.log").write_text(NEWEST, encoding="utf-8")
    (tmp_path / "bot.log.1").write_text(OLDER, encoding="utf-8")
    return LogFiles(tmp_path / "bot.log")


def messages(files: LogFiles, wanted: LogFilter, limit: int = 500) -> list[str]:
    return [line.message for line in search(files, wanted, limit).lines]


def test_without_a_filter_all_records_are_found_in_the_order_of_time(files: LogFiles) -> None:
    found = search(files, LogFilter(), 500)
    assert [line.message for line in found.lines] == [
        "first",
        "second ÄRGER",
        "third user_id=3",
        "no voice",
    ]
    assert (found.cursor, found.until) == ("", at("16:00:01"))


def test_a_record_has_its_time_level_logger_and_the_lines_below_it(files: LogFiles) -> None:
    (line,) = search(files, LogFilter(text="rvc"), 500).lines
    assert (line.time, line.level, line.logger, line.message) == (
        at("16:00:04"),
        "ERROR",
        "demo.tts",
        "no voice",
    )
    assert line.below == (
        "Traceback (most recent call last):",
        '  File "tts.py", line 45, in generate',
        "ConnectionError: RVC refused",
    )


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (LogFilter(level="WARNING"), ["second ÄRGER", "no voice"]),
        (LogFilter(logger="demo"), ["first", "second ÄRGER", "third user_id=3", "no voice"]),
        (LogFilter(logger="demo.chat"), ["first", "third user_id=3"]),
        (LogFilter(logger="demo.ch"), []),
        (LogFilter(logger="root"), ["first", "second ÄRGER", "third user_id=3", "no voice"]),
        (LogFilter(text="THIRD"), ["third user_id=3"]),
        (LogFilter(text="ärger"), ["second ÄRGER"]),
        (LogFilter(level="ERROR", logger="demo.tts", text="tts.py"), ["no voice"]),
        (LogFilter(level="ERROR", text="third"), []),
    ],
    ids=str,
)
def test_level_logger_and_text_narrow_the_search(
    files: LogFiles, wanted: LogFilter, expected: list[str]
) -> None:
    assert messages(files, wanted) == expected


@pytest.fixture
def _host_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels of a host: one between two of ours, and one above all with a coloured name."""
    monkeypatch.setattr(logging, "_nameToLevel", logging.getLevelNamesMapping())
    monkeypatch.setattr(logging, "_levelToName", {**vars(logging)["_levelToName"]})
    logging.addLevelName(25, "NOTICE")
    logging.addLevelName(60, "\x1b[31mALERT\x1b[0m")


@pytest.mark.usefixtures("_host_levels")
@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("INFO", ["notice", "alert", "35", "45"]),
        ("WARNING", ["alert", "35", "45"]),
        ("CRITICAL", ["alert"]),
    ],
)
def test_levels_of_the_host_count_by_their_number(
    tmp_path: Path, level: str, expected: list[str]
) -> None:
    written, text = LineFormat(str), ""
    for number in (25, 60, 35, 45, 5):
        name = {25: "notice", 60: "alert"}.get(number, str(number))
        record = logging.LogRecord("shop", number, "", 1, name, (), None)
        text += written(entry_of(record))
    text += f"{DAY} 16:00:05,000 [LOUD] shop: of a level that nobody knows\n"
    (tmp_path / "bot.log").write_text(text)

    wanted = LogFilter(level=level, logger="shop")

    assert messages(LogFiles(tmp_path / "bot.log"), wanted) == expected


def test_a_logger_is_found_by_its_own_name_however_that_is_written(tmp_path: Path) -> None:
    written = LineFormat(str)
    names = ("my app: core", "my app: core.part", "my app", "a ERROR")
    records = [logging.LogRecord(name, 30, "", 1, name, (), None) for name in names]
    (tmp_path / "bot.log").write_text("".join(written(entry_of(one)) for one in records))
    files = LogFiles(tmp_path / "bot.log")

    assert messages(files, LogFilter(logger="my app: core")) == [
        "my app: core",
        "my app: core.part",
    ]
    assert messages(files, LogFilter(logger=r"my app\x3a core.part")) == ["my app: core.part"]
    assert len(messages(files, LogFilter(logger="a ERROR"))) == 1


def test_the_cursor_goes_on_where_the_last_answer_ended_also_after_a_rotation(
    files: LogFiles, tmp_path: Path
) -> None:
    first = search(files, LogFilter(), 1)
    (tmp_path / "bot.log.1").rename(tmp_path / "bot.log.2")
    (tmp_path / "bot.log").rename(tmp_path / "bot.log.1")
    (tmp_path / "bot.log").write_text(f"{DAY} 16:00:09,000 [INFO] demo: new\n")
    rest = search(files, LogFilter(), 500, first.cursor)
    assert [line.message for line in first.lines] == ["no voice"]
    assert [line.message for line in rest.lines] == ["first", "second ÄRGER", "third user_id=3"]


def test_a_search_that_takes_too_long_stops_and_can_go_on(files: LogFiles) -> None:
    times = iter((0.0, 9.0))
    late = search(files, LogFilter(text="first"), 500, seconds=1.0, clock=lambda: next(times, 9.0))
    found, cursor, calls = list(late.lines), late.cursor, 1
    while cursor:
        calls += 1
        more = search(files, LogFilter(text="first"), 500, cursor)
        found, cursor = found + list(more.lines), more.cursor
    assert [line.message for line in found] == ["first"]
    assert calls <= 3


def test_records_that_are_longer_than_a_block_are_found_whole(tmp_path: Path) -> None:
    below = "".join(f"  line {number}\n" for number in range(BLOCK // 5))
    text = f"{DAY} 16:00:01,000 [INFO] a: before\n{DAY} 16:00:02,000 [INFO] a: long\n{below}"
    (tmp_path / "bot.log").write_text(text + f"{DAY} 16:00:03,000 [INFO] a: after\n")
    found = search(LogFiles(tmp_path / "bot.log"), LogFilter(), 500).lines
    assert [(line.message, len(line.below)) for line in found] == [
        ("before", 0),
        ("long", BLOCK // 5),
        ("after", 0),
    ]


def test_every_record_of_many_blocks_is_found_once(tmp_path: Path) -> None:
    lines = [f"{DAY} 16:00:01,000 [INFO] a: number {number}\n" for number in range(20_000)]
    (tmp_path / "bot.log").write_text("".join(lines))
    files, cursor, found = LogFiles(tmp_path / "bot.log"), "", list[str]()
    while True:
        batch = search(files, LogFilter(), 777, cursor, seconds=60)
        found = [line.message for line in batch.lines] + found
        cursor = batch.cursor
        if not cursor:
            break
    assert found == [f"number {number}" for number in range(20_000)]


def test_lines_of_another_form_and_bytes_that_are_no_text_are_found_as_they_are(
    tmp_path: Path,
) -> None:
    (tmp_path / "bot.log").write_bytes(b"\xff\xfe what a host wrote\nplain\n\n")
    found = search(LogFiles(tmp_path / "bot.log"), LogFilter(text="host"), 500).lines
    assert [(line.level, line.time, line.message) for line in found] == [
        ("", None, "\ufffd\ufffd what a host wrote")
    ]


def test_a_cursor_of_a_deleted_file_says_so_and_one_that_is_none_is_refused(
    files: LogFiles, tmp_path: Path
) -> None:
    with pytest.raises(RotatedError, match="gone by rotation; search again"):
        search(files, LogFilter(), 1, "12345-10")
    for cursor in ("x", "1", "-", "1-2-3", "../../etc/passwd", "1-" + "9" * 40):
        with pytest.raises(ValueError, match="cursor"):
            search(files, LogFilter(), 1, cursor)


def test_a_file_that_cannot_be_read_is_left_out_and_named(tmp_path: Path, files: LogFiles) -> None:
    (tmp_path / "bot.log.1").rename(tmp_path / "bot.log.2")
    (tmp_path / "bot.log.1").write_text("")
    unread = UnreadableFile(tmp_path / "bot.log", "bot.log.1")
    found = search(unread, LogFilter(), 500)
    assert [line.message for line in found.lines] == [
        *("first", "second ÄRGER", "third user_id=3", "no voice")
    ]
    assert isinstance(found.unread, IsADirectoryError)
    assert found.unread.filename == tmp_path / "bot.log.1"


def test_the_files_are_the_log_its_backups_and_the_one_beside_it_and_no_other(
    tmp_path: Path,
) -> None:
    names = ("bot.log", "bot.log.2", "bot.log.10", "bot-debugcog.log", "bot-debugcog.log.1")
    for name in (*names, "bot.log.bak", "bot.log.1x", "other.log", "bot.log.²", "xbot.log.1"):
        (tmp_path / name).write_text("x")
    (tmp_path / "bot.log.3").mkdir()
    files = LogFiles(tmp_path / "bot.log")
    assert [file.name for file in files.all()] == list(names)
    assert files.path_of("bot.log.2") == tmp_path / "bot.log.2"
    for name in ("other.log", "../bot.log", "bot.log.3", "", "bot.log/", "bot.log\0"):
        assert files.path_of(name) is None


def test_backups_are_looked_for_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.log").write_text("x")
    (tmp_path / "there" / "real.log.1").write_text("x")
    (tmp_path / "bot.log").symlink_to(tmp_path / "there" / "real.log")
    found = LogFiles(tmp_path / "bot.log").all()
    assert [file.name for file in found] == ["real.log", "real.log.1"]


def test_a_filter_that_nobody_can_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="level is one of DEBUG, INFO, WARNING, ERROR, CRITICAL"):
        LogFilter(level="LOUD")
    with pytest.raises(ValueError, match="200 characters at most"):
        LogFilter(text="x" * 201)

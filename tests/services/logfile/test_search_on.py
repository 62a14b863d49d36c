"""The log is read on from any place, over the files that follow, and from any time."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path

import pytest

from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.locate import locate
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.search import RotatedError, search, search_on

START = time.mktime(time.strptime("2026-11-23 16:00:00", "%Y-%m-%d %H:%M:%S"))
FILES, RECORDS = 3, 4_000
"""Each file is more than two blocks; a record a second."""
ALL = LogFilter()


def stamp(second: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S,000", time.localtime(START + second))


def record(number: int) -> str:
    level = "ERROR" if number % 1000 == 0 else "INFO"
    below = "  Traceback (most recent call last):\n  KeyError: 1\n" if level == "ERROR" else ""
    return f"{stamp(number)} [{level}] demo.chat: number {number}\n{below}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> LogFiles:
    folder = tmp_path_factory.mktemp("logs")
    for file in range(FILES):
        name = f"bot.log.{file}" if file else "bot.log"
        first = (FILES - 1 - file) * RECORDS
        text = "".join(record(number) for number in range(first, first + RECORDS))
        (folder / name).write_text(text)
    return LogFiles(folder / "bot.log")


def numbers(messages: object) -> list[int]:
    return [int(line.message.split()[-1]) for line in messages]  # type: ignore[attr-defined]


def test_it_begins_with_the_record_at_the_place_and_goes_over_to_the_next_file(
    files: LogFiles,
) -> None:
    back = search(files, ALL, 2 * RECORDS + 2)
    assert numbers(back.lines)[:2] == [RECORDS - 2, RECORDS - 1]
    on = search_on(files, ALL, 5, back.places[0])
    assert numbers(on.lines) == [RECORDS - 2, RECORDS - 1, RECORDS, RECORDS + 1, RECORDS + 2]
    assert on.until == START + RECORDS + 2


def test_page_by_page_every_record_comes_once_both_ways(files: LogFiles) -> None:
    wanted = LogFilter(text="7")
    expected = [number for number in range(FILES * RECORDS) if "7" in str(number)]
    found, cursor = list[int](), ""
    while True:
        page = search(files, wanted, 400, cursor)
        found = numbers(page.lines) + found
        first, cursor = (page.places or (cursor,))[0], page.cursor
        if not cursor:
            break
    assert found == expected
    found, cursor = [], first
    while cursor:
        page = search_on(files, wanted, 400, cursor)
        found += numbers(page.lines)
        cursor = page.cursor
    assert found == expected


def test_a_place_is_found_again_after_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_text(record(1) + record(2) + record(3))
    files = LogFiles(path)
    place = search(files, ALL, 2).places[0]
    path.rename(tmp_path / "bot.log.1")
    path.write_text(record(4))
    assert numbers(search_on(files, ALL, 10, place).lines) == [2, 3, 4]
    (tmp_path / "bot.log.1").unlink()
    with pytest.raises(RotatedError, match="gone by rotation"):
        search_on(files, ALL, 10, place)


def test_a_search_that_takes_too_long_stops_and_can_go_on(files: LogFiles) -> None:
    ticks = count()
    first = locate(files, START)
    found = search_on(files, LogFilter(text="none"), 5, first, seconds=3, clock=lambda: next(ticks))
    assert found.lines == ()
    assert found.until is not None
    assert START < found.until < START + RECORDS
    rest = search_on(files, LogFilter(text=f"number {RECORDS + 5}"), 5, found.cursor)
    assert numbers(rest.lines) == [RECORDS + 5]


@pytest.mark.parametrize("second", [0, 1, 999, 1000, 3999, 4000, 4001, 7777, 11_998, 11_999])
def test_the_first_record_at_a_time_is_found(files: LogFiles, second: int) -> None:
    place = locate(files, START + second)
    assert numbers(search_on(files, ALL, 1, place).lines) == [second]
    assert numbers(search(files, ALL, 1, place).lines) == ([second - 1] if second else [])


def test_a_time_between_two_records_leads_to_the_later_one(files: LogFiles) -> None:
    assert numbers(search_on(files, ALL, 1, locate(files, START + 4.5)).lines) == [5]


def test_a_time_between_two_files_leads_to_the_newer_one(files: LogFiles) -> None:
    place = locate(files, START + RECORDS - 0.5)
    assert numbers(search_on(files, ALL, 1, place).lines) == [RECORDS]


def test_a_time_before_all_leads_to_the_oldest_record_and_one_after_all_behind_the_newest(
    files: LogFiles,
) -> None:
    assert numbers(search_on(files, ALL, 1, locate(files, 0.0)).lines) == [0]
    end = locate(files, START + 99_999)
    assert search_on(files, ALL, 1, end).lines == ()
    assert numbers(search(files, ALL, 1, end).lines) == [FILES * RECORDS - 1]


def test_lines_without_a_time_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_text("\x00\x00 no log\nneither\n" + record(1) + "host's own\n" + record(2))
    files = LogFiles(path)
    assert numbers(search_on(files, ALL, 1, locate(files, START + 2)).lines) == [2]


@pytest.mark.parametrize("text", ["", "not a log\nat all\n"])
def test_a_log_without_times_has_no_such_place(tmp_path: Path, text: str) -> None:
    (tmp_path / "bot.log").write_text(text)
    assert locate(LogFiles(tmp_path / "bot.log"), START) == ""

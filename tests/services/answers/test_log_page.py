"""Pages of the log: the latest, those before and after, and those around a time or an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from services.debugcog.answers.log_extract import SIZE_MAX, log_extract
from services.debugcog.answers.log_page import LATEST, LIMIT, LogPage, Position, log_page
from services.debugcog.answers.logs import LogSource
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.lines import LogLines
from services.debugcog.logfile.log_files import LogFiles

START = time.mktime(time.strptime("2026-11-23 16:00:00", "%Y-%m-%d %H:%M:%S"))
COUNT = 500
ERROR_AT = 250


def stamp(second: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S,000", time.localtime(START + second))


def record(number: int) -> str:
    if number == ERROR_AT:
        below = "  Traceback (most recent call last):\n  KeyError: 'voice'\n"
        return f"{stamp(number)} [ERROR] demo.tts: number {number} hunter2\n{below}"
    return f"{stamp(number)} [INFO] demo.chat: number {number}\n"


def in_files(folder: Path) -> LogSource:
    half = COUNT // 2 - 20
    (folder / "bot.log.1").write_text("".join(map(record, range(half))))
    (folder / "bot.log").write_text("".join(map(record, range(half, COUNT))))
    return LogSource(LogLines(), LogFiles(folder / "bot.log"), _hidden)


def in_memory(folder: Path) -> LogSource:
    lines = LogLines()
    for number in range(COUNT):
        lines.append(record(number))
    return LogSource(lines, None, _hidden)


def _hidden(text: str) -> str:
    return text.replace("hunter2", "[redacted]")


@pytest.fixture(params=[in_files, in_memory])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> LogSource:
    make: Callable[[Path], LogSource] = request.param
    return make(tmp_path)


def numbers(page: LogPage) -> list[int]:
    return [int(line.message.split()[1]) for line in page.lines]


def test_pages_lead_back_to_the_first_record_and_on_to_the_last(source: LogSource) -> None:
    page = log_page(source, LogFilter())
    assert numbers(page) == list(range(COUNT - LIMIT, COUNT))
    seen = numbers(page)
    while page.cursor:
        before = Position(kind="before", cursor=page.places[0])
        page = log_page(source, LogFilter(), before)
        seen = numbers(page) + seen
    assert seen == list(range(COUNT))
    seen = numbers(page)
    while True:
        page = log_page(source, LogFilter(), Position(kind="after", cursor=page.places[-1]))
        seen += numbers(page)
        if not page.cursor:
            break
    assert seen == list(range(COUNT))


def test_a_time_is_surrounded_and_the_first_record_from_then_on_marked(source: LogSource) -> None:
    page = log_page(source, LogFilter(), Position(kind="around", at=START + 99.5))
    assert numbers(page) == list(range(50, 150))
    assert page.hit is not None
    assert page.lines[page.hit].message == "number 100"


def test_of_an_error_the_record_that_tells_of_it_is_marked(source: LogSource) -> None:
    position = Position(kind="around", at=START + ERROR_AT + 1.5, hint="KeyError: 'voice'")
    page = log_page(source, LogFilter(), position)
    assert page.hit is not None
    assert page.lines[page.hit].message == f"number {ERROR_AT} [redacted]"
    far = log_page(source, LogFilter(), Position(kind="around", at=START + 20, hint="KeyError"))
    assert far.hit is not None
    assert far.lines[far.hit].message == "number 20"


@pytest.mark.parametrize(("second", "hit"), [(-1000, 0), (99_999, COUNT - 1)])
def test_a_time_outside_the_log_leads_to_its_nearest_end(
    source: LogSource, second: int, hit: int
) -> None:
    page = log_page(source, LogFilter(), Position(kind="around", at=START + second))
    assert page.hit is not None
    assert numbers(page)[page.hit] == hit


def test_only_what_is_asked_for_comes_around_a_time_too(source: LogSource) -> None:
    wanted = LogFilter(level="ERROR")
    page = log_page(source, wanted, Position(kind="around", at=START + 10))
    assert numbers(page) == [ERROR_AT]
    assert numbers(log_page(source, LogFilter(pattern="/number 4[0-3]$/"), LATEST)) == [
        40,
        41,
        42,
        43,
    ]


def test_what_was_searched_is_told(tmp_path: Path) -> None:
    files = log_page(in_files(tmp_path), LogFilter(text="nothing"))
    assert (files.lines, files.files, files.kept) == ((), ("bot.log", "bot.log.1"), 0)
    assert files.size == sum(len(record(number)) for number in range(COUNT))
    assert files.until == START
    memory = log_page(in_memory(tmp_path), LogFilter(text="nothing"))
    assert (memory.lines, memory.files, memory.kept) == ((), (), COUNT)


def test_it_is_searched_on_for_some_seconds_while_nothing_is_found(tmp_path: Path) -> None:
    ticks = count(step=1.0)
    page = log_page(in_files(tmp_path), LogFilter(text="number 3 "), clock=lambda: next(ticks))
    assert page.lines == ()
    assert page.cursor == ""


def test_a_place_that_is_gone_is_told(source: LogSource) -> None:
    page = log_page(source, LogFilter(), Position(kind="before", cursor="1-1"))
    assert page.lines == ()
    assert page.trouble is not None
    assert page.trouble.startswith("That part of the log is ")


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    source = LogSource(LogLines(), LogFiles(tmp_path / "no" / "bot.log"), _hidden)
    page = log_page(source, LogFilter())
    assert page.trouble == (
        f"The log cannot be read: No such file or directory ({tmp_path / 'no'})."
    )


def test_an_extract_has_every_record_as_the_log_has_it_redacted(source: LogSource) -> None:
    extract = log_extract(source, LogFilter())
    assert extract.text == _hidden("".join(map(record, range(COUNT))))
    assert (extract.count, extract.is_whole) == (COUNT, True)
    assert (extract.first, extract.last) == (START, START + COUNT - 1)


def test_an_extract_begins_where_the_page_does(source: LogSource) -> None:
    place = log_page(source, LogFilter(), Position(kind="around", at=START + 100)).places[50]
    assert log_extract(source, LogFilter(), Position(kind="before", cursor=place)).count == 100
    assert log_extract(source, LogFilter(), Position(kind="after", cursor=place)).count == 400
    assert log_extract(source, LogFilter(), Position(kind="around", at=START + 100)).count == COUNT
    errors = log_extract(source, LogFilter(level="ERROR"))
    assert errors.text == _hidden(record(ERROR_AT))


def test_an_extract_is_bounded_in_size_and_says_so(tmp_path: Path) -> None:
    line = f"{stamp(1)} [INFO] demo.chat: {'x' * 900}\n"
    (tmp_path / "bot.log").write_text(line * (SIZE_MAX // len(line) + 10))
    source = LogSource(LogLines(), LogFiles(tmp_path / "bot.log"), _hidden)
    extract = log_extract(source, LogFilter())
    assert SIZE_MAX - len(line) < len(extract.text) <= SIZE_MAX
    assert not extract.is_whole


def test_an_extract_is_bounded_in_time_and_says_so(tmp_path: Path) -> None:
    source = in_files(tmp_path)
    (tmp_path / "bot.log.2").write_text("".join(map(record, range(1200))))
    ticks = count(step=4.0)
    extract = log_extract(source, LogFilter(), clock=lambda: next(ticks))
    assert 0 < extract.count < COUNT + 1200
    assert not extract.is_whole

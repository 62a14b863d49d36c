"""A regular expression runs in a process of its own, which ends within a second."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.debugcog.logfile import pattern_search
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.pattern_search import PatternError, matching, search_pattern
from services.debugcog.logfile.search import RotatedError, search

LOG = """\
2026-11-23 16:00:01,000 [DEBUG] demo.chat: first
2026-11-23 16:00:02,000 [ERROR] demo.tts: no voice
  Traceback (most recent call last):
  ConnectionError: RVC refused
2026-11-23 16:00:03,000 [INFO] demo.chat: last one \N{SNOWMAN}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "bot.log").write_text(LOG, encoding="utf-8")
    return tmp_path / "bot.log"


def messages(path: Path, pattern: str, level: str = "", logger: str = "") -> list[str]:
    wanted = LogFilter(level, logger, pattern=pattern)
    return [one.message for one in search_pattern(path, wanted, 10, "", back=True).lines]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/first|last one/", ["first", "last one \N{SNOWMAN}"]),
        ("/^ConnectionError: .* refused$/", ["no voice"]),
        ("/FIRST/i", ["first"]),
        ("/voice.*RVC/s", ["no voice"]),
    ],
)
def test_it_is_matched_against_message_logger_and_what_stands_below(
    path: Path, pattern: str, expected: list[str]
) -> None:
    assert messages(path, pattern) == expected


def test_level_and_logger_count_too(path: Path) -> None:
    assert messages(path, "/./", "WARNING") == ["no voice"]
    assert messages(path, "/./", logger="demo.tts") == ["no voice"]


def test_what_is_found_is_what_any_search_finds(path: Path) -> None:
    found = search_pattern(path, LogFilter(pattern="/one|voice/"), 10, "", back=True)
    plain = search(LogFiles(path), LogFilter(), 10)
    assert (found.lines, found.places) == (plain.lines[1:], plain.places[1:])
    assert (found.until, found.cursor, found.unread) == (plain.until, "", None)
    on = search_pattern(path, LogFilter(pattern="/one/"), 10, found.places[0], back=False)
    assert on.lines == plain.lines[2:]


def test_one_that_takes_for_ever_is_ended_after_a_second() -> None:
    with pytest.raises(PatternError) as refused:
        matching("/(a+)+$/", ["a" * 50 + "b"])
    assert str(refused.value) == (
        "The regular expression cannot be used: it took longer than 1 s; make it simpler."
    )


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("/[/", "unterminated character set at position 0"),
        ("/(/", "missing ), unterminated subpattern at position 0"),
        ("no slashes", "it is written /expression/ or /expression/i"),
        ("/a{99999999999999999999}/", "the repetition number is too large"),
    ],
)
def test_one_that_is_none_is_refused_with_the_reason(pattern: str, why: str) -> None:
    with pytest.raises(PatternError) as refused:
        matching(pattern, ["text"])
    assert str(refused.value) == f"The regular expression cannot be used: {why}."


def test_a_place_that_is_gone_and_a_folder_that_is_not_there_are_told(path: Path) -> None:
    wanted = LogFilter(pattern="/x/")
    with pytest.raises(RotatedError, match="gone by rotation"):
        search_pattern(path, wanted, 10, "1-1", back=True)
    with pytest.raises(FileNotFoundError):
        search_pattern(path.parent / "nowhere" / "bot.log", wanted, 10, "", back=True)


def test_a_host_that_is_frozen_into_one_program_starts_no_second_bot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(pattern_search, "PROGRAM", None)
    with pytest.raises(PatternError, match="there is no Python interpreter to search with"):
        matching("/a/", ["a"])


def test_a_host_with_modules_of_the_same_names_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("services.py", "json.py", "re.py"):
        (tmp_path / name).write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    assert matching("/b/", ["abc", "xyz"]) == (True, False)

"""The last lines of a run that ended, and none of the run that reads them."""

from __future__ import annotations

import time
from pathlib import Path

from services.debugcog.logfile.tail import last_lines

ENDED = time.mktime((2026, 3, 1, 12, 0, 0, 0, 0, -1))


def line(second: int, text: str) -> str:
    return f"2026-03-01 12:00:{second:02d},250 [INFO] bot: {text}\n"


def test_gives_the_last_50_lines_with_what_is_indented_below_them(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_text("".join(line(0, str(number)) for number in range(52)) + "    ValueError: x\n")
    found = last_lines(path, ENDED + 60)
    assert len(found) == 50
    assert found[0] == line(0, "3").rstrip()
    assert found[-1] == "    ValueError: x"


def test_leaves_out_what_this_process_has_written(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_text(line(1, "old") + line(2, "new") + "    of the new one\n" + line(1, "clock set"))
    assert last_lines(path, ENDED + 2.1) == (line(1, "old").rstrip(),)
    assert len(last_lines(path, ENDED + 2.3)) == 4


def test_reads_only_the_end_of_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    path.write_bytes(b"x" * 100_000 + b"\xff\n" + line(1, "y" * 1000).encode())
    (last,) = last_lines(path, ENDED + 60)
    assert last == line(1, "y" * 1000).rstrip()


def test_is_empty_where_there_is_no_file(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "bot.log", ENDED) == ()
    assert last_lines(tmp_path, ENDED) == ()

"""The log's files are searched past one that cannot be read, and the answer names it."""

from __future__ import annotations

from pathlib import Path

from services.debugcog.answers.logs import LogSource, found
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.lines import LogLines
from tests.unreadable_file import UnreadableFile

LINE = "2026-11-23 16:00:01,000 [INFO] demo: first\n"


def test_a_search_names_the_file_that_it_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bot.log"
    for name in ("bot.log", "bot.log.1"):
        (tmp_path / name).write_text(LINE, encoding="utf-8")
    source = LogSource(LogLines(), UnreadableFile(path, "bot.log"), lambda text: text)
    answer = found(source, LogFilter())
    assert [line.message for line in answer.lines] == ["first"]
    assert answer.trouble == f"The log cannot be read: Is a directory ({path})."

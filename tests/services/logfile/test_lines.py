"""The latest records are kept, numbered and bounded, for readers on other threads."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from services.debugcog.logfile.lines import LogLines
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings


def text(number: int) -> str:
    return f"2026-11-23 16:00:01,000 [INFO] demo: number {number}\n"


def filled(count: int, most: int = 5_000, characters: int = 4_000_000) -> LogLines:
    lines = LogLines(most, characters)
    for number in range(1, count + 1):
        lines.append(text(number))
    return lines


def test_what_follows_a_number_is_listed_in_order() -> None:
    lines = filled(5)
    assert [(one.sequence, one.message) for one in lines.after(2, 2)] == [
        (3, "number 3"),
        (4, "number 4"),
    ]
    assert lines.last == 5
    assert lines.after(5, 10) == ()


def test_the_oldest_go_first_by_their_number_and_by_their_size() -> None:
    assert [one.sequence for one in filled(10, most=3).after(0, 10)] == [8, 9, 10]
    lines = filled(10, characters=3 * len(text(1)))
    assert [one.sequence for one in lines.after(0, 10)] == [9, 10]  # number 10 is a digit longer


def test_a_record_that_is_larger_than_all_room_leaves_nothing_and_is_counted() -> None:
    lines = filled(1, characters=10)
    assert (lines.after(0, 10), lines.last) == ((), 1)


def test_readers_and_the_writer_do_not_disturb_each_other() -> None:
    lines, problems = filled(0, most=50), list[str]()

    def read() -> None:
        after = 0
        while after < 20_000:
            for line in lines.after(after, 500):
                if line.sequence <= after or line.message != f"number {line.sequence}":
                    problems.append(f"{line.sequence} after {after}")
                after = line.sequence

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 20_001):
        lines.append(text(number))
    for reader in readers:
        reader.join(60)
    assert problems == []


def test_what_is_logged_is_kept_as_the_file_has_it_also_after_the_handler_was_closed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "bot.log"
    logs = setup_logging(Settings(log_file_path=path), console=False)
    try:
        logging.getLogger("demo").warning("password=%s", "hunter2hunter2")
        logs.flush()
        logging.root.handlers[-1].close()
        logs.ensure()
        logging.getLogger("demo").warning("after")
        logs.flush()
        kept = logs.lines.after(0, 100)
    finally:
        logs.close()
    assert [line.message for line in kept if line.logger == "demo"] == [
        "password=[redacted]",
        "after",
    ]
    assert [line.sequence for line in kept] == list(range(1, len(kept) + 1))

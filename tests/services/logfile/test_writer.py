"""The writer's thread empties the queue into file and console, and outlives whatever happens."""

from __future__ import annotations

import gc
import io
import logging
import re
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.debugcog.logfile import queue as log_queue
from services.debugcog.logfile import writer as log_writer
from services.debugcog.logfile.queue import RecordQueue
from services.debugcog.logfile.target import Line, LogTarget
from services.debugcog.logfile.writer import LogWriter

Start = Callable[..., LogWriter]


@pytest.fixture
def queue() -> RecordQueue:
    return RecordQueue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.log"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", screen)
    return screen


@pytest.fixture
def start(queue: RecordQueue, path: Path, screen: io.StringIO) -> Iterator[Start]:
    writers = []

    def start(redact: Callable[[str], str] = str, *, console: bool = False) -> LogWriter:
        writer = LogWriter(
            queue, redact, LogTarget(path, 10**6, 5), lambda _: None, console=console
        )
        writers.append(writer)
        writer.start()
        return writer

    yield start
    for writer in writers:
        writer.close()


def record(message: object, *args: object, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("bot", level, "bot.py", 1, message, args, None)


def tails(text: str) -> list[str]:
    """Give the lines without their times."""
    return [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    return condition()


def test_what_is_queued_is_written_without_being_asked(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    start()
    queue.handle(record("one"))
    assert eventually(lambda: path.exists() and tails(path.read_text()) == ["[INFO] bot: one"])


def test_a_writer_that_has_nothing_to_write_sleeps_until_it_is_called(
    queue: RecordQueue, path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, wait = list[float | None](), queue.wait

    def lines() -> int:
        return len(path.read_text().splitlines()) if path.exists() else 0

    def counted(seconds: float | None) -> None:
        waits.append(seconds)
        wait(seconds)

    monkeypatch.setattr(queue, "wait", counted)
    start()
    for number in range(3):
        assert eventually(lambda: queue._is_awaited)
        time.sleep(3 * log_writer.POLL_SECONDS)  # in which it would look again
        assert waits == [None] * (number + 1)
        queue.handle(record("%d", number))
        while lines() == number:
            time.sleep(0.001)


def test_drops_are_told_although_nothing_comes_after_them(
    queue: RecordQueue, path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_queue, "CAPACITY_BELOW_WARNING", 10)
    gate = threading.Event()

    def redact(text: str) -> str:
        gate.wait(10)
        return text

    gate.set()
    writer = start(redact)
    queue.handle(record("one"))
    assert writer.flush(10)  # it has just looked for drops, and looks once a second
    gate.clear()
    for _ in range(20):
        queue.handle(record("many"))
    gate.set()
    assert eventually(lambda: "records were dropped" in path.read_text())


def test_after_a_flush_all_that_was_queued_is_in_the_file(
    queue: RecordQueue, path: Path, start: Start, screen: io.StringIO
) -> None:
    writer = start()
    for number in range(1000):
        queue.handle(record("%d", number))
    assert writer.flush(10)
    assert tails(path.read_text()) == [f"[INFO] bot: {number}" for number in range(1000)]
    writer.close()  # which waits for the console as well
    assert screen.getvalue() == ""


@pytest.mark.parametrize(("seconds", "writes"), [(60.0, 1), (0.0, 30)])
def test_what_is_formatted_in_the_time_of_a_bite_is_written_at_once(
    queue: RecordQueue,
    path: Path,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    writes: int,
) -> None:
    sizes, write = list[int](), LogTarget.write

    def counted(target: LogTarget, lines: Sequence[Line]) -> None:
        sizes.append(len(lines))
        write(target, lines)

    monkeypatch.setattr(LogTarget, "write", counted)
    monkeypatch.setattr(log_writer, "BITE_SECONDS", seconds)
    for number in range(30):
        queue.handle(record("%d", number))
    assert start().flush(10)
    assert sizes == [30 // writes] * writes
    assert tails(path.read_text()) == [f"[INFO] bot: {number}" for number in range(30)]


def test_lines_before_a_traceback_whose_source_does_not_come_are_written(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    gate = threading.Event()
    loader = SimpleNamespace(get_source=lambda _: str(gate.wait(60)))
    space: dict[str, Any] = {"__name__": "plugin", "__loader__": loader}
    exec(compile("def fail():\n    raise ValueError\n", "/nowhere/plugin.py", "exec"), space)
    for number in range(40):
        queue.handle(record("%d", number))
    try:
        space["fail"]()
    except ValueError:
        failed = record("failed", level=logging.ERROR)
        failed.exc_info = sys.exc_info()
        queue.handle(failed)
    start()
    try:
        expected = [f"[INFO] bot: {number}" for number in range(40)]
        assert eventually(lambda: path.exists() and tails(path.read_text()) == expected)
    finally:
        gate.set()
    assert eventually(lambda: "ValueError" in path.read_text())


def test_close_writes_all_that_was_accepted_and_takes_nothing_more(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    writer = start()
    for number in range(5000):
        queue.handle(record("%d", number))
    writer.close()
    assert not queue.handle(record("late"))
    assert not writer.flush(10)
    assert tails(path.read_text()) == [f"[INFO] bot: {number}" for number in range(5000)]


def test_the_console_gets_the_same_lines(
    queue: RecordQueue, path: Path, start: Start, screen: io.StringIO
) -> None:
    writer = start(console=True)
    queue.handle(record("one \ud83d"))
    writer.close()
    assert screen.getvalue() == path.read_text()


def test_drops_are_told_as_soon_as_there_is_room(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    for _ in range(8_120):
        queue.handle(record("info"))
    for _ in range(2_003):
        queue.handle(record("error", level=logging.ERROR))
    writer = start()
    writer.close()
    lines = tails(path.read_text())
    told = [line for line in lines if "debugcog" in line]
    assert told == [
        "[ERROR] debugcog.logs: Log queue was full: 123 records were dropped (120 info, 3 error)"
    ]
    assert len(lines) == 10_000 + 1
    assert writer.dropped == {"debug": 0, "info": 120, "warning": 0, "error": 3}


def test_drops_without_an_error_are_a_warning(queue: RecordQueue, path: Path, start: Start) -> None:
    for _ in range(8_002):
        queue.handle(record("info"))
    start().close()
    assert [line for line in tails(path.read_text()) if "debugcog" in line] == [
        "[WARNING] debugcog.logs: Log queue was full: 2 records were dropped (2 info)"
    ]


def test_while_the_file_fails_the_console_has_the_records_and_the_reason(
    queue: RecordQueue, path: Path, start: Start, screen: io.StringIO
) -> None:
    path.mkdir()
    writer = start(console=False)
    for text in ("one", "two"):
        queue.handle(record(text))
        assert writer.flush(10)
    writer.close()
    assert tails(screen.getvalue()) == [
        "[INFO] bot: one",
        (
            f"[ERROR] debugcog.logs: Log file cannot be written: {path}: Is a directory; fix: let"
            f" LOG_FILE_PATH name a file, {path} is a directory; records go to the console, next"
            " try in 5 s"
        ),
        "[INFO] bot: two",
    ]


def test_what_waits_in_the_queue_keeps_no_object_of_the_host_alive(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    class Member:
        def __str__(self) -> str:
            return "Mia"

    def fail(member: Member) -> weakref.ref[Member]:
        local = Member()
        try:
            raise ValueError(member)
        except ValueError as error:
            made = record("%s", member)
            made.exc_info = (ValueError, error, error.__traceback__)
            made.extra = member
            queue.handle(made)
        return weakref.ref(local)

    watched = []
    for _ in range(20):
        member = Member()
        watched += [weakref.ref(member), fail(member)]
    del member
    gc.collect()
    assert [one() for one in watched] == [None] * 40
    start().close()
    lines = tails(path.read_text())
    assert lines.count("[INFO] bot: Mia") == 20
    assert lines.count("  ValueError: Mia") == 20


def test_a_line_tells_what_its_arguments_were_and_what_its_exception_said(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    writer = start()
    for number in range(100):
        state, error = {"n": [number]}, ValueError([number])
        made = record("state %s", state)
        made.exc_info = (ValueError, error, None)
        queue.handle(made)
        state["n"].clear()
        error.args[0].clear()
        error.add_note("later")
    writer.close()
    assert tails(path.read_text()) == [
        line
        for number in range(100)
        for line in (f"[INFO] bot: state {{'n': [{number}]}}", f"  ValueError: [{number}]")
    ]


@pytest.mark.parametrize("secret", ["hunter2", "x" * 7_000])
def test_of_a_text_of_5_mb_only_what_is_shown_is_redacted_and_no_half_of_a_secret_is_shown(
    queue: RecordQueue, path: Path, start: Start, secret: str
) -> None:
    seen = []

    def redact(text: str) -> str:
        seen.append(len(text))
        return text.replace(f"<{secret}>", "")

    text = f"<{secret}>" * (5_000_000 // len(secret))
    queue.handle(record(text))
    queue.handle(record("%s", text))
    start(redact).close()
    assert tails(path.read_text()) == [f"[INFO] bot: … ({len(text)} characters)"] * 2
    assert sum(seen) < 50_000


def test_a_redactor_that_fails_and_logs_makes_no_circle(
    queue: RecordQueue, path: Path, start: Start
) -> None:
    def broken(text: str) -> str:
        queue.handle(record("cannot redact %s", text, level=logging.ERROR))
        raise RuntimeError

    writer = start(broken)
    queue.handle(record("hunter2"))
    assert eventually(lambda: path.exists() and len(path.read_text().splitlines()) == 3)
    writer.close()
    assert tails(path.read_text()) == [
        "[INFO] [redacted]: [redacted]",
        "[ERROR] [redacted]: [redacted]",
        "[ERROR] [redacted]: [redacted]",
    ]


def test_a_fault_of_the_writer_itself_does_not_end_it(
    queue: RecordQueue, path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(record: logging.LogRecord) -> bool:
        raise ValueError("fault")

    logger = logging.getLogger("debugcog.logs")
    logger.addHandler(queue)
    logger.propagate = False
    monkeypatch.setattr(log_writer, "_is_ours", fault)
    writer = start(console=True)
    queue.handle(record("one"))
    assert eventually(lambda: path.exists() and "Log writer failed" in path.read_text())
    monkeypatch.undo()
    queue.handle(record("two"))
    assert eventually(lambda: "[INFO] bot: two" in tails(path.read_text()))
    logger.removeHandler(queue)
    logger.propagate = True
    writer.close()

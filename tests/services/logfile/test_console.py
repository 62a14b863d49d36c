"""The console gets each record once, and a broken one hurts nobody."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from services.debugcog.logfile.console import WAITING_MAX, Console, printed_elsewhere
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings


@pytest.fixture
def library() -> Iterator[logging.Logger]:
    logger = logging.getLogger(f"{__name__}.library")
    yield logger
    logger.handlers.clear()
    logger.propagate = True


def record(name: str, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord(name, level, "x.py", 1, "message", None, None)


def test_it_prints_on_the_real_standard_error(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)  # a host may put into it whatever it likes
    with open(os.dup(2), "w") as real:  # noqa: PTH123 - a descriptor, not a path
        monkeypatch.setattr(sys, "__stderr__", real)
        console = Console()
        console.write("Grüße\n")
        console.close()
    assert capfd.readouterr().err == "Grüße\n"


def test_a_console_that_is_missing_closed_or_full_is_survived(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    Console().write("x")
    Console().close()
    closed = (tmp_path / "closed").open("w")
    closed.close()
    monkeypatch.setattr(sys, "__stderr__", closed)
    console = Console()
    console.write("x")
    console.close()


class Slow(io.StringIO):
    """A console that takes a text when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.asked.set()
        assert self.may.wait(30)
        return super().write(text)


def test_a_flush_waits_until_what_is_queued_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(sys, "__stderr__", slow)
    console = Console()
    assert console.flush(30)
    console.write("one\n")
    console.write("two\n")
    assert not console.flush(0.01)
    assert slow.asked.wait(30)
    slow.may.set()
    assert console.flush(30)
    assert slow.getvalue() == "one\ntwo\n"
    console.close()


def test_a_flush_of_the_log_waits_for_the_console_but_not_for_long(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = Slow()
    monkeypatch.setattr(sys, "__stderr__", slow)
    logs = setup_logging(Settings(log_file_path=tmp_path / "bot.log"), console=True)
    try:
        logging.getLogger("bot").warning("SIGTERM received")
        monkeypatch.setattr("services.debugcog.logfile.console.FLUSH_SECONDS", 0.05)
        assert not logs.flush()
        assert "SIGTERM received" in (tmp_path / "bot.log").read_text()
        monkeypatch.undo()
        slow.may.set()
        assert logs.flush()
        assert slow.getvalue().endswith("[WARNING] bot: SIGTERM received\n")
    finally:
        slow.may.set()
        logs.close()


def close(console: Console, pipe: TextIO) -> None:
    console.close()
    pipe.close()


def test_where_nobody_reads_nobody_waits_and_what_was_left_out_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    with open(writing, "w") as pipe, open(reading, "rb") as reader:  # noqa: PTH123 - descriptors
        monkeypatch.setattr(sys, "__stderr__", pipe)
        monkeypatch.setattr("services.debugcog.logfile.console.CLOSE_SECONDS", 10)
        console = Console()
        text = "x" * 99_999 + "\n"  # more than a pipe holds
        for _ in range(WAITING_MAX + 51):
            console.write(text)
        threading.Thread(target=close, args=(console, pipe)).start()
        printed = reader.read().decode().splitlines()
    assert len(printed) in (WAITING_MAX + 1, WAITING_MAX + 2)  # one may have been in the pipe
    told = [line for line in printed if line.startswith("[")]
    assert told in (
        ["[… 50 lines were not printed: nobody read them …]"],
        ["[… 51 lines were not printed: nobody read them …]"],
    )


def test_a_library_with_its_own_console_prints_by_itself(library: logging.Logger) -> None:
    assert not printed_elsewhere(library.name, logging.INFO)
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    library.addHandler(handler)
    assert not printed_elsewhere(library.name, logging.INFO)
    assert printed_elsewhere(library.name, logging.ERROR)
    child = library.getChild("part")
    assert printed_elsewhere(child.name, logging.ERROR)
    assert not printed_elsewhere(f"{library.name}.nobody", logging.ERROR)


def test_a_file_is_no_console(library: logging.Logger, tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "own.log")
    library.addHandler(handler)
    assert not printed_elsewhere(library.name, logging.INFO)
    handler.close()


def test_what_does_not_come_up_to_a_handler_is_not_printed_by_it(library: logging.Logger) -> None:
    library.addHandler(logging.StreamHandler())
    child = library.getChild("alone")
    child.propagate = False
    assert not printed_elsewhere(child.name, logging.INFO)
    child.propagate = True

"""Where the host writes our log file itself, it alone does so, and each record is written once."""

from __future__ import annotations

import logging
import logging.handlers
import os
import queue
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from services.debugcog.logfile import target as targets
from services.debugcog.logfile.root_handler import RootHandler
from services.debugcog.logs import Logging, setup_logging, write_always
from services.debugcog.settings import Settings

ROOT = Path(__file__).parents[3]
Attach = Callable[..., logging.Handler]
KINDS: dict[str, Callable[[str], logging.FileHandler]] = {
    "RotatingFileHandler": lambda path: logging.handlers.RotatingFileHandler(
        path, maxBytes=2000, backupCount=50
    ),
    "TimedRotatingFileHandler": logging.handlers.TimedRotatingFileHandler,
    "WatchedFileHandler": logging.handlers.WatchedFileHandler,
    "FileHandler": logging.FileHandler,
    "delayed FileHandler": lambda path: logging.FileHandler(path, delay=True),
}
posix = pytest.mark.skipif(os.name == "nt", reason="needs a list of the process's open files")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Look at each write who else writes the file; a test does not wait for the next look."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(targets, "CHECK_SECONDS", 0.0)
    monkeypatch.setattr(targets, "THOROUGH_SECONDS", 0.0)
    (tmp_path / "logs").mkdir()
    return tmp_path


@pytest.fixture
def attach() -> Iterator[Attach]:
    """Hang a handler into a logger, until the test ends."""
    done = []

    def attach(handler: logging.Handler, name: str = "root", level: int = 0) -> logging.Handler:
        logger = logging.getLogger(None if name == "root" else name)
        handler.setFormatter(logging.Formatter("host %(levelname)s %(name)s: %(message)s"))
        handler.setLevel(level)
        logger.addHandler(handler)
        done.append((logger, handler))
        return handler

    yield attach
    for logger, handler in done:
        logger.removeHandler(handler)
        handler.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Logging]]:
    active = []

    def start(path: str = "logs/bot.log", **values: object) -> Logging:
        settings = Settings(log_file_path=Path(path), **values)  # type: ignore[arg-type]  # keys vary
        active.append(setup_logging(settings, console=False))
        return active[-1]

    yield start
    for logs in active:
        logs.close()


Start = Callable[..., Logging]


def lines(folder: Path, name: str, word: str = "line") -> list[str]:
    """Give the lines with a word of a log and its rotated files, the oldest first; no times."""
    paths = sorted((folder / "logs").glob(f"{name}*"), key=_age, reverse=True)
    text = "".join(path.read_text() for path in paths)
    plain = [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]
    return [line for line in plain if word in line]


def _age(path: Path) -> int:
    return int(path.suffix[1:]) if path.suffix[1:].isdigit() else 0


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "logs").iterdir()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_handler_of_the_root_logger_writes_each_line_alone(
    folder: Path, attach: Attach, start: Start, kind: str, order: str
) -> None:
    if order == "before":
        attach(KINDS[kind]("logs/bot.log"))
    logs = start()
    if order == "after":
        attach(KINDS[kind]("logs/bot.log"))
    for number in range(100):
        logging.getLogger("bot").info("line %d", number)
    assert logs.flush()
    assert Counter(lines(folder, "bot.log")) == Counter(
        f"host INFO bot: line {number}" for number in range(100)
    )
    assert "bot-debugcog.log" not in files(folder)


@pytest.mark.parametrize("order", ["before", "after"])
def test_only_the_hosts_handler_rotates(
    folder: Path, attach: Attach, start: Start, order: str
) -> None:
    if order == "before":
        attach(KINDS["RotatingFileHandler"]("logs/bot.log"))
    logs = start(log_max_bytes=1024, log_backup_count=2)
    if order == "after":
        attach(KINDS["RotatingFileHandler"]("logs/bot.log"))
    for number in range(1000):
        logging.getLogger("bot").info("line %03d", number)
    assert logs.flush()
    assert lines(folder, "bot.log") == [
        f"host INFO bot: line {number:03d}" for number in range(1000)
    ]
    sizes = [path.stat().st_size for path in (folder / "logs").glob("bot.log.*")]
    assert len(sizes) > 10
    assert 1024 < min(sizes) <= max(sizes) <= 2000


@pytest.mark.parametrize("named", ["logs/../logs/bot.log", "link.log", "hard.log", "absolute"])
def test_the_same_file_is_known_by_any_path(
    folder: Path, attach: Attach, start: Start, named: str
) -> None:
    (folder / "logs" / "bot.log").touch()
    (folder / "link.log").symlink_to("logs/bot.log")
    (folder / "hard.log").hardlink_to(folder / "logs" / "bot.log")
    attach(logging.FileHandler(str(folder / "logs/bot.log") if named == "absolute" else named))
    logs = start()
    logging.getLogger("bot").info("line")
    assert logs.flush()
    assert lines(folder, "bot.log") == ["host INFO bot: line"]


def test_what_the_hosts_handler_does_not_take_goes_beside_its_file(
    folder: Path, attach: Attach, start: Start
) -> None:
    attach(logging.FileHandler("logs/bot.log"), "acore", logging.WARNING)
    logs = start()
    logging.getLogger("acore.tts").warning("line of the host")
    logging.getLogger("acore.tts").info("line below its level")
    logging.getLogger("other").warning("line of another logger")
    assert logs.flush()
    assert lines(folder, "bot.log") == ["host WARNING acore.tts: line of the host"]
    assert lines(folder, "bot-debugcog.log") == [
        "[INFO] acore.tts: line below its level",
        "[WARNING] other: line of another logger",
    ]


def test_a_filter_on_our_handler_that_renames_a_record_neither_loses_nor_doubles_it(
    folder: Path, attach: Attach, start: Start
) -> None:
    attach(logging.FileHandler("logs/bot.log"), "acore")
    logs = start()
    names = {"acore": "other", "other": "acore"}

    def rename(record: logging.LogRecord) -> bool:
        record.name = names[record.name]
        return True

    (ours,) = (one for one in logging.root.handlers if isinstance(one, RootHandler))
    ours.addFilter(rename)
    logging.getLogger("acore").warning("line of the host")
    logging.getLogger("other").warning("line of another logger")
    assert logs.flush()
    ours.removeFilter(rename)
    assert lines(folder, "bot.log") == ["host WARNING acore: line of the host"]
    assert lines(folder, "bot-debugcog.log") == ["[WARNING] acore: line of another logger"]


def test_a_handlers_filter_decides_over_the_hosts_records_and_is_not_asked_again(
    folder: Path, attach: Attach, start: Start
) -> None:
    asked = []

    def keep(record: logging.LogRecord) -> bool:
        asked.append(record.name)
        return record.name == "kept"

    attach(logging.FileHandler("logs/bot.log")).addFilter(keep)
    logs = start()
    asked.clear()
    for name in ("kept", "not.kept", "debugcog.test"):
        logging.getLogger(name).info("line")
    assert logs.flush()
    assert lines(folder, "bot.log") == ["host INFO kept: line"]
    assert lines(folder, "bot-debugcog.log") == ["[INFO] debugcog.test: line"]
    assert asked == ["kept", "not.kept", "debugcog.test"]


@pytest.mark.parametrize("name", ["root", "acore"])
def test_it_is_said_once_in_the_hosts_file_and_named(
    folder: Path, attach: Attach, start: Start, name: str
) -> None:
    attach(KINDS["RotatingFileHandler"]("logs/bot.log"), name)
    logs = start()
    for _ in range(3):
        logging.getLogger("bot").info("line")
        logs.flush()
        logs.ensure()
    assert lines(folder, "bot.log", "by the host") == [
        (
            "host WARNING debugcog.logs: Log file is written by the host: RotatingFileHandler of "
            f"the logger {name} writes {folder}/logs/bot.log. DebugCog leaves it alone, so "
            "LOG_MAX_BYTES and LOG_BACKUP_COUNT have no effect on it; records that the host does "
            f"not write go to {folder}/logs/bot-debugcog.log"
        )
    ]


@pytest.mark.parametrize("how", ["closed", "only taken off"])
def test_ours_takes_over_when_the_hosts_handler_goes_away(
    folder: Path, attach: Attach, start: Start, how: str
) -> None:
    handler = attach(KINDS["RotatingFileHandler"]("logs/bot.log"))
    logs = start()
    logging.getLogger("bot").info("line of the host")
    logging.root.removeHandler(handler)
    if how == "closed":
        handler.close()
    logging.getLogger("bot").info("line of ours")
    assert logs.flush()
    logs.ensure()
    assert logs.flush()
    assert lines(folder, "bot.log") == [
        "host INFO bot: line of the host",
        "[INFO] bot: line of ours",
    ]
    assert lines(folder, "bot.log", "again") == [
        f"[WARNING] debugcog.logs: Log file is written by DebugCog again: {folder}/logs/bot.log"
    ]


def test_a_handler_that_would_empty_its_file_and_was_closed_writes_nothing_more(
    folder: Path, attach: Attach, start: Start
) -> None:
    logs = start("discord.log")
    attach(logging.FileHandler("discord.log", mode="w")).close()  # as dictConfig() leaves it
    logging.getLogger("bot").info("line")
    assert logs.flush()
    assert (folder / "discord.log").read_text().endswith("[INFO] bot: line\n")


@posix
def test_a_file_that_a_queue_listener_writes_is_the_hosts(
    folder: Path, attach: Attach, start: Start
) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    attach(logging.handlers.QueueHandler(records))
    file = logging.FileHandler("logs/bot.log")
    listener = logging.handlers.QueueListener(records, file)
    listener.start()
    logs = start()
    logging.getLogger("bot").info("line")
    assert logs.flush()
    listener.stop()
    file.close()
    assert lines(folder, "bot.log") == ["host INFO bot: line"]
    assert lines(folder, "bot-debugcog.log") == ["[INFO] bot: line"]
    assert len(lines(folder, "bot-debugcog.log", "a logging handler, such as loguru, writes")) == 1


@posix
def test_a_file_that_is_only_read_is_ours(folder: Path, start: Start) -> None:
    (folder / "logs" / "bot.log").touch()
    with (folder / "logs" / "bot.log").open() as reader:
        logs = start()
        logging.getLogger("bot").info("line")
        assert logs.flush()
        assert reader.read().endswith("[INFO] bot: line\n")


def run_into(log: IO[str], script: str) -> None:
    """Run a program whose console is sent into a file."""
    subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT), "LOG_MAX_BYTES": "1024"},
        stdout=log,
        stderr=log,
        check=True,
        timeout=30,
    )


@posix
def test_a_console_that_is_sent_into_the_file_stays_in_it(folder: Path) -> None:
    script = """
import logging
from services.debugcog.logs import setup_logging
logging.basicConfig(level="INFO", format="host %(message)s")
setup_logging()
for number in range(200): logging.info("line %d", number)
"""
    with (folder / "logs" / "bot.log").open("a") as log:
        run_into(log, script)
    assert lines(folder, "bot.log") == [f"host line {number}" for number in range(200)]
    assert files(folder) == {"bot.log"}


@posix
@pytest.mark.parametrize("mode", ["a", "w"])
def test_what_we_print_on_a_console_that_is_sent_into_the_file_is_in_it_once(
    folder: Path, mode: str
) -> None:
    script = """
import logging, sys
from services.debugcog.logs import setup_logging
setup_logging()
print("line of the host", file=sys.stderr, flush=True)
for number in range(200): logging.info("line %d", number)
"""
    with (folder / "logs" / "bot.log").open(mode) as log:
        run_into(log, script)
    assert Counter(lines(folder, "bot.log")) == Counter(
        ["line of the host", *(f"[INFO] root: line {number}" for number in range(200))]
    )
    assert lines(folder, "bot.log", "by the host") == [
        (
            "[WARNING] debugcog.logs: Log file is written by the host: the redirected standard "
            f"error writes {folder}/logs/bot.log. DebugCog leaves it alone, so LOG_MAX_BYTES and "
            "LOG_BACKUP_COUNT have no effect on it; records that the host does not write go to "
            f"{folder}/logs/bot-debugcog.log"
        )
    ]
    assert files(folder) == {"bot.log"}


def test_the_file_stays_where_it_was_when_the_host_changes_its_directory(
    folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = start()
    logging.getLogger("bot").info("line 1")
    assert logs.flush()
    monkeypatch.chdir("logs")
    time.sleep(targets.CHECK_SECONDS)
    logging.getLogger("bot").info("line 2")
    assert logs.flush()
    assert lines(folder, "bot.log") == ["[INFO] bot: line 1", "[INFO] bot: line 2"]
    assert files(folder) == {"bot.log"}


def test_a_line_that_is_always_written_is_in_each_file_once(
    folder: Path, attach: Attach, start: Start
) -> None:
    attach(logging.FileHandler("logs/bot.log"))
    logs = start()
    logger = logging.getLogger("debugcog.test")
    for propagate in (True, False):
        logger.propagate = propagate
        write_always("debugcog.test", logging.INFO, "line %s", propagate)
    logger.propagate = True
    assert logs.flush()
    assert lines(folder, "bot.log", "test: line") == ["host INFO debugcog.test: line True"]
    assert lines(folder, "bot-debugcog.log") == ["[INFO] debugcog.test: line False"]

"""Two processes with one LOG_FILE_PATH: each line is in the log once, and they rotate it once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINES, MAX_BYTES = 1_500, 20_000
SCRIPT = """
import logging, sys
from services.debugcog.logs import setup_logging
logs = setup_logging(console=False)
print("ready", flush=True)
for word in sys.stdin:
    for number in range(int(word)):
        logging.info("line %d of %s", number, sys.argv[1])
    logs.flush()
    print("written", flush=True)
"""
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such lock")


@contextmanager
def process(folder: Path, name: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that logs as many lines as it is told on its standard input."""
    limits = {"LOG_MAX_BYTES": str(MAX_BYTES), "LOG_BACKUP_COUNT": "50"}
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **limits},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        hears(child, "ready")
        yield child
        child.kill()


def log(child: subprocess.Popen[str], lines: int) -> None:
    assert child.stdin is not None
    child.stdin.write(f"{lines}\n")
    child.stdin.flush()


def hears(child: subprocess.Popen[str], word: str) -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == f"{word}\n"


def files(folder: Path) -> list[Path]:
    """List the log and its backups, the newest first."""
    paths = (folder / "logs").iterdir()
    return sorted(paths, key=lambda path: int(f"0{path.name.removeprefix('bot.log')[1:]}"))


def texts(folder: Path) -> list[str]:
    """Give the messages of all files, the oldest first."""
    text = "".join(path.read_text() for path in reversed(files(folder)))
    return [re.sub(r"^\d{4}-\S+ \S+ ", "", line) for line in text.splitlines()]


def test_no_line_is_lost_or_torn_and_no_file_is_rotated_twice(tmp_path: Path) -> None:
    with ExitStack() as stack:
        children = [stack.enter_context(process(tmp_path, name)) for name in ("a", "b")]
        for count in (1, LINES):
            for child in children:
                log(child, count)
            for child in children:
                hears(child, "written")
        for child in children * 2:  # in turns, so that each sees a line of the other
            log(child, 1)
            hears(child, "written")
    lines = texts(tmp_path)
    for name in ("a", "b"):
        assert [line for line in lines if line.endswith(f" of {name}")] == [
            f"[INFO] root: line {number} of {name}" for number in (0, *range(LINES), 0, 0)
        ]
    others = [line for line in lines if not line.startswith("[INFO] root: line ")]
    assert set(others) == {
        (
            "[WARNING] debugcog.logs: Log file is written by another process too:"
            f" {tmp_path}/logs/bot.log. Lines of both are in it; none is lost between processes"
            " with DebugCog. Give each process a LOG_FILE_PATH of its own"
        )
    }
    assert len(others) == 2
    sizes = [path.stat().st_size for path in files(tmp_path)[1:]]
    assert len(sizes) > 5
    assert MAX_BYTES - 1_000 < min(sizes) <= max(sizes) <= MAX_BYTES


def test_a_process_that_is_stopped_holds_up_no_other(tmp_path: Path) -> None:
    with process(tmp_path, "a") as stopped, process(tmp_path, "b") as other:
        log(stopped, LINES * 100)
        log(other, 1)
        hears(other, "written")
        stopped.send_signal(signal.SIGSTOP)
        log(other, 10)
        hears(other, "written")
        assert texts(tmp_path).count("[INFO] root: line 9 of b") == 1

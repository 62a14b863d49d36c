"""What comes when our handler is closed is printed where Python would print it without us, once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SET_UP = """
import logging, os, sys
from pathlib import Path
from services.debugcog.logs import current, setup_logging
from services.debugcog.settings import Settings

logs = setup_logging(Settings(log_file_path=Path("bot.log")))
"""
WITHOUT = "import logging, os, sys\n"
AT_EXIT = """
import atexit
atexit.register(lambda: logging.getLogger("host").error("last words"))  # before logging's own
"""
DELETED = """
class Session:
    def __del__(self, log=logging.getLogger("host")):
        log.error("last words")

session = Session()
"""
NEVER_RETRIEVED = """
import asyncio

async def fail():
    raise OSError("last words")

async def main():
    global task
    task = asyncio.create_task(fail(), name="host")
    await asyncio.wait([task])

asyncio.run(main())
"""


def printed(source: str, folder: Path, *, then: str = "") -> str:
    """Run a program in a process of its own; return what it prints on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", source + then],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", "", done.stderr)


def test_what_is_logged_after_logging_has_ended_is_printed(tmp_path: Path) -> None:
    assert printed(AT_EXIT + SET_UP, tmp_path) == "last words\n"
    assert printed(AT_EXIT + WITHOUT, tmp_path) == "last words\n"


def test_what_an_object_logs_at_its_end_is_printed(tmp_path: Path) -> None:
    assert printed(SET_UP, tmp_path, then=DELETED) == "last words\n"
    assert printed(WITHOUT, tmp_path, then=DELETED) == "last words\n"


def test_an_exception_that_nobody_retrieves_is_printed(tmp_path: Path) -> None:
    with_ours = printed(SET_UP, tmp_path, then=NEVER_RETRIEVED)
    assert with_ours.startswith("Task exception was never retrieved\nfuture: <Task finished")
    assert with_ours.endswith("\nOSError: last words\n")
    lines = re.compile(r"\S+ line \d+|:\d+>")  # the programs are not equally long
    without = printed(WITHOUT, tmp_path, then=NEVER_RETRIEVED)
    assert lines.sub("", with_ours) == lines.sub("", without)


SILENT = {
    "below its level": "logging.getLogger('host').info('late')",
    "a handler of the logger's": (
        "logging.getLogger('host').addHandler(logging.NullHandler())\n"
        "logging.getLogger('host.part').error('late')"
    ),
    "a handler that takes no such record": (
        "logging.root.addHandler(logging.StreamHandler())\n"
        "logging.root.handlers[-1].setLevel(logging.CRITICAL)\n"
        "logging.error('late')"
    ),
    "no last resort": (
        "logging.lastResort, logging.raiseExceptions = None, False\n"
        "logging.getLogger('host').error('late')"
    ),
}


@pytest.mark.parametrize("what", SILENT)
def test_what_python_would_not_print_is_not_printed(tmp_path: Path, what: str) -> None:
    late = f"\nlogging.shutdown()\n{SILENT[what]}\n"
    assert printed(SET_UP, tmp_path, then=late) == ""
    assert printed(WITHOUT, tmp_path, then=late) == ""


def test_a_host_with_a_console_of_its_own_prints_it_alone(tmp_path: Path) -> None:
    host = AT_EXIT + "import logging\nlogging.basicConfig(format='HOST %(message)s')\n"
    assert printed(host + SET_UP, tmp_path) == "HOST last words\n"


def test_until_the_handler_is_put_back_the_last_resort_prints_and_then_the_console(
    tmp_path: Path,
) -> None:
    source = """
import logging.config
logging.error("before")
logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
logging.error("between")
logs.ensure()
logging.error("after")
"""
    before, between, told, after = printed(SET_UP, tmp_path, then=source).splitlines()
    assert (before, between, after) == ("[ERROR] root: before", "between", "[ERROR] root: after")
    assert told.startswith("[WARNING] debugcog.logs: Log handler was closed, ")


def test_where_standard_error_goes_into_logging_it_is_printed_on_the_real_one(
    tmp_path: Path,
) -> None:
    source = """
class Redirected:
    def write(self, text):
        if text.strip():
            logging.error("stderr: %s", text.strip())
    def flush(self):
        pass

sys.stderr = Redirected()
"""
    assert printed(AT_EXIT + SET_UP, tmp_path, then=source) == "stderr: last words\n"


HELD = """
import atexit, threading

def hold():
    told.wait()
    logging.lastResort.acquire()

def end():
    told.set()
    thread.join()

told, thread = threading.Event(), threading.Thread(target=hold, daemon=True)
thread.start()
atexit.register(end)  # it is called after logging's own
"""


def test_no_lock_is_awaited_whose_holder_was_ended(tmp_path: Path) -> None:
    assert printed(HELD + SET_UP, tmp_path, then=DELETED) == "last words\n"

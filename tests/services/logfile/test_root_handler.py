"""Our handler comes back when a host or a library takes it off the root logger, or closes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TAKEN_OFF, CLOSED = "taken off the root logger", "closed"
WAYS = {
    "basicConfig": ("logging.basicConfig(force=True, stream=open(os.devnull, 'w'))", CLOSED),
    "dictConfig": ("logging.config.dictConfig({'version': 1, 'root': {'handlers': []}})", CLOSED),
    "dictConfig of others": ("logging.config.dictConfig({'version': 1})", CLOSED),
    "shutdown": ("logging.shutdown()", CLOSED),
    "clear": ("logging.root.handlers.clear()", TAKEN_OFF),
    "another list": ("logging.root.handlers = [logging.NullHandler()]", TAKEN_OFF),
}


def run(script: str, folder: Path) -> list[str]:
    """Run a script in a process of its own; return what its log has, without times."""
    head = (
        "import logging, logging.config, os, threading\n"
        "from services.debugcog.logs import current, setup_logging, write_always\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = (folder / "logs" / "bot.log").read_text()
    return [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]


def said(how: str, more: str = "") -> str:
    return (
        f"[WARNING] debugcog.logs: Log handler was {how}, as logging.basicConfig(force=True) or "
        f"dictConfig() do; it is back. What was logged in between is not in the log file{more}"
    )


@pytest.mark.parametrize("way", WAYS)
def test_the_log_goes_on_and_says_what_happened_once(tmp_path: Path, way: str) -> None:
    script = """
logs = setup_logging(console=False)
logging.warning("before")
WAY
for _ in range(3):
    logs.ensure()
logging.warning("after")
logging.getLogger("debugcog.levels").warning("ours")
threads = [thread.name for thread in threading.enumerate()]
assert threads.count("debugcog-log") == 1, threads
"""
    call, how = WAYS[way]
    before, told, *after = run(script.replace("WAY", call), tmp_path)
    assert before == "[WARNING] root: before"
    assert told.startswith(said(how))
    assert after == ["[WARNING] root: after", "[WARNING] debugcog.levels: ours"]


def test_loggers_that_were_switched_off_are_named_and_ours_speak_again(tmp_path: Path) -> None:
    script = """
for name in ("a.host", "b.host", "debugcog.levels"): logging.getLogger(name)
logs = setup_logging(console=False)
logging.config.dictConfig({"version": 1, "disable_existing_loggers": True})
logs.ensure()
logging.getLogger("a.host").error("lost, as the host wants")
logging.getLogger("debugcog.levels").warning("ours")
"""
    told, *after = run(script, tmp_path)
    start = said(CLOSED, ". Loggers that are switched off, as by disable_existing_loggers: ")
    assert told.startswith(f"{start}a.host, b.host, discord, ")
    assert re.fullmatch(
        r"\S+, \S+ and \d+ more", told.removeprefix(f"{start}a.host, b.host, discord, ")
    )
    assert after == ["[WARNING] debugcog.levels: ours"]


def test_what_was_set_at_runtime_outlives_it(tmp_path: Path) -> None:
    script = """
logs = setup_logging(console=False)
logs.levels.set("root", logging.DEBUG)
logging.basicConfig(force=True, stream=open(os.devnull, "w"))
logs.ensure()
logging.debug("still in debug mode")
logs.close()
"""
    assert run(script, tmp_path)[2:] == [
        "[DEBUG] root: still in debug mode",
        "[WARNING] debugcog.levels: Log level of all loggers: reset to info",
    ]


def test_what_was_dropped_before_is_counted_on(tmp_path: Path) -> None:
    script = """
logs = setup_logging(console=False)
for _ in range(7): logs._handler._dropped["info"].add()
logging.shutdown()
logs.ensure()
assert logs.dropped == {"debug": 0, "info": 7, "warning": 0, "error": 0}, logs.dropped
"""
    run(script, tmp_path)


@pytest.mark.parametrize("call", ["setup_logging(console=False)", "share_logging(Settings(), str)"])
def test_while_it_is_away_another_setup_makes_no_second_one(tmp_path: Path, call: str) -> None:
    script = f"""
from services.debugcog.logs import share_logging
from services.debugcog.settings import Settings
logging.root.addHandler(logging.NullHandler())  # a host that needs no console of ours
logs, _ = share_logging(Settings(), str)
logging.root.handlers = [logging.NullHandler()]
{call}
logs.ensure()
current().ensure()
logging.warning("once")
"""
    assert [line for line in run(script, tmp_path) if "once" in line] == ["[WARNING] root: once"]


def test_a_handler_that_is_away_when_it_is_closed_stays_away(tmp_path: Path) -> None:
    script = """
logs = setup_logging(console=False)
logging.warning("before")
logging.root.handlers.clear()
logs.close()
logs.ensure()
assert (logging.root.handlers, current()) == ([], None)
"""
    assert run(script, tmp_path) == ["[WARNING] root: before"]


def test_python_waits_at_its_exit_for_a_record_that_is_being_written(tmp_path: Path) -> None:
    script = """
import threading, time
writing = threading.Event()
class Slow:
    def __str__(self):
        writing.set()
        time.sleep(0.3)
        return "written"
setup_logging(console=False)
logging.warning("%s", Slow())
writing.wait()  # the queue is empty by now
"""
    assert run(script, tmp_path) == ["[WARNING] root: written"]


SWITCHED_OFF = {
    "disabled": "logger.disabled = True",
    "a level": "logger.setLevel(logging.CRITICAL)",
    "logging.disable": "logging.disable(logging.CRITICAL)",
    "propagate": "logger.propagate = False",
    "the parent's propagate": "logging.getLogger('debugcog').propagate = False",
    "a filter": "logger.addFilter(lambda record: False)",
    "a filter of ours": "logging.root.handlers[0].addFilter(lambda record: False)",
    "a level of ours": "logging.root.handlers[0].setLevel(logging.CRITICAL)",
    "no handler": "logging.root.handlers.clear()",
    "dictConfig": "logging.config.dictConfig({'version': 1, 'root': {'handlers': []}})",
    "dictConfig of it": (
        "logging.config.dictConfig({'version': 1, 'loggers': {'debugcog.audit':"
        " {'level': 'CRITICAL', 'handlers': [], 'propagate': False}}})"
    ),
    "a handler that fails": "logger.handlers = [Failing()]",
    "a factory that fails": "logging.setLogRecordFactory(lambda *_: 1 / 0)",
}


@pytest.mark.parametrize("how", SWITCHED_OFF)
def test_a_line_that_is_always_written_cannot_be_switched_off(tmp_path: Path, how: str) -> None:
    script = f"""
class Failing(logging.Handler):
    def handle(self, record): raise SystemExit("failed")
logger = logging.getLogger("debugcog.audit")
setup_logging(console=False)
{SWITCHED_OFF[how]}
write_always("debugcog.audit", logging.INFO, "use: %s", "/debug")
"""
    lines = [line for line in run(script, tmp_path) if "audit" in line]
    assert lines == ["[INFO] debugcog.audit: use: /debug"]

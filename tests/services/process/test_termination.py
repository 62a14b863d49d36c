"""SIGTERM: noted where nobody handles it, and the end all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog.process.termination import Termination

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")


def ended(before: str, note: str = "print('noted', flush=True)") -> tuple[str, int]:
    """Run a process that gets SIGTERM; return what it prints, and its status."""
    script = f"""
import os, signal, threading, time
from services.debugcog.process.termination import Termination
lock = threading.Lock()
termination = Termination(lambda: {note})
{before}
with lock:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.01)
threading.Event().wait(20)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout, done.returncode


def test_it_is_noted_and_ends_the_process_as_it_would_without_us() -> None:
    assert ended("termination.install()") == ("noted\n", -signal.SIGTERM)


def test_the_note_may_need_a_lock_that_the_main_thread_holds() -> None:
    note = "(lock.acquire(), print('noted', flush=True))"
    assert ended("termination.install()", note) == ("noted\n", -signal.SIGTERM)


def test_a_note_that_fails_keeps_nobody_alive() -> None:
    assert ended("termination.install()", "1 / 0") == ("", -signal.SIGTERM)


def test_after_uninstall_nothing_is_noted() -> None:
    uninstalled = "termination.install()\ntermination.uninstall()"
    assert ended(uninstalled) == ("", -signal.SIGTERM)


def test_a_host_that_handles_it_keeps_its_handler() -> None:
    def own(*_: object) -> None: ...

    before = signal.signal(signal.SIGTERM, own)
    try:
        termination = Termination(lambda: None)
        termination.install()
        assert signal.getsignal(signal.SIGTERM) is own
        termination.uninstall()
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_ends_at_once_and_notes_nothing() -> None:
    before = """termination.install()
if child := os.fork():
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    termination.uninstall()
"""
    assert ended(before) == (f"{-signal.SIGTERM}\n", -signal.SIGTERM)


def test_the_first_process_of_a_container_ends_though_the_system_ignores_its_signal() -> None:
    script = """
import os, signal, threading
from services.debugcog.process.termination import Termination
Termination(lambda: print("noted as", os.getpid(), flush=True)).install()
os.kill(1, signal.SIGTERM)
threading.Event().wait(20)
"""
    container = ("unshare", "--pid", "--fork")
    try:
        subprocess.run([*container, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may begin a container")
    done = subprocess.run(
        [*container, sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("noted as 1\n", 128 + signal.SIGTERM)


def told_while_it_notes(seconds: float, kind: str) -> str:
    """Make a note in whose middle the process gets another signal, which it has time to take."""
    signalled = f"os.kill(os.getpid(), signal.{kind})"
    return f"(time.sleep({seconds}), {signalled}, time.sleep(0.3), print('noted', flush=True))"


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.05])
def test_a_second_signal_of_the_same_end_waits_until_that_is_noted(seconds: float) -> None:
    twice = told_while_it_notes(seconds, "SIGTERM")
    assert ended("termination.install()", twice) == ("noted\n", -signal.SIGTERM)


def test_a_signal_of_another_kind_is_no_second_end() -> None:
    both = """termination.install()
Termination(lambda: print("hung up", flush=True), signal.SIGHUP).install()
"""
    note = told_while_it_notes(0.0, "SIGHUP")
    assert ended(both, note) == ("noted\n", -signal.SIGTERM)


def test_a_second_signal_after_a_while_ends_what_hangs() -> None:
    hangs = """termination.install()
import services.debugcog.process.termination as module
module.PATIENCE = 0.1
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
"""
    assert ended(hangs, "time.sleep(20)") == ("", -signal.SIGTERM)

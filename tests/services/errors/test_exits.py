"""Ends that pass the cog's unload by leave a note; the process ends as it would without us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog.errors.exits import ExitNotes

ROOT = Path(__file__).parents[3]


def ended(then: str) -> tuple[int, list[str]]:
    """Run a program; return its status and its notes."""
    code = f"""
import os, signal, sys, time
from services.debugcog.errors.exits import ExitNotes
notes = ExitNotes(lambda text: os.write(1, (text + chr(10)).encode()))
notes.install()
def restart():
    {then}
restart()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize(
    ("then", "status", "notes"),
    [
        ("os._exit(3)", 3, ["os._exit(3) in restart (<string>:7)"]),
        (
            "os.execl(sys.executable, sys.executable, '-c', 'print(5)')",
            0,
            ["os.execv in restart (<string>:7)", "5"],
        ),
        (
            "sys.exit(4)",
            4,
            ["the program ended without unloading DebugCog (sys.exit, or its last line)"],
        ),
        (
            "raise ValueError('no')",
            1,
            ["the program ended without unloading DebugCog, by ValueError: no"],
        ),
        ("notes.uninstall(); os._exit(3)", 3, []),
    ],
    ids=["os._exit", "exec", "sys.exit", "uncaught", "after uninstall"],
)
def test_each_end_has_its_note(then: str, status: int, notes: list[str]) -> None:
    assert ended(then) == (status, notes)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGHUP on Windows")
def test_a_closed_terminal_has_its_note() -> None:
    assert ended("os.kill(os.getpid(), signal.SIGHUP); time.sleep(20)") == (
        -signal.SIGHUP,
        ["SIGHUP: the terminal that it was started in was closed"],
    )


def test_a_program_that_cannot_be_executed_leaves_no_note() -> None:
    said: list[str] = []
    notes = ExitNotes(said.append)
    notes.install()
    try:
        with pytest.raises(OSError, match="No such file"):
            os.execv("/nowhere", ["nowhere"])
    finally:
        notes.uninstall()
    assert len(said) == 2
    assert said[0].startswith("os.execv in test_a_program_that_cannot_be_executed_leaves_no_note")
    assert said[1] == ""

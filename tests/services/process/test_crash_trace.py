from __future__ import annotations

import faulthandler
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog.process.crash_trace import TRACE_MAX, CrashTrace, last_note

ROOT = Path(__file__).parents[3]


def process(path: Path, then: str, folder: Path = ROOT) -> int:
    code = f"""
import faulthandler
from pathlib import Path
from services.debugcog.process.crash_trace import CrashTrace
trace = CrashTrace(Path({str(path)!r}))
trace.open()
{then}
"""
    return subprocess.run([sys.executable, "-c", code], cwd=folder, check=False).returncode


def test_a_fatal_error_leaves_the_stacks_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    assert process(path, "faulthandler._sigsegv()") == -signal.SIGSEGV
    left = CrashTrace(path).read()
    assert left.startswith("Fatal Python error: Segmentation fault")
    assert 'File "<string>", line 7 in <module>' in left


def test_a_run_that_ends_well_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    assert process(path, "trace.close()\nassert not faulthandler.is_enabled()") == 0
    assert not path.exists()


def test_a_kill_leaves_no_text(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    kill = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    assert process(path, kill) == -signal.SIGKILL
    assert CrashTrace(path).read() == ""


def test_a_host_that_uses_faulthandler_itself_keeps_it(tmp_path: Path) -> None:
    assert faulthandler.is_enabled(), "pytest uses it"
    trace = CrashTrace(tmp_path / "state.crash")
    trace.open()
    trace.close()
    assert faulthandler.is_enabled()
    assert list(tmp_path.iterdir()) == []


HOST_ENABLES = "host = open('host.txt', 'w')\nfaulthandler.enable(host)\n"


@pytest.mark.parametrize(
    "then",
    [
        f"{HOST_ENABLES}trace.close()\n",
        f"{HOST_ENABLES}trace.close()\nagain = CrashTrace(trace._path)\nagain.open()\n",
        f"again = CrashTrace(trace._path)\ntrace.close()\n{HOST_ENABLES}again.open()\n",
    ],
    ids=["at the end", "at the next load", "while the next load begins"],
)
def test_a_host_that_enables_faulthandler_later_has_it_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tmp_path / "state.crash"
    assert process(path, f"{then}faulthandler._sigsegv()", tmp_path) == -signal.SIGSEGV
    assert (tmp_path / "host.txt").read_text().startswith("Fatal Python error: Segmentation fault")
    assert CrashTrace(path).read() == ""


def test_it_is_traced_until_the_host_takes_the_slot_or_empties_it(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    lines = """
seen = [trace.traced]
faulthandler.CALL
seen.append(trace.traced)
trace.close()
assert (seen, faulthandler.is_enabled()) == ([True, False], AFTER), seen
"""
    enables = lines.replace("CALL", "enable()").replace("AFTER", "True")
    assert process(path, enables) == 0
    disables = lines.replace("CALL", "disable()").replace("AFTER", "False")
    assert process(path, disables) == 0


def test_a_long_trace_is_cut_and_a_strange_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    path.write_bytes(b"\xff" * 100_000)
    assert CrashTrace(path).read() == "\N{REPLACEMENT CHARACTER}" * TRACE_MAX


def test_a_file_that_cannot_be_read_is_no_reason_to_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state.crash").mkdir()
    assert CrashTrace(tmp_path / "state.crash").read() == ""
    assert "Crash trace not readable" in caplog.text


def test_a_note_is_there_at_once_and_the_last_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    then = "import os\ntrace.note('one')\ntrace.note('two\\nlines')\nos._exit(3)"
    assert process(path, then) == 3
    note = last_note(CrashTrace(path).read())
    assert note is not None
    assert note.text == "two lines"
    assert abs(note.at - path.stat().st_mtime) < 1.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_forked_child_writes_no_note(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    then = "import os\nif not os.fork():\n  trace.note('child')\nelse:\n  os.wait()\nos._exit(0)"
    assert process(path, then) == 0
    assert last_note(CrashTrace(path).read()) is None


FORKS = """
import ctypes, os, signal
HOST
child = os.fork()
if child == 0:
    faulthandler._sigsegv()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGSEGV
assert faulthandler.is_enabled(), "of the parent"
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks")
def test_the_crash_of_a_forked_child_is_not_the_bots(tmp_path: Path) -> None:
    path = tmp_path / "state.crash"
    assert process(path, FORKS.replace("HOST", "")) == 0
    assert CrashTrace(path).read() == ""
    again = FORKS.replace("HOST", "trace.close(); trace = CrashTrace(trace._path); trace.open()")
    assert process(path, f"{again}faulthandler._sigsegv()") == -signal.SIGSEGV
    left = CrashTrace(path).read()
    assert left.count("Fatal Python error: Segmentation fault") == 1
    assert "line 15 in <module>" in left, "the bot's own"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks")
def test_the_crash_of_a_forked_child_is_traced_by_a_host_that_does_so_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = tmp_path / "state.crash"
    assert process(path, FORKS.replace("HOST", HOST_ENABLES), tmp_path) == 0
    assert (tmp_path / "host.txt").read_text().startswith("Fatal Python error: Segmentation fault")
    assert CrashTrace(path).read() == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks")
def test_however_often_it_is_opened_a_fork_does_no_more(tmp_path: Path) -> None:
    lines = """
import os
asked = []
os.register_at_fork = lambda **given: asked.append(given)
for _ in range(3):
    trace.close()
    trace.open()
assert asked == [], asked
"""
    assert process(tmp_path / "state.crash", lines) == 0

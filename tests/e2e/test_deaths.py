"""The next start tells what a run died of: real deaths of real processes."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT_MB = 220
DEATHS = {
    "kill": r"killed from outside",
    "segmentation fault": r"Segmentation fault in string_at \(__init__\.py:\d+\)",
    "abort in a thread": (
        r"Aborted in break_down \(dying_host\.py:\d+\), in a thread that runs break_down"
    ),
    "exit": r"os\._exit\(3\) in <lambda> \(dying_host\.py:\d+\)",
    "closed terminal": r"SIGHUP: the terminal that it was started in was closed",
    "hang": r"hung in crunch \(e2e/dying_host\.py:\d+\) for \d+ s until it was killed",
}
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@dataclass
class Hosts:
    """A process that forks a host for each way to die."""

    process: subprocess.Popen[str]

    def die(self, death: str) -> tuple[list[str], int]:
        """Run a host until it dies; return what it says of its last run, and its status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{death}\n")
        self.process.stdin.flush()
        causes: list[str] = []
        for line in self.process.stdout:
            said = json.loads(line)
            if isinstance(said, int):
                return causes, said
            if isinstance(said, str):
                causes.append(said)
            elif death == "hang":
                os.kill(said["hung"], signal.SIGKILL)
        raise AssertionError("the process has ended")


@contextlib.contextmanager
def hosts(folder: Path, enter: Callable[[], None] | None = None) -> Iterator[Hosts]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.dying_host"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ALERT_TIME_SCALE": "0.001"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=enter,
        text=True,
    ) as process:
        try:
            yield Hosts(process)
        finally:
            process.kill()


@pytest.mark.timeout(120)
def test_each_start_tells_what_the_run_before_it_died_of(tmp_path: Path) -> None:
    told = {}
    with hosts(tmp_path) as run:
        assert run.die("kill") == ([], -9)
        before = "kill"
        for death in (*list(DEATHS)[1:], "none"):
            (told[before],), _ = run.die(death)
            before = death
    wrong = {death: told[death] for death in DEATHS if not re.fullmatch(DEATHS[death], told[death])}
    assert wrong == {}


@contextlib.contextmanager
def memory_group() -> Iterator[Path]:
    """Make a control group below our own, with a limit; skip where we may not."""
    name = f"debugcog-test-{os.getpid()}"
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, own = line.split(":", 2)
        mount, limit = "memory", "memory.limit_in_bytes"
        if number == "0" and not controllers:
            mount, limit = "", "memory.max"
        elif "memory" not in controllers.split(","):
            continue
        group = Path("/sys/fs/cgroup", mount, own.strip("/"), name)
        with contextlib.suppress(OSError):
            group.mkdir()
            if (group / limit).exists():  # else it is no group, or has no say about memory
                (group / limit).write_text(str(LIMIT_MB << 20))
                break
            group.rmdir()
    else:
        pytest.skip("no control group with a limit of memory can be made here")
    try:
        yield group
    finally:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError):  # what was killed in it has not left it yet
                group.rmdir()
                break
            time.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")
@pytest.mark.timeout(120)
def test_a_kill_for_memory_is_told_from_other_kills(tmp_path: Path) -> None:
    with memory_group() as group:

        def enter() -> None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

        with hosts(tmp_path, enter) as run:
            assert run.die("memory") == ([], -9)
            assert run.die("kill") == (["out of memory (limit 220 MB)"], -9)
            assert run.die("none") == (["killed from outside"], 0)

"""python -m demo, as ``make run`` starts it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import aiohttp
import psutil
import pytest

ROOT = Path(__file__).parent.parent.parent
SECONDS = 90.0
"""For a start and a picture on a machine with much else to do."""
WHOLE_SECONDS = 600.0
"""For the whole tour, which lasts about 70 s where nothing else runs."""
SAVED = re.compile(r"→ (.+\.png)")
MARKUP = re.compile(r"<t:\d|\*\*[^*\n]+\*\*|<[#@]")
WELL = "All is well again: no incident is open"
DASHBOARD = re.compile(r"Its web dashboard: (http://127\.0\.0\.1:\d+)/login#code=(\w+)\n")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(240)]


def program(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "demo", *arguments)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


@pytest.mark.timeout(WHOLE_SECONDS)
async def test_the_whole_tour_tells_a_story_that_is_true(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *program("--once", "--talk", "1"),
        env=environment(),
        cwd=tmp_path,
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        out, _ = await demo.communicate()
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()
    told = out.decode()
    assert demo.returncode == 0, told
    assert ADDRESS.search(told.splitlines()[0]), "the page's address comes first"
    assert MARKUP.findall(told) == []
    parts = {part.partition("\n")[0]: part for part in told.split("\n=== ")}
    names = list(parts)
    assert names[1:3] == ["The bot is up, and people chat with it", "/debug metrics, by owner"]
    slow, failing, healthy, last = (
        names.index(name)
        for name in (
            "/weather state:slow, by owner",
            "/weather state:failing, by owner",
            "/weather state:healthy, by owner",
            "#alerts, as it looks now",
        )
    )
    told_of = {  # where the machine is slow, too, it is critical at once
        what: [index for index, name in enumerate(names) if re.match(f"#alerts: {what} ", name)]
        for what in ("(⚠️|🔴) Response time", "🔴 LlmError:")
    }
    assert all(told_of.values()), names
    alert, report = (indices[0] for indices in told_of.values())
    assert slow < alert < failing < report < healthy < last == len(names) - 1
    listed = parts[names[-2]]  # where something still fires, as on a machine with too much to do
    assert (WELL in listed) is ("Alerts · all quiet" in listed)
    assert (WELL in listed) or re.search(
        r"Not well yet(?s:.*)Alerts · \d+ (open|about to fire)", listed
    )


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
@pytest.mark.parametrize(("end", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
async def test_the_demo_answers_and_leaves_no_process_behind(
    tmp_path: Path, end: signal.Signals, status: int
) -> None:
    demo = await asyncio.create_subprocess_exec(
        *program("--talk", "3"),
        env=environment(),
        cwd=tmp_path,
        stdout=PIPE,
        stderr=STDOUT,
    )
    started: list[psutil.Process] = []
    try:
        told, picture = await first_answer(demo)
        started = psutil.Process(demo.pid).children(recursive=True)
        assert await opens(told) == 204
        demo.send_signal(end)
        rest, _ = await asyncio.wait_for(demo.communicate(), SECONDS)
        async with asyncio.timeout(SECONDS):
            while any(map(lives, started)):  # noqa: ASYNC110 - another process has no event for it
                await asyncio.sleep(0.05)
    finally:
        for process in started:
            if lives(process):
                process.kill()
        if demo.returncode is None:
            demo.kill()
            await demo.wait()
    assert re.search(
        r"=== /debug metrics, by owner(?s:.*)Response time.*\n  \| avg [\d.,]+ m?s\n", told
    )
    assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG\r\n")
    assert len(started) == 2, "the bot, and what draws its charts"
    assert demo.returncode == status
    assert "Traceback" not in rest.decode()


def lives(process: psutil.Process) -> bool:
    """Tell whether it runs; who takes its status from an orphan is not the demo's business."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def opens(told: str) -> int:
    """Log in to the dashboard with the address that the demo prints; return the status."""
    found = DASHBOARD.search(told)
    assert found, told
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{found[1]}/login", json={"code": found[2]}) as reply,
    ):
        return reply.status


async def first_answer(demo: Process) -> tuple[str, str]:
    """Read what the demo prints up to its first picture; return it, and the picture's path."""
    assert demo.stdout
    told = ""
    async with asyncio.timeout(SECONDS):
        async for line in demo.stdout:
            told += line.decode()
            if saved := SAVED.search(told):
                return told, saved[1]
    pytest.fail(f"the demo has ended: {told}")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("target", "extra", "quiet"), [("run", "demo", False), ("test", "dev", True)]
)
def test_make_installs_what_a_target_needs_and_shows_the_progress_of_the_demos(
    tmp_path: Path, target: str, extra: str, quiet: bool
) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target, f"VENV={tmp_path / 'venv'}", "PYTHON=python3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    (install,) = (line for line in done.stdout.splitlines() if " -m pip install " in line)
    assert install.endswith(f" --editable '.[{extra}]'")
    assert (" --quiet " in install) is quiet


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_run_installs_nothing_where_all_is_installed(tmp_path: Path) -> None:
    for name in (".ready-demo", ".ready"):
        (tmp_path / name).touch()
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "run", f"VENV={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{tmp_path}/bin/python -m demo\n"

"""python -m demo, as ``make run`` starts it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import psutil
import pytest

from demo.demo_guild import furnish
from demo.terminal import Terminal
from demo.tour import Tour
from discord_sandbox import Sandbox

ROOT = Path(__file__).parent.parent.parent
SECONDS = 90.0
"""For a start and a picture on a machine with much else to do."""
SAVED = re.compile(r"\[(.+\.png)\]")

pytestmark = pytest.mark.timeout(240)


async def test_the_tour_shows_the_end_of_the_alert_that_it_is_about(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        demo_guild = furnish(sandbox)
        tour = Tour(demo_guild, Terminal(tmp_path), tmp_path / "bot.log")
        await sandbox.say(
            demo_guild.owner, demo_guild.alerts, "Warning: Response time\nIncident 1 · peak"
        )
        alert = await tour._alert()
        for text in ("Response time\nIncident 1 · peak", "Event loop lag\nIncident 11 · peak"):
            await sandbox.say(demo_guild.owner, demo_guild.alerts, f"Ended: {text}")
        end = await tour._end_of(alert)
    assert end.text == "Ended: Response time\nIncident 1 · peak"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGTERM on Windows")
@pytest.mark.parametrize(("end", "status"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
async def test_the_demo_answers_and_leaves_no_process_behind(
    tmp_path: Path, end: signal.Signals, status: int
) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--talk", "3"),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=PIPE,
        stderr=STDOUT,
    )
    started: list[psutil.Process] = []
    try:
        told, picture = await first_answer(demo)
        started = psutil.Process(demo.pid).children(recursive=True)
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
        r"=== /debug metrics, by owner(?s:.*)Response time.*\n  \| avg \*\*[\d.,]+ m?s\*\*", told
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

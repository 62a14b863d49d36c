"""A host whose files cannot be written runs on in memory, and the console names each fix once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.debugcog import settings as configuration

ROOT = Path(__file__).parents[2]
HOST = """
import asyncio, logging, discord
from discord.ext import commands
from services.debugcog.charting.chart_spec import ChartSpec, Line

LINES = (Line("memory", ((0.0, 1.0), (1.0, 2.0))),)
SPEC = ChartSpec("Memory", "MB", LINES, thresholds=(), spans=(), start=0.0, end=1.0)

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("cogs.debug")
        logging.getLogger("host").warning("the host runs")
        cog = bot.get_cog("DebugCog")
        print("a picture" if await cog.runtime.charts.draw(SPEC) else "none")
        await bot.unload_extension("cogs.debug")

asyncio.run(main())
"""
ALL_READ_ONLY = (
    'mount -t tmpfs none /dev/shm && mount -o remount,bind,ro / && cd "$0" && exec "$1" -c "$2"'
)
NO_CHANNEL = "[WARNING] debugcog.settings: Setting missing: ALERT_CHANNEL_ID"


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    ours = {key: value for key, value in os.environ.items() if key not in configuration.FIELDS}
    return subprocess.run(
        command,
        cwd=folder,
        env={
            **ours,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LOG_LEVEL": "WARNING",
        },
        capture_output=True,
        text=True,
        timeout=150,
    )


def tails(text: str) -> list[str]:
    """Give the lines without their times, in order; but for the one about the alert channel."""
    lines = [re.sub(r"^\d{4}-\d\d-\d\d \S+ ", "", line) for line in text.splitlines()]
    return sorted(line for line in lines if not line.startswith(NO_CHANNEL))


@pytest.mark.timeout(180)
def test_a_file_where_the_folder_should_be_is_named_by_log_and_state(tmp_path: Path) -> None:
    (tmp_path / "logs").touch()
    done = run([sys.executable, "-c", HOST], tmp_path)
    assert (done.returncode, done.stdout) == (0, "a picture\n"), done.stderr
    assert tails(done.stderr) == [
        (
            f"[ERROR] debugcog.logs: Log file cannot be written: {tmp_path}/logs/bot.log: File"
            f" exists; fix: move the file {tmp_path}/logs away, a directory is needed there, or"
            " change LOG_FILE_PATH; records go to the console, next try in 5 s"
        ),
        (
            f"[ERROR] debugcog.store: State kept in memory only: {tmp_path}/logs/debugcog.sqlite3"
            f" cannot be used ([Errno 17] File exists: '{tmp_path}/logs'); fix: move the file"
            f" {tmp_path}/logs away, a directory is needed there, or change STATE_PATH; state is"
            " lost with the process"
        ),
        "[WARNING] host: the host runs",
    ]


@pytest.mark.timeout(180)  # matplotlib looks at every font of the machine
@pytest.mark.skipif(not shutil.which("unshare"), reason="needs mounts of its own")
def test_on_a_read_only_disk_log_state_and_font_cache_go_on_in_memory(tmp_path: Path) -> None:
    command = ["unshare", "-rm", "sh", "-c", ALL_READ_ONLY, str(tmp_path), sys.executable, HOST]
    done = run(command, tmp_path)
    if re.search("^(unshare|mount): ", done.stderr, re.MULTILINE):
        pytest.skip(f"this machine allows no mounts: {done.stderr.strip()}")
    assert (done.returncode, done.stdout) == (0, "a picture\n"), done.stderr
    assert tails(done.stderr) == [
        (
            f"[ERROR] debugcog.logs: Log file cannot be written: {tmp_path}/logs/bot.log: Read-only"
            " file system; fix: let LOG_FILE_PATH name a file on a disk that can be written,"
            f" {tmp_path} is read-only; records go to the console, next try in 5 s"
        ),
        (
            f"[ERROR] debugcog.store: State kept in memory only: {tmp_path}/logs/debugcog.sqlite3"
            f" cannot be used ([Errno 30] Read-only file system: '{tmp_path}/logs'); fix: let"
            f" STATE_PATH name a file on a disk that can be written, {tmp_path} is read-only; state"
            " is lost with the process"
        ),
        (
            "[WARNING] debugcog.charts: Font cache of charts is kept in memory only: neither home"
            " nor the folder for temporary files can be written; set MPLCONFIGDIR"
        ),
        "[WARNING] host: the host runs",
    ]

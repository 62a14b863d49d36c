"""A line of a shell block → run, or held against what it names; a line that nobody knows fails."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from discord_sandbox import Sandbox
from services.debugcog.logs import setup_logging
from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.settings import Settings
from tests.docs.documents import ROOT, Block
from tests.docs.monitoring_lines import MONITORING
from tests.docs.place import Place

Check = Callable[[str, Place], Awaitable[None]]
SECONDS = 30.0
RECIPE = re.compile(r"^(\w+):.*\n((?:\t.*\n)+)", re.MULTILINE)


async def check(block: Block, place: Place) -> None:
    """Check a block line by line, in one folder."""
    for line in block.text.splitlines():
        command = re.sub(r"\s{2,}#.*", "", line).strip()
        known = [found for pattern, found in LINES.items() if re.search(pattern, command)]
        assert known, f"no check knows what this does: {command}"
        await known[0](command, place)


async def check_windows(block: Block, place: Place) -> None:
    """What stands below ``rem make x`` is what that target does, in the words of Windows."""
    target, found = "", dict[str, list[str]]()
    for line in block.text.splitlines():
        if line.startswith("rem make "):
            target = line.removeprefix("rem make ")
        elif target:
            command = line.replace(".venv\\Scripts\\", "$(BIN)/")
            found.setdefault(target, []).append(command)
    assert found == {name: recipe for name, recipe in recipes().items() if name in found}
    before = block.text.partition("rem ")[0].splitlines()
    assert before[0] == "py -m venv .venv"
    assert before[1].startswith(".venv\\Scripts\\python -m pip install -e ")
    _check_requirement(before[1].rpartition(" ")[2])
    assert len(before) == 2


def recipes() -> dict[str, list[str]]:
    """The commands of each target of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {
        name: [line.strip().removeprefix("@") for line in lines.splitlines()]
        for name, lines in RECIPE.findall(text)
    }


async def _make(command: str, place: Place) -> None:
    assert command.removeprefix("make ") in recipes()


async def _install(command: str, place: Place) -> None:
    _check_requirement(command.removeprefix("pip install "))


def _check_requirement(text: str) -> None:
    """A folder with a project that has the extras."""
    folder, _, extras = text.removesuffix("]").partition("[")
    project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert {*filter(None, extras.split(","))} <= {*project["project"]["optional-dependencies"]}


async def _pytest(command: str, place: Place) -> None:
    """Each path is there, and a test reads each variable; the tests themselves run anyway."""
    variables, _, rest = command.partition("python -m pytest")
    paths = [word for word in shlex.split(rest) if "/" in word]
    assert paths
    assert all((ROOT / path).exists() for path in paths)
    sources = [
        source.read_text(encoding="utf-8")
        for path in paths
        for source in [ROOT / path, *(ROOT / path).rglob("*.py")]
        if source.is_file()
    ]
    for assignment in shlex.split(variables):
        name = assignment.partition("=")[0]
        assert any(f'environ.get("{name}"' in source for source in sources), name


async def _fault(command: str, place: Place) -> None:
    async with Sandbox() as sandbox:
        sandbox.add_guild("Home").add_text_channel("general")
        port = sandbox.page_url.rstrip("/").rpartition(":")[2]
        words = shlex.split(command)[1:]
        assert await _done(sys.executable, *words, "--port", port, cwd=place.folder)


async def _sandbox(command: str, place: Place) -> None:
    """It starts, says where its page is, and ends with Ctrl-C, so that a record is whole."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *shlex.split(command)[1:], "--port", "0"),
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        async with asyncio.timeout(SECONDS):
            while b"http://127.0.0.1:" not in (line := await process.stdout.readline()):
                assert line, "it ended"
            while b"Ctrl-C" not in await process.stdout.readline():
                pass
    finally:
        if process.returncode is None:
            process.terminate() if os.name == "nt" else process.send_signal(signal.SIGINT)
        await process.wait()


async def _module(command: str, place: Place) -> None:
    assert importlib.util.find_spec(f"{command.split()[2]}.__main__")


async def _copy(command: str, place: Place) -> None:
    source, target = command.split()[1:]
    shutil.copy(ROOT / source, place.folder / target)


async def _read_log(command: str, place: Place) -> None:
    """It finds something in a log that has what the commands of docs/logs.md look for."""
    if os.name == "nt":
        pytest.skip("the commands are for a shell")
    _write_log(place.folder)
    assert (await _done("sh", "-c", command, cwd=place.folder)).strip()


def _write_log(folder: Path) -> None:
    settings = Settings(log_file_path=folder / "logs" / "bot.log")
    logs = setup_logging(settings, console=False)
    metrics, warnings = MetricsService(fold_interval=None), PerformanceWarnings(settings)
    warnings.watch(metrics)
    for name, value in {
        "total_response_time": 1500.0,
        "memory_usage_mb": 512.0,
        "llm_generation": 5200.0,
    }.items():
        metrics.record(name, value)
    metrics.fold()
    logging.getLogger("debugcog.audit").warning("use: /debug metrics (owner) user_id=123")
    logging.getLogger("services.tts").error("Failed to generate TTS: timeout")
    logs.close()


async def _done(*command: str, cwd: Path) -> str:
    """What a command prints; it has to end well."""
    done = await asyncio.to_thread(
        subprocess.run,
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), command
    return done.stdout


LINES: dict[str, Check] = {
    r"^make \w+$": _make,
    r"^pip install \S+$": _install,
    r"^(\w+=\S+ )*python -m pytest ": _pytest,
    r"^python -m discord_sandbox fault ": _fault,
    r"^python -m discord_sandbox( --.*)?$": _sandbox,
    r"^python -m [\w.]+$": _module,
    r"^cp \S+ \S+$": _copy,
    r"^(tail|grep) .*\blogs/bot\.log\b": _read_log,
    **MONITORING,
}
"""What a line looks like → what checks it; the first that fits."""

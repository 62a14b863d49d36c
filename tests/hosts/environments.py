"""Names of packages → an environment each in ``.venv-hosts``, with this project installed into it.

``python -m tests.hosts.environments`` makes those that are missing or out of date, some at a time,
and tells how long each took. What cannot be installed ends it with an error.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import sys
import time
import tomllib
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hosts.installed import wheel_in

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-hosts"
AT_ONCE = 4
"""Installations side by side; each waits for the network half of its time."""
STAMP = "made-of.json"
PYENV = Path.home() / ".pyenv" / "versions"


class InstallError(Exception):
    """An environment cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What one environment is made of.

    Attributes:
        packages: what pip installs, in the newest version that this Python may have.
        alone: this project comes without what it needs, like a folder that is copied in.
        below: the first Python that is too new.
        newest: wants the newest Python of the machine.
    """

    packages: tuple[str, ...]
    alone: bool = False
    below: tuple[int, int] | None = None
    newest: bool = False


BESIDE = ("discord.py", "psutil", "python-dotenv")
"""What comes with this project into another library's environment and is imported there."""

ENVIRONMENTS = {
    "red": Environment(("Red-DiscordBot", "pip"), below=(3, 12)),
    "pydis_core": Environment(("pydis_core",)),
    "jishaku": Environment(("jishaku",)),
    "sentry": Environment(("sentry-sdk",)),
    "loguru": Environment(("loguru",)),
    "py_cord": Environment(("py-cord", "psutil"), alone=True),
    "disnake": Environment(("disnake", *BESIDE), alone=True),
    "nextcord": Environment(("nextcord", *BESIDE), alone=True, newest=True),
    "nextcord_2": Environment(("nextcord<3", "setuptools<81", "psutil"), alone=True, below=(3, 13)),
    "hikari": Environment(("hikari", *BESIDE), alone=True),
}


def python_of(name: str) -> Path:
    """Return the interpreter of an environment."""
    return FOLDER / name / "bin" / "python"


async def make_all() -> None:
    """Make what is missing or out of date.

    Raises:
        InstallError: names everything that could not be made.
    """
    FOLDER.mkdir(exist_ok=True)
    wheel = await _build()
    gate = asyncio.Semaphore(AT_ONCE)

    async def make(name: str) -> None:
        async with gate:
            started = time.monotonic()
            await _make(name, wheel)
            print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)

    done = await asyncio.gather(*map(make, ENVIRONMENTS), return_exceptions=True)
    failures = [str(each) for each in done if isinstance(each, BaseException)]
    if failures:
        raise InstallError("\n".join(failures))


async def _build() -> Path:
    """Build the wheel of this project."""
    folder = FOLDER / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    return await asyncio.to_thread(wheel_in, folder)


async def _make(name: str, wheel: Path) -> None:
    environment, folder = ENVIRONMENTS[name], FOLDER / name
    interpreter = _interpreter(name)
    base = {
        "packages": environment.packages,
        "python": str(interpreter),
        "needs": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"],
    }
    before = _stamp(folder)
    if {key: before.get(key) for key in base} != json.loads(json.dumps(base)):
        shutil.rmtree(folder, ignore_errors=True)
        await _run(interpreter, "-m", "venv", "--without-pip", folder)
        needed = () if environment.alone else (wheel,)
        await _install(name, *environment.packages, *needed)
        before = {}
    made = {**base, "wheel": _digest(wheel)}
    if before.get("wheel") != made["wheel"]:
        await _install(name, "--no-deps", "--force-reinstall", wheel)
    (folder / STAMP).write_text(json.dumps(made))


def _interpreter(name: str) -> Path:
    environment = ENVIRONMENTS[name]
    here = (sys.version_info[:2], Path(sys.base_prefix) / "bin" / "python3")
    known = [here, *_pyenv()]
    fitting = [each for each in known if not environment.below or each[0] < environment.below]
    if not fitting:
        text = ".".join(map(str, environment.below or ()))
        raise InstallError(f"{name} needs a Python below {text}, and none was found in {PYENV}")
    return max(fitting)[1] if environment.newest or fitting[0] != here else here[1]


def _pyenv() -> Iterator[tuple[tuple[int, int], Path]]:
    """List the other interpreters of this machine that this project runs on, the newest first."""
    found = []
    for path in PYENV.glob("3.*/bin/python3"):
        version = path.parents[1].name.split(".")
        if len(version) == 3 and version[1].isdigit() and int(version[1]) >= 11:
            found.append(((3, int(version[1])), path))
    return iter(sorted(found, reverse=True))


async def _install(name: str, *wanted: str | Path) -> None:
    pip = (sys.executable, "-m", "pip", "--python", python_of(name), "install")
    quick = ("--quiet", "--no-compile", "--disable-pip-version-check")
    try:
        await _run(*pip, *quick, *wanted)
    except InstallError as error:
        raise InstallError(f"{name}: {error}") from error


async def _run(*command: str | Path) -> None:
    process = await asyncio.create_subprocess_exec(*map(str, command), stdout=PIPE, stderr=STDOUT)
    output, _ = await process.communicate()
    if process.returncode:
        text = output.decode(errors="replace")[-2000:]
        raise InstallError(f"{' '.join(map(str, command))} failed:\n{text}")


def _stamp(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / STAMP).read_text()))
    except (OSError, ValueError):
        return {}


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    try:
        asyncio.run(make_all())
    except InstallError as error:
        sys.exit(str(error))

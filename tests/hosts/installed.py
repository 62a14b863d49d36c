"""The installed package and a host's files → that host, run as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests import forked

ROOT = Path(__file__).parents[2]


def wheel_in(folder: Path) -> Path:
    """Build the wheel by what ``pip install .`` has it built by."""
    _run("hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a folder that is a host's site-packages."""
    # What pip says of itself, such as a newer version, is no error.
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    _run("pip", "install", *options, "--target", str(folder), str(wheel))
    return folder


def _run(module: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a host's files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def environment(*path: Path) -> dict[str, str]:
    """Return the environment of a host that finds these folders as its site-packages."""
    return {**forked.environment(*path), "LOG_LEVEL": "WARNING"}


def output_of(folder: Path, *path: Path, arguments: Sequence[str] = ()) -> Any:
    """Run a host's ``bot.py`` to its end; return what it prints, which is JSON."""
    done = forked.run(["bot.py", *arguments], folder, environment(*path))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

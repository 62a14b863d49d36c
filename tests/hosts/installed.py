"""The installed package and a host's files → that host, run as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIBRARIES = [entry for entry in sys.path if entry.endswith("site-packages")]
"""Given to hosts without the ``.pth`` files in it, so that they see no checkout."""


def wheel_in(folder: Path) -> Path:
    """Build the wheel as ``pip install .`` does; without a network, so by what is installed."""
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a folder that is a host's site-packages."""
    _pip("install", "--target", str(folder), str(wheel))
    return folder


def _pip(command: str, *arguments: str) -> None:
    # What pip says of itself, such as a newer version, is no error.
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, *options, *arguments],
        capture_output=True,
        text=True,
        timeout=50,
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
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*map(str, path), *LIBRARIES]),
        "LOG_LEVEL": "WARNING",
    }


def output_of(folder: Path, *path: Path, arguments: Sequence[str] = ()) -> Any:
    """Run a host's ``bot.py`` to its end; return what it prints, which is JSON."""
    done = subprocess.run(
        [sys.executable, "-S", "bot.py", *arguments],
        cwd=folder,
        env=environment(*path),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

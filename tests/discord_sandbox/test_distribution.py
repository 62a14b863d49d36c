"""The wheel of the sandbox, a distribution of its own: what it holds, and that it runs alone."""

from __future__ import annotations

import asyncio
import email
import importlib.util
import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import aiohttp
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "discord_sandbox"
BUILD_SECONDS = 150
"""For a build that first has to fetch hatchling, on a machine with much else to do."""
SHOWN = (".py", ".js", ".css", ".html", ".svg", ".md", ".typed")
INFO = "discord_sandbox-0.1.0.dist-info/"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built once; with the build backend of this environment where it has one."""
    folder = tmp_path_factory.mktemp("wheel")
    at_hand = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    pip("wheel", "--no-deps", *at_hand, "--wheel-dir", str(folder), str(FOLDER))
    (built,) = folder.iterdir()
    return built


def pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_the_package_with_its_page_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.startswith(INFO)}
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in FOLDER.rglob("*")
        if path.suffix in SHOWN or path.name == "py.typed"
    }
    assert names == sources
    assert {"discord_sandbox/page/static/index.html", "discord_sandbox/README.md"} < names


def test_its_metadata_names_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = email.message_from_bytes(archive.read(INFO + "METADATA"))
        assert archive.read(INFO + "licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert metadata["Name"] == "discord-sandbox"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Requires-Dist") == [
        "aiohttp>=3.9",
        "zstandard>=0.22; extra == 'zstd'",
    ]


def test_the_cogs_own_wheel_does_not_hold_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert "discord_sandbox" not in packages


async def test_installed_alone_it_serves_its_page(wheel: Path, tmp_path: Path) -> None:
    """In an empty environment, which is lent the aiohttp of this one.

    A folder on PYTHONPATH does not have its .pth files read, so this checkout is not on the path.
    """
    folder = tmp_path / "environment"
    await asyncio.to_thread(venv.create, folder)
    scripts, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    python = folder / scripts / name
    await asyncio.to_thread(pip, "--python", str(python), "install", "--no-deps", str(wheel))
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-m", "discord_sandbox", "--port", "0"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        address = await page_of(process)
        async with aiohttp.ClientSession() as session:
            for file, said in {"": "<title>Sandbox</title>", "page/main.js": "new App("}.items():
                async with session.get(address + file) as response:
                    assert said in await response.text()
    finally:
        process.kill()
        await process.wait()


async def page_of(process: asyncio.subprocess.Process) -> str:
    """Return the address that the sandbox prints of its page."""
    assert process.stdout
    async for line in process.stdout:
        if line.startswith(b"# To look at it: "):
            return line.decode().rpartition(" ")[2].strip()
    pytest.fail(f"the sandbox ended with status {await process.wait()}")

"""The installed package joins a host's own cogs/ and services/ folders instead of hiding them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

HOST = """
import asyncio, discord
from discord.ext import commands
import services.llm

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("cogs.greetings")
        await bot.load_extension("cogs.debug")
        print(sorted(bot.cogs), services.llm.MODEL)

asyncio.run(main())
"""
GREETINGS = """
from discord.ext import commands

class Greetings(commands.Cog):
    pass

async def setup(bot):
    await bot.add_cog(Greetings())
"""
JOIN = '__path__ = __import__("pkgutil").extend_path(__path__, __name__)\n'


def host_in(folder: Path) -> Path:
    for name, text in {
        "bot.py": HOST,
        "cogs/greetings.py": GREETINGS,
        "services/llm.py": "MODEL = 'stheno'\n",
    }.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def output_of(folder: Path) -> str:
    # PYTHONPATH is what site-packages is to the host: a later entry of the path.
    done = subprocess.run(
        [sys.executable, "bot.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("joined", [False, True], ids=["without __init__", "with extend_path"])
def test_the_cog_loads_beside_a_hosts_own_cogs_and_services(tmp_path: Path, joined: bool) -> None:
    host = host_in(tmp_path)
    if joined:
        (host / "cogs" / "__init__.py").write_text(JOIN)
        (host / "services" / "__init__.py").write_text(JOIN)
    assert output_of(host) == "['DebugCog', 'Greetings'] stheno\n"


def test_the_folders_may_be_copied_into_a_host_that_has_packages(tmp_path: Path) -> None:
    host = host_in(tmp_path)
    shutil.copytree(ROOT / "cogs", host / "cogs", dirs_exist_ok=True)
    shutil.copytree(ROOT / "services", host / "services", dirs_exist_ok=True)
    (host / "cogs" / "__init__.py").write_text("")
    (host / "services" / "__init__.py").write_text("")
    assert output_of(host) == "['DebugCog', 'Greetings'] stheno\n"

"""A bot that Python runs with less than its code, by ``-O`` or ``-OO``, has the same ``/debug``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BOT = """
import asyncio, json
import discord
from discord.ext import commands

async def main():
    async with commands.Bot("!", intents=discord.Intents.none()) as bot:
        await bot.load_extension("debugcog")
        cog = bot.get_cog("DebugCog")
        guild = discord.Object(1)
        tree = [command.to_dict(bot.tree) for command in bot.tree.get_commands(guild=guild)]
        print(json.dumps([cog.description, cog.__doc__, tree]))

asyncio.run(main())
"""


def loaded(folder: Path, *options: str) -> Any:
    """Load the cog in a process of its own; return what it is described by, and its commands."""
    folder.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "DEBUG_GUILD_IDS": "1"}
    done = subprocess.run(
        [sys.executable, "-B", *options, "-c", BOT],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_without_assertions_and_docstrings_each_text_is_there(tmp_path: Path, option: str) -> None:
    about, in_help, (debug,) = loaded(tmp_path / "optimized", option)
    assert (
        about
        == in_help
        == debug["description"]
        == ("Metrics, memory, errors, alerts and log levels of this bot.")
    )
    assert len(debug["options"]) == 18
    assert [about, in_help, [debug]] == loaded(tmp_path / "plain")

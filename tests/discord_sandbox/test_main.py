"""python -m discord_sandbox, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from discord_sandbox import Sandbox
from discord_sandbox.__main__ import furnish
from discord_sandbox.page.viewer import first_user

ROOT = Path(__file__).parents[2]


async def test_it_prints_what_a_bot_needs_serves_and_stops() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "discord_sandbox",
        "--port=0",
        "--no-rate-limits",
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
    told = dict(line.split("=", 1) for line in lines)
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            told["DISCORD_API_BASE"] + "/users/@me/guilds",
            headers={"Authorization": f"Bot {told['DISCORD_TOKEN']}"},
        ) as response,
    ):
        guilds = await response.json()
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()

    assert list(told) == ["DISCORD_TOKEN", "DISCORD_API_BASE", "DISCORD_GATEWAY_URL"]
    assert [guild["name"] for guild in guilds] == ["Home"]
    assert (process.returncode, errors) == (0, b"")


async def test_its_page_opens_as_the_owner_of_bot_and_server() -> None:
    async with Sandbox() as sandbox:
        ids = furnish(sandbox, "Home")
        (guild,) = sandbox.world.guilds.values()
    assert ids["@owner"] == sandbox.owner.id
    assert guild.owner is sandbox.owner is first_user(sandbox.world)
    assert sorted(each.name for each in guild.members.values()) == [
        "admin",
        "moderator",
        "owner",
        "sandbox bot",
        "stranger",
    ]

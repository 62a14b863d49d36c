"""python -m cogs.debug, as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from discord_sandbox import SandboxError
from discord_sandbox.people.runs import Run
from tests.e2e.conftest import Home

ROOT = Path(__file__).parent.parent.parent


async def started(home: Home, **settings: str) -> Process:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DISCORD_API_BASE": home.sandbox.api_base,
        "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
        **settings,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cogs.debug", env=environment, stdout=PIPE, stderr=PIPE
    )


async def ended(process: Process) -> tuple[int | None, str]:
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_without_a_token_it_ends_with_status_2_and_says_what_to_set(
    home: Home, tmp_path: Path
) -> None:
    status, errors = await ended(await started(home, DISCORD_TOKEN=""))
    assert status == 2
    assert errors == (
        "DISCORD_TOKEN is not set. It was looked for in the environment and "
        f"{tmp_path}/.env, which is not there. Put it into one of them.\n"
    )


async def test_bad_settings_end_it_with_status_2_and_are_all_listed(home: Home) -> None:
    status, errors = await ended(await started(home, LOG_LEVEL="LOUD", DASHBOARD_PORT="70000"))
    assert status == 2
    assert errors == (
        "2 bad settings:\n"
        "  LOG_LEVEL='LOUD': expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL\n"
        "  DASHBOARD_PORT='70000': expected a whole number from 0 to 65535\n"
    )


async def test_a_token_that_discord_refuses_ends_it_with_status_2(home: Home) -> None:
    status, errors = await ended(await started(home, DISCORD_TOKEN="wrong"))
    assert status == 2
    assert "DISCORD_TOKEN was refused: Discord does not know this token" in errors
    assert "wrong" not in errors


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one child")
async def test_with_a_token_it_answers_until_it_is_interrupted(home: Home) -> None:
    process = await started(home, DISCORD_TOKEN=home.sandbox.token)
    try:
        run = await first_answer(home)
        await run.wait(lambda run: run.message and run.message.embeds)
    finally:
        process.send_signal(signal.SIGINT)
    status, errors = await ended(process)
    assert status == 0, errors
    assert "Traceback" not in errors


async def first_answer(home: Home) -> Run:
    """Ask until the bot has registered its command."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
            except SandboxError:
                await asyncio.sleep(0.05)

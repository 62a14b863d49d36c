"""A bot that is stopped with SIGSTOP for some seconds says so, and blames nothing else for it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import forked
from tests.e2e.conftest import Home

ROOT = Path(__file__).parent.parent.parent
STOPPED = 3.0
SETTINGS = {
    "ALERT_TIME_SCALE": "0.01",
    "EVENT_LOOP_LAG_WARNING_MS": "2400",
    "EVENT_LOOP_LAG_CRITICAL_MS": "2500",
    "GATEWAY_DOWN_WARNING_SECONDS": "2.4",
    "GATEWAY_DOWN_CRITICAL_SECONDS": "2.5",
    "MEMORY_WARNING_MB": "1",
    "MEMORY_CRITICAL_MB": "99999",
}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - another process has no event for it
            await asyncio.sleep(0.02)


@pytest.mark.timeout(180)  # it waits for two posts, each up to 60 s
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGSTOP on Windows")
async def test_a_stopped_process_is_named_as_that_and_is_no_breach(home: Home) -> None:
    environment = {
        **forked.environment(ROOT),
        "DISCORD_TOKEN": home.sandbox.token,
        "DISCORD_API_BASE": home.sandbox.api_base,
        "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
        **SETTINGS,
    }
    process = await forked.start(("-m", "cogs.debug"), Path.cwd(), environment)
    try:
        await until(lambda: home.sandbox.application.registered(home.guild.id))
        await until(lambda: any("Memory" in one.text for one in home.alerts.messages))
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STOPPED)
        process.send_signal(signal.SIGCONT)
        log = Path("logs/bot.log")
        told = re.compile(r"The process was suspended for [2-9] s")
        await until(lambda: log.exists() and told.search(log.read_text()))
        await until(lambda: any("suspended" in one.text for one in home.alerts.messages))
        run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
        await until(lambda: run.message and run.message.text)
    finally:
        process.kill()
        await process.wait()
    assert run.message
    assert re.search(r"⚠️ The process was suspended for [2-9] s, until <t:", run.message.text)
    titles = [str(one.embeds[0]["title"]) for one in home.alerts.messages if one.embeds]
    others = [title for title in titles if "suspended" not in title and "Memory" not in title]
    assert others == [], "memory alone is over its threshold, so rules are evaluated"

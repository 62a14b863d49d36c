"""A function of the host blocks the loop; the admin reads which, in alert and numbers."""

from __future__ import annotations

import asyncio
import time

import pytest

from discord_sandbox import Message
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


def wait_without_await() -> None:
    time.sleep(0.8)


async def test_the_alert_and_the_numbers_name_the_function(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVENT_LOOP_LAG_WARNING_MS", "300")
    monkeypatch.setenv("EVENT_LOOP_LAG_CRITICAL_MS", "400")
    monkeypatch.setenv("ALERT_TIME_SCALE", "0.05")  # a busy machine looks in time
    who = f"`wait_without_await` (e2e/test_stalls.py:{line()})"
    async with running(Host(), home.sandbox) as host:
        await registered()
        await evaluated(host)
        wait_without_await()
        posted = await home.alerts.wait_for(lambda it: f"Blocked by {who} for " in it.text)
        run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
        asked = await run.wait(lambda run: run.message and run.message.embeds)
    assert "`time.sleep`; use `await asyncio.sleep(…)`" in posted.text
    assert named(asked.message, who)


class Warming(Host):
    """A host that fills a cache without await, as soon as the cog is loaded."""

    async def setup_hook(self) -> None:
        await super().setup_hook()
        wait_without_await()


async def test_a_stall_right_after_the_load_is_named_before_the_state_file_is_open(
    home: Home,
) -> None:
    async with running(Warming(), home.sandbox) as host, asyncio.timeout(20):
        while not (stalls := host.cog.runtime.stalls.stalls(60)):  # noqa: ASYNC110 - a thread keeps it
            await asyncio.sleep(0.01)
    assert stalls[0].function == "wait_without_await"


async def evaluated(host: Host) -> None:
    """Wait until the grace after a start is over, in which lag is no alert."""
    evaluator = host.cog.runtime.alerting.evaluator
    async with asyncio.timeout(30):
        while evaluator.rule_states["event_loop"].state.at < 0:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)


def line() -> int:
    return wait_without_await.__code__.co_firstlineno + 1


def named(message: Message | None, who: str) -> bool:
    return message is not None and "1 stall, worst " in message.text and who in message.text

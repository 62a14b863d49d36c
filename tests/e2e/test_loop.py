"""One command tells who blocked the loop, how often and how long, after a restart too."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter

import pytest

from discord_sandbox.people.runs import Run
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


def sleep_in_the_loop() -> None:
    time.sleep(0.9)


def read_a_row(row: list[int]) -> None:
    end = time.perf_counter() + 0.7
    while time.perf_counter() < end:
        sum(row)


async def ask(home: Home, **options: object) -> Run:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug loop", options)
    return await run.wait(lambda run: run.message and run.message.attachments)


def text_of(run: Run) -> str:
    assert run.message
    text = re.sub(r"\b[\d.]+ m?s\b", "TIME", run.message.text)
    return re.sub(r"<t:\d+:(\w)>", r"<\1>", text)


def place(function: object, line: int) -> str:
    first = function.__code__.co_firstlineno  # type: ignore[attr-defined]
    return f"(e2e/test_loop.py:{first + line})"


async def seen(host: Host, *names: str) -> None:
    """Wait until stalls of these functions are known; a busy machine may add others."""
    while True:
        found = Counter(stall.function for stall in host.cog.runtime.stalls.stalls(60))
        if not Counter(names) - found:
            return
        await asyncio.sleep(0.05)


async def test_it_names_who_blocked_the_loop_worst_first_and_still_does_after_a_restart(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    async with running(Host(), home.sandbox) as host:
        await registered()
        quiet = await ask(home)
        for block in (sleep_in_the_loop, sleep_in_the_loop, lambda: read_a_row([1] * 1000)):
            await asyncio.sleep(0.3)  # a heartbeat comes between two stalls
            block()
        await seen(host, "sleep_in_the_loop", "sleep_in_the_loop", "read_a_row")
        run = await ask(home, window="15m")
        slept = f"`sleep_in_the_loop` {place(sleep_in_the_loop, 1)}"
        assert text_of(run).startswith(
            "Event loop · last 15 minutes\n"
            f"**#1** {slept}\n"
            "**TIME** in 2 stalls, longest TIME · last <R>, first <R>\n"
            "→ `time.sleep`; use `await asyncio.sleep(…)`\n"
            f"**#2** `read_a_row` {place(read_a_row, 3)[:-2]}"
        )
        assert run.message
        description = run.message.attachments[0].description or ""
        assert [description.count(f" UTC: #{rank}.") for rank in (1, 2)] == [2, 1]
        key = next(
            option["value"]
            for row in run.message.components
            for control in row["components"]
            for option in control.get("options", ())
            if option["label"] == "#1 sleep_in_the_loop"
        )
        menu = "Open a cause: stack, times"
        one = await home.sandbox.choose(home.owner, run.message, menu, [key])
        await one.wait(lambda run: text_of(run).startswith("Blocked the event loop"))
        assert f"{slept}\n**TIME** in 2 stalls" in text_of(one)
        stack = (
            f"e2e/test_loop.py:{sleep_in_the_loop.__code__.co_firstlineno + 1} in sleep_in_the_loop"
        )
        assert f"```py\n{stack}\n" in text_of(one)
        assert text_of(one).endswith("\n<f> · TIME\n<f> · TIME")
        back = await home.sandbox.click(home.owner, one.message, "All")
        await back.wait(
            lambda run: text_of(run).startswith("Event loop · last 15 minutes\n**#1** ")
        )
    assert "Nothing has blocked the loop for TIME or longer.\n" in text_of(quiet)
    async with running(Host(), home.sandbox):
        await registered()
        again = await ask(home)
    assert f"**#1** {slept}\n**TIME** in 2 stalls" in text_of(again)


async def test_it_refreshes_by_itself_when_it_is_asked_to(home: Home, host: Host) -> None:
    run = await ask(home, live=True)
    assert "live until " in text_of(run)
    stopped = await home.sandbox.click(home.owner, run.message, "Stop")
    await stopped.wait(lambda run: "Live ended at " in text_of(run))

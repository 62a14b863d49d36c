"""Is it leaking, what grows, which line, where does the time go: asked of a real bot."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from cogs.debug.app.feature_handlers import FeatureHandlers
from cogs.debug.features.alerts.actions import OpenCrash
from cogs.debug.ui.footers import DRAWING
from discord_sandbox import Message
from discord_sandbox.people.runs import Run
from services.debugcog.inspection import forked
from tests.e2e.conftest import Home, Host

forks = pytest.mark.skipif(not forked.is_available(), reason="this system has no safe fork")


class Session:
    """What the host forgets to let go of."""

    def __init__(self) -> None:
        self.history = [1]


async def asked(home: Home, command: str, options: Mapping[str, Any] | None = None) -> Message:
    """Run a command, and return its answer once it is there."""
    run = await home.sandbox.run_command(home.owner, home.channel, command, options or {})
    await run.wait(lambda run: run.message and run.message.embeds, timeout=30)
    assert run.message
    return run.message


async def clicked(home: Home, message: Message, label: str, expected: str) -> None:
    """Click a button, and wait until the message shows what is expected."""
    run = await home.sandbox.click(home.owner, message, label)
    await run.wait(lambda _: expected in message.text, timeout=30)


async def test_the_memory_is_told_with_a_verdict_and_with_what_discord_py_keeps(
    home: Home, host: Host
) -> None:
    await home.sandbox.say(home.stranger, home.channel, "hello")
    async with asyncio.timeout(10):
        while not host.cached_messages:  # noqa: ASYNC110 - the client has no event for it
            await asyncio.sleep(0.01)
    shown = (await asked(home, "debug memory")).text
    assert "**Not known yet**: the bot has not run for long enough" in shown
    assert re.search(r"Messages \*\*[12]\*\* · `max_messages` 1,000", shown), "2 with the answer"
    assert re.search(r"Members \*\*\d\*\* · no intent `members`; cache flags voice", shown)
    assert "Servers **1**" in shown


@forks
async def test_a_class_that_leaks_is_named_with_its_module_and_growth_by_two_censuses(
    home: Home, host: Host
) -> None:
    first = await asked(home, "debug memory", {"action": "census"})
    assert "most frequent types" in first.text
    host.cog.runtime.inspections()._fresh = 0.0
    kept = [Session() for _ in range(3_000)]
    await clicked(home, first, "Refresh", "what grew in")
    found = re.search(
        r"Of your classes, `tests\.e2e\.test_inspections\.Session` grows most: "
        r"\*\*\+([\d,]+) per hour\*\*",
        first.text,
    )
    assert found, first.text
    assert int(found[1].replace(",", "")) >= len(kept)
    assert f"+{len(kept):,}, now {len(kept):,}" in first.text
    kept += [Session() for _ in range(500)]
    await clicked(home, first, "Refresh", f"+{len(kept):,}, now {len(kept):,}")
    assert len(host.cog.runtime.inspections().censuses) == 3, "it was compared with the first"


@forks
async def test_the_next_census_comes_by_itself(home: Home, host: Host) -> None:
    inspections = host.cog.runtime.inspections()
    shown = await asked(home, "debug memory", {"action": "census"})
    await clicked(home, shown, "Compare in 10 min", "The next count comes by itself")
    inspections._fresh = 0.0
    inspections.census_later(0.01)
    async with asyncio.timeout(30):
        while inspections.due is not None:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    inspections._fresh = 60.0
    await clicked(home, shown, "Refresh", "what grew in")


@forks
async def test_a_planned_census_that_cannot_be_taken_is_a_line_of_the_log(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(forked, "_fork", refuse)
    inspections = host.cog.runtime.inspections()
    inspections.census_later(0.0)
    planned = inspections._later
    assert planned
    await planned

    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "Census not taken: No child could be forked: Resource temporarily unavailable."
    ]
    assert inspections.due is None


@forks
async def test_without_room_for_a_child_nothing_is_counted(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = host.cog.runtime.process
    report = process.report(0)

    class Full:
        rss_mb, system_available_mb = 600.0, 100.0

    monkeypatch.setattr(type(process), "report", lambda self, tasks: Full)
    assert report.rss_mb
    shown = (await asked(home, "debug memory", {"action": "census"})).text
    assert shown == (
        "Not done: for a moment it may need up to 600 MB more memory, and 100 MB are free."
    )
    assert host.cog.runtime.inspections().censuses == ()


@forks
async def test_tracing_is_asked_for_names_the_line_and_ends_with_the_cog(
    home: Home, host: Host
) -> None:
    question = await asked(home, "debug memory", {"action": "tracemalloc start"})
    assert not tracemalloc.is_tracing()
    await clicked(home, question, "Start for 5 min", "stops by itself in 5 min")
    kept = [Session() for _ in range(3_000)]
    await clicked(home, question, "Show", "by line")
    assert re.search(r"`e2e/test_inspections\.py:\d+` · [\d,]+ blocks", question.text), len(kept)
    await host.unload_extension("cogs.debug")
    assert not tracemalloc.is_tracing()


async def test_a_host_that_traces_itself_is_left_alone(home: Home, host: Host) -> None:
    tracemalloc.start()
    try:
        shown = (await asked(home, "debug memory", {"action": "tracemalloc stop"})).text
        assert shown.startswith("Your bot runs `tracemalloc` itself")
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def grind() -> None:
    end = time.perf_counter() + 0.03
    while time.perf_counter() < end:
        sum(number * number for number in range(500))


@pytest.fixture
async def busy() -> AsyncIterator[None]:
    """Keep the loop at work half of the time."""

    async def work() -> None:
        while True:
            grind()
            await asyncio.sleep(0.03)

    task = asyncio.create_task(work())
    yield
    task.cancel()


def is_profiled(run: Run) -> bool:
    message = run.message
    return bool(message and "Your functions" in message.text and DRAWING not in str(message.embeds))


@pytest.mark.usefixtures("busy")
async def test_a_profile_tells_how_far_it_is_and_then_where_the_time_went(
    home: Home, host: Host
) -> None:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug profile", {"seconds": 1})
    await run.wait(lambda run: run.message and " of 1 s" in run.message.text, timeout=30)
    await run.wait(is_profiled, timeout=30)
    assert run.message
    shown = run.message.text
    first = shown[shown.index("with the libraries they call") :].splitlines()[1]
    assert re.fullmatch(r"\*\*[\d.]+%\*\* `grind` `e2e/test_inspections\.py:\d+`.*", first)
    assert "live until" not in shown
    files = {file.filename: file for file in run.message.attachments}
    assert set(files) == {"profile.speedscope.json", "chart.png"}
    stacks = json.loads(files["profile.speedscope.json"].data)
    assert "grind" in {frame["name"] for frame in stacks["shared"]["frames"]}
    described = files["chart.png"].description or ""
    assert described.startswith("Time of the event loop, idle left out, ")
    for _ in range(2):  # the button begins a new one each time, and its message follows it
        again = await home.sandbox.click(home.owner, run.message, "Again")
        await again.wait(lambda _: " of 1 s" in shown_of(run), timeout=30)
        await again.wait(lambda _: "Your functions" in shown_of(run), timeout=30)
    longer = await home.sandbox.choose(home.owner, run.message, "Length", ["Profile for 5 s"])
    await longer.wait(lambda _: " of 5 s" in shown_of(run), timeout=30)
    await seen_at_work(host)
    await clicked(home, run.message, "Stop", "Busy for")


def shown_of(run: Run) -> str:
    return run.message.text if run.message else ""


async def seen_at_work(host: Host) -> None:
    """Wait until the latest profile has seen the loop run something."""
    profiler = host.cog.runtime.inspections().latest_profile
    assert profiler
    async with asyncio.timeout(30):
        while not profiler._stacks:  # noqa: ASYNC110 - its thread tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("busy")
async def test_one_profile_at_a_time_which_can_be_stopped(home: Home, host: Host) -> None:
    first = await asked(home, "debug profile", {"seconds": 60})
    second = await asked(home, "debug profile", {"seconds": 5})
    assert " of 60 s" in second.text, "the one that runs is shown"
    assert len(set(host.cog.runtime.inspections()._profiles.values())) == 1
    await seen_at_work(host)
    await clicked(home, first, "Stop", "Busy for")
    assert not any(one.name == "debugcog-profile" for one in threading.enumerate())


async def test_a_profile_ends_with_the_cog(home: Home, host: Host) -> None:
    await asked(home, "debug profile", {"seconds": 60})
    assert any(one.name == "debugcog-profile" for one in threading.enumerate())
    await host.unload_extension("cogs.debug")
    assert not any(one.name == "debugcog-profile" for one in threading.enumerate())


async def test_a_bot_that_has_not_crashed_has_no_latest_crash(home: Home, host: Host) -> None:
    shown = (await asked(home, "debug alerts", {"find": "crash"})).text
    assert shown == "No crash is on record."
    older = await FeatureHandlers(host.cog.runtime).alerts().crash(OpenCrash(99))
    assert older.embeds[0].description == (
        "No such crash is kept; `/debug alerts` lists those of the last 7 days."
    )

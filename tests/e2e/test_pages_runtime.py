"""The page Runtime in a real browser: event loop, gateway, tasks and traces of a real bot."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord.ext import commands, tasks

import debugcog
from services.debugcog.answers.figure import NONE
from services.debugcog.calls.call import Call, ServiceSum, Span
from services.debugcog.gateway.responses import Response
from services.debugcog.stalls.stall import Stall
from tests.e2e import board as dashboard
from tests.e2e.board import Board, Guest
from tests.e2e.test_pages_looks import axe, violations

pytestmark = dashboard.MARKS
board = dashboard.board

EVIL = "<img src=x onerror=document.title='hacked'>"
PARTS = ("", "?part=gateway", "?part=tasks", "?part=traces")
RECORD = """
window.seen = [];
new MutationObserver(() => window.seen.push(document.querySelector('#app').innerText))
  .observe(document.querySelector('#app'), { subtree: true, childList: true, characterData: true });
"""
ASK_SOON = """
setTimeout(() => { for (const _ of "12") document.querySelector('.tools button').click(); }, 2500);
"""
"""Pausing and going on makes the page ask at once, while the test blocks the bot."""


class Chatty(Guest):
    """A host that answers messages in timed parts."""

    async def on_message(self, message: discord.Message, /) -> None:
        if message.content == "hello":
            metrics = debugcog.metrics_of(self)
            with metrics.timer("llm_generation", model=EVIL), metrics.timer("tts_generation"):
                await message.channel.send("hello yourself")


class Jobs(commands.Cog, name=EVIL):
    """A cog with one loop that waits and one that has failed."""

    @tasks.loop(hours=1)
    async def cleanup(self) -> None:
        """Do nothing."""

    @tasks.loop(hours=1)
    async def broken(self) -> None:
        raise ValueError("it came")


@pytest.fixture
def guest() -> Guest:
    """Make the host."""
    return Chatty()


@pytest.fixture
async def jobs(board: Board) -> AsyncIterator[Jobs]:
    """Loops, and three tasks of a coroutine with a hostile name, which end with the test."""
    gate, cog = asyncio.Event(), Jobs()

    async def wait() -> None:
        await gate.wait()

    def made() -> asyncio.Task[None]:
        coroutine: Any = wait()
        coroutine.__qualname__ = EVIL
        return asyncio.create_task(coroutine)

    waiting = [made() for _ in range(3)]
    await board.host.add_cog(cog)
    cog.cleanup.start()
    await asyncio.gather(cog.broken.start(), return_exceptions=True)
    yield cog
    gate.set()
    cog.cleanup.cancel()
    await asyncio.gather(*waiting)


def block_the_loop(seconds: float) -> None:
    time.sleep(seconds)


def call(number: int, **changes: Any) -> Call:
    """Make a call with two parts, as ids of Discord are."""
    spans = (
        Span("database_query", "", 60.0, 20.0, False, 0),
        Span("llm_generation", f"model={EVIL}", 100.0, 3200.0, True, 0),
    )
    sums = tuple(ServiceSum(one.service, 1, 0, one.ms, one.ms) for one in spans)
    made = Call(
        id=1234567890123456700 + number,
        kind="prefix",
        name=f"ask{number}",
        at=time.time(),
        ms=3900.0,
        user_id=1234567890123456789,
        spans=spans,
        services=sums,
    )
    return replace(made, **changes)


async def test_who_blocked_the_loop_is_named_with_a_stack_that_stays_open(board: Board) -> None:
    log = board.host.cog.runtime.stalls._stalls
    worst = Stall(time.time(), 500.0, EVIL, f"{EVIL}.py", 7, "use `await`", f"{EVIL}\ninner")
    log.add(worst)
    await board.log_in("/runtime")
    assert await board.text(".parts [aria-current]") == "Event loop"
    await board.shows(".tile:nth-child(1) .main", "ms")
    first = ".culprits li:first-child"
    await board.shows(f"{first} summary", f"#1 {EVIL} {EVIL}.py:7")
    await board.shows(f"{first} summary", "8 min 20 s in 1 stall · last ")
    assert await board.text(f"{first} pre") == f"{EVIL}\ninner"
    assert await board.texts(f"{first} code") == ["await"]
    assert await board.page.run("document.querySelector('.chart').ariaLabel") == "Event loop lag"
    await board.page.run(f"window.item = document.querySelector('{first} details')")
    log.add(replace(worst, seconds=100.0))
    await board.shows(f"{first} summary", "10 min in 2 stalls, longest 8 min 20 s")
    assert await board.page.run(
        f"window.item.open && window.item === document.querySelector('{first} details')"
    )
    stalls = board.host.cog.runtime.stalls
    before = stalls._beat
    async with asyncio.timeout(30):
        while stalls._beat == before:  # noqa: ASYNC110 - a heartbeat is told to nobody
            await asyncio.sleep(0.01)
    block_the_loop(0.8)
    name = "block_the_loop e2e/test_pages_runtime.py:"
    await board.page.until(f"document.querySelector('.culprits').innerText.includes('{name}')")


async def test_a_loop_that_nobody_blocked_says_so(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine blocks it for a while: let all of that be long ago.
    clock = itertools.count(1e12, 1e9)
    monkeypatch.setattr(board.host.cog.runtime.stalls._stalls, "_clock", lambda: next(clock))
    await board.log_in("/runtime")
    await board.shows("[aria-label='Who blocked it']", "Nothing has blocked the loop for 0.25 s")
    assert await board.text(".tile:nth-child(2) .main") == NONE


async def test_the_gateway_tells_what_was_lost_and_whose_limits_were_met(board: Board) -> None:
    seen = board.host.cog.runtime.upkeep.sources
    await board.log_in("/runtime?part=gateway&window=5m")
    await board.shows(".page", "No trouble in the last 15 minutes, here or at Discord.")
    await board.shows("main", "None in this range.")
    await board.shows(".tile:nth-child(3)", "999")
    await board.shows(".tile:nth-child(3)", "of 1,000")
    seen.connections.lost(None, "closed", 4014)
    seen.connections.lost(None, "unreachable", detail=EVIL)
    seen.responses.add(Response(429, "POST", "/channels/7/messages", scope="global"))
    await board.shows("[aria-label='Disconnects']", f"no connection could be made\n{EVIL} · Look")
    assert "4014" in await board.text("[aria-label='Disconnects']")
    await board.shows("[aria-label='Rate limits']", "the bot's limit of all routes")
    await board.shows(".page", "May be the bot or Discord: ")
    await board.page.click(".range a", "24h")
    await board.page.until("location.search === '?window=24h&part=gateway'")
    assert await board.text(".parts [aria-current]") == "Gateway"


async def test_tasks_are_listed_searched_and_opened_to_their_stacks(
    board: Board, jobs: Jobs
) -> None:
    await board.log_in("/runtime?part=tasks")
    assert await board.page.run("document.querySelector('.range').hidden")
    loops = "[aria-label='Loops'] tbody"
    await board.shows(loops, f"broken of cog {EVIL}")
    assert (await board.texts(f"{loops} td:nth-child(2)"))[0].startswith("🔴failed\n\nValueError")
    await board.shows(f"{loops} tr:last-child", "waiting")
    await board.shows("[aria-label='Tasks'] tbody", EVIL)
    await board.page.press("/")
    await board.page.type("onerror")
    await board.page.until("location.search === '?part=tasks&find=onerror'")
    await board.page.until("document.querySelectorAll('[aria-label=Tasks] tbody tr').length === 1")
    assert await board.text("[aria-label='Tasks'] tbody td:nth-child(2)") == "3"
    await board.page.click("[aria-label='Tasks'] a", EVIL)
    await board.shows(".stacks pre", "in wait")
    assert await board.text("main .page .page h2") == EVIL
    assert len(await board.texts(".stacks pre")) == 3
    await board.page.click("a", "All tasks")
    await board.shows("[aria-label='Tasks'] tbody", EVIL)
    await board.open("/runtime?part=tasks&group=0000000000")
    await board.shows("main h2:not(.unseen)", "No such task runs any more.")


async def test_while_the_loop_is_blocked_the_tasks_say_so_and_come_back(board: Board) -> None:
    await board.log_in("/runtime?part=tasks")
    await board.shows("[aria-label='Tasks'] tbody", "tasks of DebugCog itself")
    await board.page.run(RECORD + ASK_SOON)
    block_the_loop(4.0)
    missing = "Tasks are missing: the bot's event loop is blocked."
    await board.page.until(f'window.seen.some((text) => text.includes("{missing}"))')
    seen = await board.page.run(f'window.seen.find((text) => text.includes("{missing}"))')
    assert "Event loop blocked for" in seen
    assert "tasks of DebugCog itself" in seen, "what was seen before stays"
    await board.page.until("document.querySelector('main .problem').textContent === ''")


async def test_a_message_is_a_trace_with_bars_and_numbers(board: Board) -> None:
    await board.log_in("/runtime?part=traces")
    await board.shows("main", "No call with timed parts so far.")
    home = board.home
    await home.sandbox.say(home.stranger, home.channel, "hello")
    await board.shows("[aria-label='One call'] h2", "Chatty.on_message · ")
    parts = await board.texts(".waterfall tbody th")
    assert [text.partition(" slowest")[0] for text in parts] == [
        "Chatty.on_message",
        "LLM · _img src_x onerror_document.title__hacked__",
        "TTS",
        "Discord · messages, POST",
    ]
    await board.page.click("[aria-label='One call'] a", f"user {home.stranger.user.id}")
    await board.page.until(f"location.search === '?user={home.stranger.user.id}'")


async def test_a_call_is_chosen_by_a_link_and_its_bars_stand_where_its_parts_ran(
    board: Board,
) -> None:
    book = board.host.cog.runtime.usage.calls.book
    for number in range(30):
        book.keep(call(number, outcome="failed" if number == 7 else "done"))
    await board.log_in("/runtime?part=traces")
    await board.shows("[aria-label='One call'] h2", "ask29 · 3.9 s")
    await board.shows("[aria-label='One call']", "LLM took 3.2 s of 3.9 s")
    assert len(await board.texts("[aria-label='Last calls'] tbody tr")) == 25
    await board.page.click("[aria-label='Last calls'] a", "ask7")
    await board.page.until("location.search === '?part=traces&call=1234567890123456707'")
    await board.shows("[aria-label='One call'] h2", "ask7 · 3.9 s")
    rows = await board.texts(".waterfall tbody tr")
    assert [" ".join(row.split()) for row in rows] == [
        "ask7 ❌ failed 3.9 s 680 ms 0 ms",
        "database_query 20 ms 20 ms 60 ms",
        f"LLM · {EVIL} slowest, ❌ failed 3.2 s 3.2 s 100 ms",
    ]
    places = await board.page.run(
        "(() => { const bars = [...document.querySelectorAll('.bar')]"
        ".map((bar) => bar.getBoundingClientRect()); const [whole] = bars;"
        " return bars.map(({left, width}) =>"
        " [left - whole.left, width].map((it) => Math.round((3900 * it) / whole.width))); })()"
    )
    assert places == [[0, 3900], [60, 20], [100, 3200]]
    await board.page.click("a", "Latest call")
    await board.shows("[aria-label='One call'] h2", "ask29 · 3.9 s")
    await board.open("/runtime?part=traces&service=tts_generation")
    await board.shows("main", "No call that is kept matches.")
    await board.open("/runtime?part=traces&call=5")
    await board.shows("main", "That call is no longer kept.")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_full_parts_hold_on_a_phone_and_axe_finds_nothing(
    board: Board, jobs: Jobs, scheme: str
) -> None:
    script = axe()
    runtime = board.host.cog.runtime
    runtime.usage.calls.book.keep(call(1, name="W" * 64, error="E-7K3Q9D", outcome="failed"))
    seen = runtime.upkeep.sources
    seen.connections.lost(None, "unreachable", detail="W" * 80)
    seen.responses.add(Response(429, "POST", f"/{'w' * 80}", scope="shared"))
    await board.page.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    runtime.stalls._stalls.add(Stall(time.time(), 500.0, "W" * 80, "w.py", 7, "", "W" * 200))
    await board.page.resize(390, 844, scale=2)
    await board.log_in("/runtime")
    await board.shows(".culprits pre", "W" * 200)
    for part in PARTS:
        await board.open(f"/runtime{part}")
        await board.page.until("document.querySelector('tbody td, .culprits pre') !== null")
        assert await violations(board, script) == [], part
        assert await board.page.run("document.documentElement.scrollWidth") == 390, part
        last = "[...document.querySelectorAll('tbody tr:first-child td:last-child')]"
        inside = f"{last}.every((it) => it.getBoundingClientRect().right <= 390)"
        assert await board.page.run(inside), part

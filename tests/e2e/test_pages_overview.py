"""The overview and the frame around every page, in a real browser beside a real bot."""

from __future__ import annotations

import json
import re
import time

from tests.e2e import board as dashboard
from tests.e2e.board import Board

pytestmark = dashboard.MARKS
board, guest = dashboard.board, dashboard.guest

RECORD = """
window.seen = [];
new MutationObserver(() => window.seen.push(document.querySelector('.banner').innerText))
  .observe(document.querySelector('.banner'), { subtree: true, childList: true, attributes: true });
"""
ASK_SOON = """
setTimeout(() => { for (const _ of "12") document.querySelector('.tools button').click(); }, 2500);
"""
"""Pausing and going on makes the page ask at once, while the test blocks the bot."""


def block(seconds: float) -> None:
    time.sleep(seconds)


def tile(title: str) -> str:
    return f".tile:nth-child({TILES.index(title) + 1})"


TILES = ("Active users", "Messages per hour", "Response time", "Errors", "Memory", "Uptime")


async def test_the_tiles_show_the_figures_of_now_without_a_reload(board: Board) -> None:
    board.metrics.record("total_response_time", 1200.0)
    await board.log_in()
    assert [text.title() for text in await board.texts(".tile dt")] == [
        one.title() for one in TILES
    ]
    await board.shows(tile("Response time"), "1.2 s")
    assert re.search(r"\d+ MB", await board.text(tile("Memory")))
    assert re.search(r"servers 1$", await board.text(tile("Uptime")))
    await board.page.run("window.same = true")
    for _ in range(3):
        board.metrics.record("total_response_time", 3600.0)
    await board.shows(tile("Response time"), "3 s")
    await board.shows(tile("Response time"), "p95 3.6 s")
    assert await board.page.run("window.same") is True


async def test_the_range_is_in_the_address_and_stays_from_page_to_page(board: Board) -> None:
    await board.log_in()
    assert await board.text(".range [aria-current]") == "1h"
    await board.page.click(".range a", "24h")
    await board.page.until("location.search === '?window=24h'")
    await board.page.click(".pages a", "Performance")
    await board.page.until("location.pathname + location.search === '/performance?window=24h'")
    assert await board.text(".range [aria-current]") == "24h"
    await board.page.until(
        "performance.getEntriesByType('resource').some((it) => "
        "it.name.endsWith('/api/v1/performance?window=24h'))"
    )
    await board.page.run("history.back()")
    await board.page.until("location.pathname + location.search === '/?window=24h'")
    await board.shows(".pages [aria-current]", "Overview")


async def test_an_alert_is_shown_on_every_page_with_who_acknowledged_it(board: Board) -> None:
    await board.log_in()
    await board.shows(".alerts", "✅ No alert is firing.")
    board.host.queue = 700.0
    posted = await board.home.alerts.wait_for(lambda it: "Queue" in it.text)
    await board.shows(".alerts .critical", "Queue")
    assert "not acknowledged" in await board.text(".alerts .critical")
    assert (await board.page.run("document.title")).startswith("(1) Overview")
    await board.page.click(".pages a", "Performance")
    await board.shows(".banner li", "Queue")
    await board.home.sandbox.click(board.home.owner, posted, "Acknowledge")
    await board.shows(".banner li", "· acknowledged by ")
    owner = board.home.owner
    assert f"acknowledged by @{owner.name}" in await board.text(".banner li")
    board.host.queue = 1.0
    await board.page.until("document.querySelector('.banner').hidden")


async def test_a_blocked_loop_is_shown_with_its_stack_while_it_is_blocked(board: Board) -> None:
    await board.log_in()
    await board.page.run(RECORD + ASK_SOON)
    block(4.0)
    await board.page.until("window.seen.some((text) => text.includes('Event loop blocked for'))")
    seen = await board.page.run("window.seen.find((text) => text.includes('Event loop blocked'))")
    assert "by block (e2e/test_pages_overview.py:" in seen
    assert "test_pages_overview.py:27 in block\n" in seen
    await board.page.until("document.querySelector('.banner').hidden")


async def test_a_short_stall_of_another_thread_is_told_with_its_time_and_thread(
    board: Board,
) -> None:
    stall = {
        "seconds": 0.31,
        "function": "parse",
        "place": "chat.py:6",
        "thread": "asyncio_0",
        "hint": "",
        "stack": "chat.py:6 in parse",
    }
    await board.log_in()
    told = await board.page.run(
        "import('/static/banner.js').then(({Banner}) => { const banner = new Banner(); "
        f"banner.update({{stall: {json.dumps(stall)}, gateway_down: 0.4}}); "
        "return [...banner.element.querySelectorAll('strong')].map((one) => one.textContent); })"
    )
    assert told == [
        "🔴 Event loop blocked for 310 ms by parse (chat.py:6) in thread asyncio_0",
        "🔴 No connection to Discord for 400 ms",
    ]


async def test_what_of_the_host_fails_is_told_in_words(board: Board) -> None:
    board.metrics.gauge("queue_length", lambda: [].pop())
    await board.log_in()
    await board.shows(".banner li", "Gauge queue_length fails: IndexError: pop from empty list (")
    assert await board.texts(".banner li code") == [
        "queue_length",
        "IndexError: pop from empty list",
    ]


async def test_a_lost_gateway_is_shown(board: Board) -> None:
    await board.log_in()
    board.home.sandbox.faults.outage(8)
    board.home.sandbox.faults.drop_gateway(resume=False)
    await board.shows(".banner", "No connection to Discord for")


async def test_figures_that_cannot_be_renewed_stay_grey_with_their_age(board: Board) -> None:
    board.metrics.record("total_response_time", 1200.0)
    await board.log_in()
    await board.shows(tile("Response time"), "1.2 s")
    fresh = await board.page.run("getComputedStyle(document.querySelector('main')).filter")
    dashboard = board.host.cog.runtime.dashboard
    assert dashboard is not None
    dashboard.close()
    await board.page.until("document.querySelector('.live').dataset.state === 'lost'")
    assert re.fullmatch(r"No answer · \d+ s old", await board.text(".live"))
    assert "1.2 s" in await board.text(tile("Response time"))
    stale = await board.page.run("getComputedStyle(document.querySelector('main')).filter")
    assert (fresh, stale) == ("none", "grayscale(1)")
    board.page.console.clear()  # the browser's own notes of refused connections


async def test_pause_asks_no_more_until_it_goes_on(board: Board) -> None:
    await board.log_in()
    await board.page.press("p")
    await board.shows(".live", "Paused · ")
    assert await board.text(".tools button") == "Resume"
    asked = len([each for each in board.page.requests if "/api/" in each])
    board.metrics.record("total_response_time", 1200.0)
    await board.page.until("/Paused · [6-9] s old/.test(document.querySelector('.live').innerText)")
    assert len([each for each in board.page.requests if "/api/" in each]) == asked
    await board.page.press("p")
    await board.shows(tile("Response time"), "1.2 s", seconds=4)


async def test_a_hidden_page_asks_nothing_and_at_once_when_it_is_shown(board: Board) -> None:
    await board.log_in()
    hide = (
        "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    await board.page.run(hide % "true")
    asked = len([each for each in board.page.requests if "/api/" in each])
    board.metrics.record("total_response_time", 1200.0)
    await board.page.run("new Promise((done) => setTimeout(done, 6000))")
    assert len([each for each in board.page.requests if "/api/" in each]) == asked
    await board.page.run(hide % "false")
    await board.shows(tile("Response time"), "1.2 s", seconds=4)

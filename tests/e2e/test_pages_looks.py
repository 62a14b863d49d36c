"""What every page of the dashboard owes to every reader: phone, keyboard, contrast, quiet."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

from tests.e2e import board as dashboard
from tests.e2e.board import Board

pytestmark = dashboard.MARKS
board, guest = dashboard.board, dashboard.guest

PARTS = ("/runtime", *(f"/runtime?part={name}" for name in ("gateway", "tasks", "traces")))
PAGES = ("/", "/performance", *PARTS, "/users", "/logs")
AXE = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
                             "best-practice"]})
  .then(({violations}) => violations.map(({id, impact, nodes}) =>
    `${impact} ${id}: ${nodes.slice(0, 3).map(({html, failureSummary}) => html + failureSummary)}`))
"""


def axe() -> str:
    """Return axe-core, which AXE_CORE names; skip a test without it, in CI fail it."""
    path = os.environ.get("AXE_CORE", "")
    if not path:
        if os.environ.get("CI") == "true":
            pytest.fail("AXE_CORE does not name axe.min.js, and CI=true asks for these tests")
        pytest.skip("AXE_CORE does not name axe.min.js (npm install axe-core)")
    return Path(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_axe_finds_nothing_in_any_page(board: Board, scheme: str) -> None:
    script = axe()
    await board.page.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    board.host.queue = 700.0
    await board.home.alerts.wait_for(lambda it: "Queue" in it.text)
    board.metrics.record("total_response_time", 9_000.0)
    await board.page.go(f"{board.address}/login")
    await board.shows("h1", "Log in")
    found = {"/login": await violations(board, script)}
    await board.log_in()
    for path in PAGES:
        await board.open(path)
        await board.page.until("document.querySelector('.trouble.critical') !== null")
        found[path] = await violations(board, script)
    assert found == {path: [] for path in ("/login", *PAGES)}, json.dumps(found, indent=1)


async def test_axe_finds_nothing_in_grey_data_open_rows_and_tables(board: Board) -> None:
    script = axe()
    await board.log_in("/performance")
    await board.page.click("[aria-label='Event loop lag'] summary")
    await board.page.until("document.querySelector('.behind table') !== null")
    assert await violations(board, script) == []
    logging.root.setLevel(logging.INFO)
    await board.open("/logs")
    await board.page.until("document.querySelector('.line') !== null")
    await board.page.click(".line .head")
    assert await violations(board, script) == []
    await board.open("/")
    server = board.host.cog.runtime.dashboard
    assert server is not None
    server.close()
    await board.page.until("document.querySelector('.live').dataset.state === 'lost'")
    assert await violations(board, script) == []
    board.page.console.clear()  # the browser's own notes of refused connections


@pytest.mark.parametrize("path", PAGES)
async def test_a_phone_shows_a_page_without_scrolling_sideways(board: Board, path: str) -> None:
    await board.page.resize(390, 844, scale=2)
    board.metrics.record("total_response_time", 9_000.0)
    await board.log_in(path)
    wide = (
        "[...document.querySelectorAll('#app *')].filter((e) => !e.closest('.scroll, pre, .log')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML)"
    )
    assert await board.page.run(wide) == []
    assert await board.page.run("document.documentElement.scrollWidth") == 390
    small = (
        "[...document.querySelectorAll('.pages a, .range a, .tools button')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 32)"
        ".map((e) => e.textContent)"
    )
    assert await board.page.run(small) == []


@pytest.fixture
def released(environment: pytest.MonkeyPatch) -> str:
    """Let the bot's version be the whole id of a commit."""
    commit = "0123456789abcdef" * 2 + "01234567"
    environment.setenv("RELEASE", commit)
    return commit


async def test_a_version_as_long_as_the_id_of_a_commit_fits_a_small_phone(
    released: str, board: Board
) -> None:
    await board.page.resize(360, 740)
    await board.log_in()
    await board.shows(".foot", released)
    assert await board.page.run("document.documentElement.scrollWidth") == 360


async def test_long_names_of_commands_leave_their_figures_on_a_phones_screen(board: Board) -> None:
    with board.metrics.timer("command", command="W" * 64):
        pass
    with board.metrics.timer("llm_generation", model="a-model-4o-mini", provider="a-provider"):
        pass
    board.metrics.record("tokens_input", 123_456, model="a-model-4o-mini")
    await board.page.resize(390, 844)
    await board.log_in("/performance")
    await board.shows(".table tbody", "W" * 64)
    await board.shows("[aria-label='Models']", "a-model-4o-mini")
    tables = "[...document.querySelectorAll('.table .scroll')]"
    assert await board.page.run(f"{tables}.every((it) => it.scrollWidth <= it.clientWidth)")
    last = "document.querySelector('.table tbody td:last-child').getBoundingClientRect().right"
    assert await board.page.run(last) <= 390


async def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(board: Board) -> None:
    await board.log_in("/performance")
    page = board.page
    await page.run("document.activeElement.blur()")
    seen = []
    for _ in range(60):
        await page.press("Tab")
        seen.append(
            await page.run(
                "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
                " return [e.textContent.trim() || e.getAttribute('aria-label'),"
                " s.outlineStyle !== 'none' || e === document.body]; })()"
            )
        )
    names = [name for name, _ in seen]
    assert names[:6] == ["Skip to content", "Overview", "Performance", "Runtime", "Users", "Logs"]
    assert [name for name, outlined in seen if not outlined] == []
    assert {"Pause", "Log out", "Values", "CSV"} <= set(names)


async def test_the_skip_link_leads_past_the_frame(board: Board) -> None:
    await board.log_in()
    await board.page.run("document.activeElement.blur()")
    await board.page.press("Tab")
    await board.page.press("Enter")
    await board.page.until("document.activeElement.id === 'content'")


async def test_keys_pause_and_search_but_not_while_one_types(board: Board) -> None:
    await board.log_in("/logs")
    await board.page.press("/")
    await board.page.until("document.activeElement.id === 'text'")
    await board.page.press("p")
    assert await board.page.run("document.activeElement.value") == "p"
    assert await board.text(".tools button") == "Pause"


async def test_log_lines_are_walked_and_opened_by_keyboard(board: Board) -> None:
    logging.root.setLevel(logging.INFO)  # the metrics log a line each time they are collected
    await board.log_in("/logs")
    page = board.page
    await page.until("document.querySelectorAll('.line').length > 3")
    await page.press("p")
    await page.run("document.querySelector('.line[tabindex=\"0\"]').focus()")
    await page.press("Home")
    await page.press("ArrowDown")
    second = "document.activeElement === document.querySelectorAll('.line')[1]"
    await page.until(second)
    await page.press("Enter")
    await page.until("document.querySelectorAll('.line')[1].ariaExpanded === 'true'")
    await page.press("ArrowLeft")
    await page.until("document.querySelectorAll('.line')[1].ariaExpanded === 'false'")


async def violations(board: Board, script: str) -> list[str]:
    """Let axe look at the page."""
    await board.page.run(script + ";0")
    found: list[str] = await board.page.run(AXE)
    return found

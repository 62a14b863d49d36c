"""Who gets into the dashboard, and out of it, in a real browser."""

from __future__ import annotations

import pytest

from tests.chromium import Browser
from tests.e2e import board as dashboard
from tests.e2e.board import Board
from tests.services.web.served import served

pytestmark = dashboard.MARKS
board, guest = dashboard.board, dashboard.guest


async def test_the_link_of_the_command_logs_in_and_the_address_keeps_no_code(board: Board) -> None:
    await board.page.go(await board.link())
    await board.shows(".name", board.home.sandbox.world.bot.name)
    assert await board.page.run("location.href") == f"{board.address}/"
    title = await board.page.run(
        "document.title.replace(/^\\(\\d+\\) /, '')"
    )  # without open alerts
    assert title == f"Overview · {board.home.sandbox.world.bot.name}"


async def test_a_link_works_once(board: Board) -> None:
    link = await board.link()
    await board.page.go(link)
    await board.ready()
    await board.page.click(".tools button", "Log out")
    await board.shows("h1", "Log in to the dashboard")
    await board.page.go("about:blank")
    await board.page.go(link)
    await board.shows("[role=alert]", "That code or token is not valid")
    refused = [each for each in board.page.console if "401" in each]
    assert len(refused) == 1
    board.page.console.clear()
    assert await board.page.run("location.hash") == ""


async def test_the_form_takes_a_pasted_link_and_refuses_what_is_wrong(board: Board) -> None:
    page = board.page
    await page.go(f"{board.address}/login")
    await page.until("document.activeElement?.id === 'secret'")
    await page.type("guessed")
    await page.press("Enter")
    await board.shows("[role=alert]", "That code or token is not valid")
    board.page.console.clear()  # the browser's own note of the 401
    await page.type(await board.link())  # the field's text is selected, and replaced
    await page.press("Enter")
    await board.shows(".name", board.home.sandbox.world.bot.name)


@pytest.mark.parametrize("token", ["correct#horse-battery-staple", "100%#sure-battery-staple"])
async def test_the_form_takes_a_token_with_any_signs_in_it(browser: Browser, token: str) -> None:
    async with served(token=token) as site:
        page = await browser.page()
        await page.go(f"{site.base}/login")
        await page.until("document.activeElement?.id === 'secret'")
        await page.type(token)
        await page.press("Enter")
        await page.until("location.pathname === '/'")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//other.invalid/",
        "/%5Cother.invalid/",
        "/%09/other.invalid/",  # browsers leave tabs and line breaks out
        "/.//other.invalid/",
        "javascript:document.title=1",
        "/login",
    ],
)
async def test_a_login_leads_to_no_other_site(board: Board, elsewhere: str) -> None:
    await board.page.go(f"{board.address}/login?next={elsewhere}")
    await board.page.until("document.activeElement?.id === 'secret'")
    await board.page.type(await board.link())
    await board.page.press("Enter")
    await board.page.until("location.pathname !== '/login'")
    assert await board.page.run("location.origin") == board.address
    board.page.console.clear()  # the browser's own note of a page that is not there


async def test_a_login_leads_to_the_page_that_was_asked_for(board: Board) -> None:
    await board.page.go(f"{board.address}/performance?window=6h")
    await board.page.until("location.pathname === '/login'")
    await board.page.until("document.activeElement?.id === 'secret'")
    await board.page.type(await board.link())
    await board.page.press("Enter")
    await board.page.until("location.pathname + location.search === '/performance?window=6h'")
    await board.ready()


async def test_after_the_log_out_neither_back_nor_the_address_shows_anything(board: Board) -> None:
    await board.log_in("/performance")
    await board.page.click(".tools button", "Log out")
    await board.shows("h1", "Log in to the dashboard")
    await board.page.run("history.back()")
    await board.page.until("location.pathname !== '/performance'")
    await board.shows("h1", "Log in to the dashboard")
    await board.page.go(f"{board.address}/users")
    await board.shows("h1", "Log in to the dashboard")


async def test_a_session_that_has_ended_leads_to_the_login_and_back(board: Board) -> None:
    await board.log_in("/performance?window=6h")
    await board.page.run("fetch('/logout', {method: 'POST'}).then(() => true)")
    await board.page.press("p")
    await board.page.press("p")  # it asks at once when it goes on
    await board.shows("h1", "Log in to the dashboard")
    assert await board.page.run("new URLSearchParams(location.search).get('next')") == (
        "/performance?window=6h"
    )
    board.page.console.clear()  # the browser's own note of the 401

"""The page in a real Chromium while it loads, and what it shows of a picture's alt text."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import discord
import pytest

from discord_sandbox import Member
from discord_sandbox.page.actions import queries, table
from discord_sandbox.page.viewer import Viewer
from discord_sandbox.world.core import JSON
from tests.chromium import chromium
from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_screen import Screen
from tests.discord_sandbox.posting import png
from tests.e2e import conftest as e2e

pytestmark = page_screen.MARKS
screen, waiter = page_screen.screen, page_screen.waiter
home, environment = e2e.home, e2e.environment

LOADS = 20
OPEN = (
    "document.querySelector('.composer textarea')?.placeholder === 'Message #general'"
    " && document.querySelector('.message, .channel-start h2') !== null"
)
OPACITY = "getComputedStyle(document.querySelector('.embed-image .alt-badge')).opacity"
ALT = "Response time, last hour: average 1.2 s, highest 5.5 s."


@contextlib.asynccontextmanager
async def busy(home: e2e.Home) -> AsyncIterator[None]:
    """Let people write in two channels, and let channels come, as fast as the page gets them."""

    async def work() -> None:
        for number in itertools.count():
            await happen(home, number)
            await asyncio.sleep(0.005)

    task = asyncio.create_task(work())
    yield
    task.cancel()


async def happen(home: e2e.Home, number: int) -> None:
    """Let something of each kind happen that a page is told of."""
    for channel in (home.channel, home.alerts):
        said = await home.sandbox.say(home.stranger, channel, f"line {number}")
        await home.sandbox.begin_typing(home.stranger, channel)
        await home.sandbox.react(home.stranger, said, "👍")
    if number % 20 == 0:
        home.guild.add_role(f"role {number}")


async def test_the_page_loads_twenty_times_amid_events_without_a_script_error(
    screen: Screen,
) -> None:
    page, home = screen.page, screen.home
    async with busy(home):
        for number in range(LOADS):
            await page.go("about:blank")
            await page.go(home.sandbox.page_url)
            await page.until(OPEN)
            assert page.console == [], f"load {number + 1}"


async def test_events_that_come_before_the_first_state_do_no_harm(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, home = screen.page, screen.home
    counted = itertools.count()

    def late(answer: Callable[[Viewer, JSON], JSON]) -> Callable[[Viewer, JSON], Awaitable[JSON]]:
        async def act(viewer: Viewer, frame: JSON) -> JSON:
            """Answer when the page has been told of each kind of event, and of a new world."""
            number = next(counted)
            await happen(home, number)
            home.guild.add_role(f"late {number}")
            await asyncio.sleep(0.2)  # as long as it takes until a new world is sent
            return answer(viewer, frame)

        return act

    actions = cast("dict[str, table.Action]", table.ACTIONS)
    monkeypatch.setitem(actions, "become", late(queries.become))
    monkeypatch.setitem(actions, "enter", late(queries.enter))
    await page.go(f"{home.sandbox.page_url}#as=mia")
    await page.until(OPEN)
    await home.sandbox.say(home.stranger, home.channel, "all is shown")
    await page.see("all is shown")
    assert "mia" in (await screen.texts(".panel-name"))
    assert await screen.texts(".channel[aria-current=page]") == ["#\ngeneral"]


async def test_a_person_can_turn_from_the_faults_to_the_requests_while_an_answer_is_on_its_way(
    screen: Screen,
) -> None:
    page = screen.page
    await screen.be(screen.home.owner)
    await page.click("[aria-label=Faults]")
    await page.see("End all faults")
    await page.run(
        "[...document.querySelectorAll('.push')].find((e) => e.innerText === 'End all faults')"
        ".click(); document.querySelector('[aria-label=Requests]').click()"
    )
    await page.see("The bot has asked nothing yet.")


def chart() -> discord.File:
    return discord.File(io.BytesIO(png(400, 200)), "chart.png", description=ALT)


async def seen_picture(screen: Screen, waiter: Waiter, person: Member) -> None:
    """Open the channel as someone, with a picture in an embed, and one without."""
    await screen.be(person)
    there = waiter.get_partial_messageable(screen.home.channel.id)
    embed = discord.Embed(title="Chart").set_image(url="attachment://chart.png")
    await there.send(file=chart(), embed=embed)
    await there.send(file=chart())
    await screen.page.until("document.querySelectorAll('.alt-badge').length === 2")


async def test_the_alt_text_of_a_file_is_the_picture_s_and_shown_at_its_badge(
    screen: Screen, waiter: Waiter
) -> None:
    page = screen.page
    await seen_picture(screen, waiter, screen.home.owner)
    assert await page.run("[...document.querySelectorAll('.rows img')].map((e) => e.alt)") == [
        ALT,
        ALT,
    ]
    for place in (".embed-image", ".attached"):
        assert await page.run(f"document.querySelector('{place} .alt-badge').title") == ALT
        await page.click(f"{place} .alt-badge")
        await page.until("document.querySelector('.alt-text') !== null")
        assert await screen.texts(".alt-text") == [ALT]
        await page.press("Escape")
        await page.until("document.querySelector('.alt-text') === null")


async def test_the_description_of_a_file_that_is_no_picture_is_seen_under_the_pointer(
    screen: Screen, waiter: Waiter
) -> None:
    await screen.be(screen.home.owner)
    file = discord.File(io.BytesIO(b"Traceback"), "error.txt", description="The whole traceback")
    await waiter.get_partial_messageable(screen.home.channel.id).send(file=file)
    await screen.page.until("document.querySelector('.file')?.title === 'The whole traceback'")


async def test_the_badge_is_seen_under_the_pointer(screen: Screen, waiter: Waiter) -> None:
    page = screen.page
    await seen_picture(screen, waiter, screen.home.owner)
    await page.call("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    await page.until(f"{OPACITY} === '0'")
    x, y = await page.run(
        "(({x, y}) => [x + 20, y + 20])"
        "(document.querySelector('.embed-image img').getBoundingClientRect())"
    )
    await page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    await page.until(f"{OPACITY} === '1'")


async def test_the_badge_is_always_seen_where_nothing_can_hover(
    needs_chromium: None, home: e2e.Home, waiter: Waiter
) -> None:
    async with chromium(mouse=False) as phone:
        screen = Screen(await phone.page(400, 800), home)
        await seen_picture(screen, waiter, home.owner)
        assert await screen.page.run(OPACITY) == "1"


async def test_the_page_opens_as_the_owner_and_offers_them_what_is_for_administrators(
    screen: Screen, waiter: Waiter
) -> None:
    page = screen.page
    await page.go(screen.home.sandbox.page_url)
    await page.until(OPEN)
    await page.click(".composer textarea")
    await page.type("/fi")
    await page.until("document.querySelectorAll('.suggestion').length === 1")
    assert "/fire" in (await screen.texts(".suggestion"))[0]

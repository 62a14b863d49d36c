from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest

from cogs.debug.access import REFUSAL
from sandbox import Member, Permission
from sandbox.world import posting
from tests.chromium import Browser, Page, chromium, executable
from tests.discord_bot import running
from tests.e2e import conftest as e2e
from tests.sandbox.page_bot import Waiter

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium"), pytest.mark.timeout(180)]

# A home server with its people, and a host that has loaded cogs.debug.
home, environment, host = e2e.home, e2e.environment, e2e.host

HOSTILE = (
    "<img src=x onerror=\"console.error('pwned')\"><script>console.error('pwned')</script>"
    " [click](javascript:console.error) <a href='https://example.org'>x</a> **<b>bold</b>**"
    " `<i>code</i>` ||<u>spoiler</u>||"
)

WATCH_FRAMES = """(() => {
  let last = performance.now();
  window.worst = 0;
  const look = (now) => {
    window.worst = Math.max(window.worst, now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""


@dataclass
class Screen:
    """A tab that shows the home server."""

    page: Page
    home: e2e.Home

    async def be(self, person: Member) -> None:
        """Open the page as someone."""
        address = f"{self.home.sandbox.page_url}#as={person.id}&channel={self.home.channel.id}"
        await self.page.go("about:blank")
        await self.page.go(address)
        await self.page.until("document.activeElement?.matches('.composer textarea')")

    async def pick(self, *words: str) -> None:
        """Type a command and pick what the list offers first; the words are typed one by one."""
        await self.page.click(".composer textarea")
        for word in words:
            await self.page.type(word)
        await self.page.until("document.querySelectorAll('.suggestion').length === 1")
        await self.page.press("Enter")
        await self.page.until("Boolean(document.querySelector('.slash'))")

    async def texts(self, selector: str) -> list[str]:
        """Return the texts of all that matches."""
        found: list[str] = await self.page.run(
            f"[...document.querySelectorAll('{selector}')].map((e) => e.innerText.trim())"
        )
        return found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if executable() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is not installed, and CI=true asks for these tests")
        pytest.skip("Chromium is not installed")
    async with chromium() as running_browser:
        yield running_browser


@pytest.fixture
async def screen(browser: Browser, home: e2e.Home) -> AsyncIterator[Screen]:
    """A tab of 1280 by 800; in the end its console has to be empty."""
    shown = Screen(await browser.page(), home)
    yield shown
    assert shown.page.console == []


@pytest.fixture
async def waiter(home: e2e.Home) -> AsyncIterator[Waiter]:
    async with running(Waiter(), home.sandbox) as bot:
        yield bot


async def test_the_owner_sees_the_metrics_and_a_stranger_the_refusal(
    screen: Screen, host: e2e.Host
) -> None:
    page = screen.page
    await screen.be(screen.home.owner)
    await screen.pick("/debug", " metr")
    await page.press("Enter")
    await page.see("Metrics · last 1 hour")
    await page.see("Only you can see this")
    await page.until("document.querySelector('.embed-image img')?.naturalWidth === 800", 60)
    assert await page.run("document.querySelector('.embed-image img').naturalHeight") == 400
    host.cog.desk.metrics.increment("api_calls", 1234)
    await page.click(".push", "Refresh")
    await page.see("1,234")
    await screen.be(screen.home.stranger)
    await screen.pick("/debug", " metr")
    await page.press("Enter")
    await page.see(REFUSAL.replace("`", ""))
    await page.see("Only you can see this")
    assert await screen.texts(".embed-title") == []


async def test_a_button_opens_a_form_which_is_checked_and_sent(
    screen: Screen, waiter: Waiter
) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.click(".push", "Order")
    await page.until("document.activeElement?.closest('.modal') !== null")
    await page.type("ox")
    await page.press("Enter")
    await page.see("Dish: at least 3 characters are needed")
    await page.type("tail")
    await page.press("Tab")
    await page.type("salt")
    await page.click(".modal .push", "Submit")
    await page.see("mia gets oxtail with salt")
    assert await page.run("document.querySelector('.modal') === null")


async def test_buttons_answer_or_say_that_they_failed(screen: Screen, waiter: Waiter) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.click(".push", "Count")
    await page.see("Counted")
    await page.see("(edited)")
    await page.click(".push", "Broken")
    await page.see("This interaction failed: The application did not respond")
    assert await page.run("document.querySelector('.push:disabled').innerText") == "Closed"
    assert await page.run("document.querySelector('a.push').href") == "https://example.org/menu"


async def test_selects_take_values_and_users(screen: Screen, waiter: Waiter) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.click(".select", "Fruits")
    for fruit in ("Apple", "Cherry", "Banana"):  # the third is one too many
        await page.click(".option", fruit)
    await page.click(".popup .push", "Done")
    await page.see("picked apple, cherry")
    await page.click(".select", "Guest")
    await page.type("noa")
    await page.until("document.querySelectorAll('.option').length === 1")
    await page.press("ArrowDown")
    await page.press("Enter")
    await page.see("invited noah")


async def test_a_command_is_filled_in_by_keyboard_alone(screen: Screen, waiter: Waiter) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/bu")
    await page.see("required")
    await page.type("ap")
    await page.until("document.querySelectorAll('.suggestion').length === 2")
    assert await screen.texts(".suggestion") == ["apple", "apricot"]
    await page.press("ArrowDown")
    await page.press("Tab")
    await page.type("99")
    await page.press("Enter")
    await page.see("amount: Enter a number from 1 to 10.")
    for _ in range(2):
        await page.press("Backspace")
    await page.type("7")
    await page.press("Tab")
    await page.type("noah")
    await page.press("Enter")
    await page.press("Enter")
    await page.see("7 apricot for noah")
    await page.click(".as-link", "Dismiss message")
    await page.until("!document.body.innerText.includes('apricot')")


async def test_only_who_may_use_a_command_is_offered_it(screen: Screen, waiter: Waiter) -> None:
    async def offered() -> list[str]:
        await screen.page.click(".composer textarea")
        await screen.page.type("/")
        await screen.page.until("document.querySelectorAll('.suggestion').length > 2")
        return await screen.texts(".suggestion .suggestion-name")

    await screen.be(screen.home.admin)
    assert await offered() == ["/table", "/buy", "/ponder", "/fire"]
    await screen.be(screen.home.stranger)
    assert await offered() == ["/table", "/buy", "/ponder"]


async def test_menus_of_messages_and_members_have_the_bots_commands(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await home.sandbox.say(home.stranger, home.channel, "what a day")
    await page.click(".message .tool")
    await page.click(".menu-item", "Quote")
    await page.see("quoted: what a day")
    await page.click("#members .person", "noah")
    await page.see("May do in this channel")
    await page.click(".menu-item", "Greet")
    await page.see("greetings, noah")


async def test_nothing_of_a_message_becomes_markup(screen: Screen, waiter: Waiter) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.owner)
    await home.sandbox.say(home.stranger, home.channel, HOSTILE)
    channel = waiter.get_partial_messageable(home.channel.id)
    await channel.send(embed=discord.Embed(title=HOSTILE[:256], description=HOSTILE))
    await page.until("document.querySelectorAll('.embed').length === 1")
    inside = await page.run(
        "[...new Set([...document.querySelectorAll('.rows *')].map((e) => e.localName))].sort()"
    )
    assert {"img", "script", "a", "b", "i", "u"} & set(inside) <= {"strong"}
    assert "<img src=x onerror=" in (await screen.texts(".prose"))[0]


async def test_what_changes_in_a_channel_is_shown_as_it_happens(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    world, channel = home.sandbox.world, home.channel
    await screen.be(home.moderator)
    there = waiter.get_partial_messageable(channel.id)
    async with there.typing():
        await page.see("is typing…")
    sent = await there.send("first thoughts")
    await page.see("first thoughts")
    await sent.edit(content="second thoughts")
    await page.see("second thoughts (edited)")
    message = channel.messages[-1]
    await home.sandbox.react(home.stranger, message, "👍")
    await page.click(".reaction", "👍")
    await page.until(
        "document.querySelector('.reaction[aria-pressed=true]')?.innerText === '👍\\n2'"
    )
    assert message.reactions == {"👍": [home.stranger.id, home.moderator.id]}
    posting.delete(world, channel, message)
    await page.until("!document.body.innerText.includes('thoughts')")
    await waiter.get_partial_messageable(home.alerts.id).send(home.moderator.mention)
    await page.until("document.querySelector('.badge')?.innerText === '1'")


async def test_the_page_connects_again_and_shows_what_it_missed(screen: Screen) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await home.sandbox._site.close()
    await home.sandbox.say(home.stranger, home.channel, "while you were away")
    await page.see("while you were away")
    await page.until("document.querySelector('.lost').hidden")


async def test_messages_are_written_answered_and_refused(screen: Screen) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await page.type("hello @noa")
    await page.press("Tab")
    await page.press("Enter")
    first = await home.channel.wait_for(lambda m: "hello" in m.text)
    assert (first.content, first.mentions) == (
        f"hello {home.stranger.mention}",
        (home.stranger.user,),
    )
    await page.click(".message .tool")
    await page.click(".menu-item", "Reply")
    await page.type("and again")
    await page.press("Enter")
    second = await home.channel.wait_for(lambda m: m.text == "and again")
    assert second.referenced is first
    everyone = home.guild.everyone
    home.guild.set_permissions(everyone, everyone.permissions & ~Permission.SEND_MESSAGES)
    await page.until("document.querySelector('.composer textarea').disabled")


async def test_a_thousand_messages_stay_fluid(screen: Screen) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await page.run(WATCH_FRAMES)
    for number in range(1000):
        await home.sandbox.say(home.stranger, home.channel, f"message **{number}** of `1000`")
        await asyncio.sleep(0)
    await page.see("message 999 of 1000")
    print(f"longest frame: {await page.run('worst'):.0f} ms")
    assert await page.run("worst") < 1000
    assert await page.run("document.querySelectorAll('.message').length") <= 400
    await page.run("document.querySelector('.scroller').scrollTop = 0")
    await page.until("document.querySelectorAll('.message').length > 400")


async def test_faults_and_requests_are_seen_and_made_on_the_page(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.owner)
    await page.click("[aria-label=Faults]")
    await page.until("document.querySelector('.fault-form select') !== null")
    await page.run("document.querySelector('.fault-form select').value = '503'")
    await page.click(".fault-form button", "Add fault")
    await page.see("503 for 1 of * /channels/*/messages")
    with pytest.raises(discord.DiscordServerError):
        await waiter.get_partial_messageable(home.channel.id).send("hello")
    await page.click("[aria-label=Requests]")
    await page.until("document.querySelector('summary .bad')?.innerText === '503'")


async def test_a_phone_shows_everything_within_its_width(screen: Screen, waiter: Waiter) -> None:
    page, home = screen.page, screen.home
    await page.resize(400, 800)
    await screen.be(home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.see("Here is your table.")
    await home.sandbox.say(home.stranger, home.channel, "w" * 500)
    await page.until("document.querySelector('.rows').innerText.includes('wwwww')")
    assert await page.run("document.querySelector('.scroller').scrollWidth") == 400
    assert await page.run("document.documentElement.scrollWidth") == 400
    await page.click("[aria-label=Channels]")
    await page.click(".channel", "alerts")
    await page.see("Welcome to #alerts!")
    await page.click("[aria-label=Channels]")
    await page.click(".me")
    await page.click(".popup .person", "noah")
    await page.until(f"location.hash.includes('{home.stranger.id}')")

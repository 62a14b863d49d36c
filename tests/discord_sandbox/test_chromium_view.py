from __future__ import annotations

import asyncio
import io

import discord

from discord_sandbox.world import changes, posting
from discord_sandbox.world.channels import Kind
from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_screen import Screen
from tests.discord_sandbox.posting import png
from tests.e2e import conftest as e2e

pytestmark = page_screen.MARKS
screen, waiter = page_screen.screen, page_screen.waiter
home, environment, host = e2e.home, e2e.environment, e2e.host

HOSTILE = (
    "<img src=x onerror=\"console.error('pwned')\"><script>console.error('pwned')</script>"
    " [click](javascript:console.error) <a href='https://example.org'>x</a> **<b>bold</b>**"
    " `<i>code</i>` ||<u>spoiler</u>||"
)


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


async def test_a_thumbnail_stands_at_the_top_right_of_its_embed(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    tall = discord.Embed(title="Tall", description="line\n" * 20)
    tall.set_thumbnail(url="attachment://dot.png")
    file = discord.File(io.BytesIO(png(80, 80)), "dot.png")
    await waiter.get_partial_messageable(home.channel.id).send(embed=tall, file=file)
    await page.until("document.querySelector('.embed-thumbnail img')?.complete")
    top, right = await page.run(
        "((outer, inner) => [inner.top - outer.top, outer.right - inner.right])(...["
        "'.embed-top', '.embed-thumbnail img'].map("
        "(each) => document.querySelector(each).getBoundingClientRect()))"
    )
    assert (top, right) == (8, 0)


async def test_a_thread_that_is_archived_leaves_the_list_of_channels(screen: Screen) -> None:
    page, home = screen.page, screen.home
    world, threads = home.sandbox.world, "[...document.querySelectorAll('.thread')]"
    thread = changes.open_thread(
        world, home.channel, "question", home.guild.owner, Kind.PUBLIC_THREAD, None
    )
    assert thread.thread is not None
    await screen.be(home.moderator)
    await page.until(f"{threads}.length === 1")
    thread.thread.archived = True
    changes.update_channel(world, thread)
    await page.until(f"{threads}.length === 0")
    await home.sandbox.say(home.stranger, thread, "one more")  # which opens it again
    await page.until(f"{threads}[0]?.innerText.includes('question')")
    await page.click(".thread")
    await page.see("one more")
    thread.thread.archived = True
    changes.update_channel(world, thread)
    other = home.guild.add_text_channel("elsewhere")
    await page.until(f"{threads}.length === 1 && document.body.innerText.includes('elsewhere')")
    await page.click(".channel", other.name)  # as long as it is looked at, it stays
    await page.until(f"{threads}.length === 0")


async def test_the_page_connects_again_and_shows_what_it_missed(screen: Screen) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await home.sandbox._site.close()
    await home.sandbox.say(home.stranger, home.channel, "while you were away")
    await page.see("while you were away")
    await page.until("document.querySelector('.lost').hidden")


async def test_a_thousand_messages_stay_fluid(screen: Screen) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    before = await page.busy()
    for number in range(1000):
        await home.sandbox.say(home.stranger, home.channel, f"message **{number}** of `1000`")
        await asyncio.sleep(0)
    await page.see("message 999 of 1000")
    took = await page.busy() - before
    print(f"1,000 messages: {took:.2f} s of processor time in the page")
    assert took < 4
    assert await page.run("document.querySelectorAll('.message').length") <= 400
    await page.run("document.querySelector('.scroller').scrollTop = 0")
    await page.until("document.querySelectorAll('.message').length > 400")


async def test_a_phone_shows_everything_within_its_width(screen: Screen, waiter: Waiter) -> None:
    page, home = screen.page, screen.home
    await page.resize(400, 800)
    await screen.be(home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.see("Here is your table.")
    await home.sandbox.say(home.stranger, home.channel, "w" * 500)
    await page.until("document.querySelector('.rows').innerText.includes('wwwww')")
    channel = waiter.get_partial_messageable(home.channel.id)
    wide = discord.ui.Button[discord.ui.View](label="l" * 80, url="https://example.org")
    await channel.send(view=discord.ui.View(timeout=None).add_item(wide))
    await page.until("document.querySelector('.rows').innerText.includes('lllll')")
    assert await page.run("document.querySelector('.scroller').scrollWidth") == 400
    assert await page.run("document.documentElement.scrollWidth") == 400
    await page.click("[aria-label=Channels]")
    await page.click(".channel", "alerts")
    await page.see("Welcome to #alerts!")
    await page.click("[aria-label=Channels]")
    await page.click(".me")
    await page.click(".popup .person", "noah")
    await page.until(f"location.hash.includes('{home.stranger.id}')")


async def test_escape_puts_away_whatever_covers_the_messages_on_a_phone(screen: Screen) -> None:
    page = screen.page
    await page.resize(400, 800)
    await screen.be(screen.home.moderator)
    for label, part in (
        ("Channels", "sidebar"),
        ("Members", "members"),
        ("Requests", "drawer"),
        ("Faults", "drawer"),
    ):
        seen = f"document.getElementById('{part}').checkVisibility({{visibilityProperty: true}})"
        await page.click(f".tool[aria-label={label}]")
        await page.until(seen)
        await page.press("Escape")
        await page.until(f"!{seen}")


async def test_the_panel_of_faults_says_what_each_number_means(screen: Screen) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await page.click("[aria-label=Faults]")
    await page.see("End all faults")
    labels = await screen.texts(".fault-form label > span, .fault-action label")
    assert labels == [
        "Trouble",
        "Method",
        "Path below /api/v10, * for any part",
        "Times (0: until ended)",
        "Delay, seconds",
        "how long, seconds",
        "resume",
        "close code, 4000 to 4999; 0: cut without one",
        "resume",
        "seconds; 0: until cleared",
        "how many; 0: all until cleared",
        "give",
    ]


async def test_a_refusal_that_nobody_expected_is_told_and_is_no_error(screen: Screen) -> None:
    page, home = screen.page, screen.home
    message = await home.sandbox.say(home.stranger, home.channel, "hello")
    await screen.be(home.moderator)
    await page.click(".message .tool")
    posting.delete(home.sandbox.world, home.channel, message)
    await page.click(".quick")
    await page.see("the message is gone")


async def test_everything_in_a_channel_is_used_by_keyboard_alone(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await screen.pick("/table")
    await page.press("Enter")
    await page.see("Here is your table.")

    async def tab_to(text: str) -> None:
        await page.until("document.activeElement.matches('.composer textarea')")
        await page.press("ArrowUp")  # to the newest message
        for _ in range(12):
            await page.press("Tab")
            if await page.run("document.activeElement.innerText") == text:
                return
        raise AssertionError(f"Tab does not reach {text}")

    await tab_to("Order")
    await page.press("Enter")
    await page.until("document.activeElement.closest('.modal input, .modal textarea') !== null")
    await page.type("soup")
    await page.press("Tab")
    await page.type("salt")
    await page.press("Tab")
    await page.until("document.activeElement.matches('.modal button')")
    while await page.run("document.activeElement.innerText") != "Submit":
        await page.press("Tab")
    await page.press("Enter")
    await page.see("mia gets soup with salt")
    await page.until("document.querySelector('.modal') === null")
    await screen.be(home.moderator)
    await page.press("ArrowUp")
    await page.press("ArrowUp")  # to the message with the menus
    for _ in range(12):
        if "Guest" in await page.run("document.activeElement.innerText.slice(0, 5)"):
            break
        await page.press("Tab")
    await page.press("Enter")
    await page.until("document.activeElement.matches('.search')")
    await page.type("noah")
    await page.press("ArrowDown")
    await page.press("Enter")
    await page.see("invited noah")
    await page.press("ArrowDown", alt=True)
    await page.see("Welcome to #alerts!")
    await page.press("ArrowDown", alt=True)
    await page.see("Welcome to #general!")

"""The page in a real Chromium: what stays in view when a channel grows, and who leaves its end."""

from __future__ import annotations

import io

import discord
from discord import ui
from discord.ext import commands

from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_screen import Screen
from tests.discord_sandbox.posting import png
from tests.e2e import conftest as e2e

pytestmark = page_screen.MARKS
screen, waiter = page_screen.screen, page_screen.waiter
home, environment = e2e.home, e2e.environment

AT_END = (
    "(({scrollTop, scrollHeight, clientHeight}) => scrollHeight - scrollTop - clientHeight < 2)"
    "(document.querySelector('.scroller'))"
)
TOP = "document.querySelector('.scroller').scrollTop"
NEW = "(({hidden, textContent}) => hidden ? '' : textContent)(document.querySelector('.present'))"
GROW_TWICE_A_FRAME = """new Promise((done) => {
  const row = document.querySelector('.rows').lastElementChild;
  const { port1, port2 } = new MessageChannel();
  let height = row.offsetHeight;
  const grow = () => (row.style.minHeight = `${(height += 150)}px`);
  port1.onmessage = grow; // after the frame is drawn, and before its scroll event
  const frame = (left) => {
    if (!left) return done();
    grow();
    port2.postMessage(null);
    requestAnimationFrame(() => frame(left - 1));
  };
  requestAnimationFrame(() => frame(10));
})"""


class Card(ui.View):
    """A button that answers, and one that changes its own message."""

    @ui.button(label="Details")
    async def details(
        self, interaction: discord.Interaction[commands.Bot], button: ui.Button[Card]
    ) -> None:
        await interaction.response.send_message("Here they are.", ephemeral=True)

    @ui.button(label="Turn")
    async def turn(
        self, interaction: discord.Interaction[commands.Bot], button: ui.Button[Card]
    ) -> None:
        await interaction.response.edit_message(content="turned", view=self)


async def filled(screen: Screen, lines: int = 60) -> None:
    """Open the channel, with more messages than the tab can show."""
    home = screen.home
    for number in range(lines):
        await home.sandbox.say(home.stranger, home.channel, f"line {number}")
    await screen.page.resize(1280, 900)
    await screen.be(home.moderator)
    await screen.page.see(f"line {lines - 1}")
    await screen.page.until(AT_END)


async def scroll_up(screen: Screen) -> float:
    """Turn the wheel as a person does; return where that ends."""
    page = screen.page
    before = await page.run(TOP)
    wheel = {"x": 600, "y": 400, "deltaX": 0, "deltaY": -400}
    await page.call("Input.dispatchMouseEvent", type="mouseWheel", **wheel)
    await page.until(f"{TOP} <= {before} - 399")
    top: float = await page.run(TOP)
    return top


async def test_an_answer_that_grows_twice_after_the_command_stays_in_view(
    screen: Screen, waiter: Waiter
) -> None:
    page = screen.page
    await filled(screen)
    for number in range(3):
        await screen.pick("/ponder")
        await page.press("Enter")
        await page.until(f"document.querySelectorAll('.thinking').length === 1 && {AT_END}")
        embed = discord.Embed(title=f"Answer {number}", description="line\n" * 10)
        await waiter.pondering.edit_original_response(embed=embed)
        await page.see(f"Answer {number}")
        file = discord.File(io.BytesIO(png(400, 200)), "chart.png")
        embed.set_image(url="attachment://chart.png")
        await waiter.pondering.edit_original_response(embed=embed, attachments=[file])
        await page.until(
            f"document.querySelectorAll('.embed-image img').length === {number + 1}"
            " && [...document.querySelectorAll('.embed-image img')].at(-1).complete"
        )
        await page.until(AT_END)
        assert await page.run(NEW) == ""


async def test_the_end_is_kept_when_content_grows_before_the_event_of_the_last_scroll(
    screen: Screen,
) -> None:
    await filled(screen)
    await screen.page.run(GROW_TWICE_A_FRAME)
    await screen.page.until(AT_END)


async def test_the_end_is_kept_when_the_window_changes_its_size(screen: Screen) -> None:
    await filled(screen)
    for height in (500, 900, 600):
        await screen.page.resize(1280, height)
        await screen.page.until(f"innerHeight === {height} && {AT_END}")


async def test_a_reader_who_has_scrolled_up_stays_there_and_is_told_of_what_is_new(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await filled(screen)
    top = await scroll_up(screen)
    there = waiter.get_partial_messageable(home.channel.id)
    sent = await there.send("first thoughts")
    await page.until(f"{NEW} === '1 new ⌄'")
    await sent.edit(embed=discord.Embed(title="More thoughts", description="line\n" * 10))
    await page.see("More thoughts")
    await there.send("second thoughts")
    await page.until(f"{NEW} === '2 new ⌄'")
    assert await page.run(TOP) == top
    await page.click(".present")
    await page.until(f"{AT_END} && {NEW} === ''")


async def test_the_answer_to_a_press_on_an_older_card_is_scrolled_to(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await waiter.get_partial_messageable(home.channel.id).send("a card", view=Card(timeout=None))
    await filled(screen, 30)
    await page.click(".rows .push", "Details")
    await page.see("Here they are.")
    await page.until(AT_END)
    assert await page.run(NEW) == ""


async def test_a_press_that_only_changes_its_message_scrolls_nowhere(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await waiter.get_partial_messageable(home.channel.id).send("a card", view=Card(timeout=None))
    await filled(screen, 30)
    await page.click(".rows .push", "Turn")
    await page.see("turned")
    await home.sandbox.say(home.stranger, home.channel, "somebody else")
    await page.until(f"{NEW} === '1 new ⌄'")
    assert not await page.run(AT_END)

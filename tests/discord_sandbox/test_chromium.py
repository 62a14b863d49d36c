from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest

from cogs.debug.app.access import REFUSAL
from discord_sandbox import Permission
from discord_sandbox.faults import KINDS
from discord_sandbox.faults.values import METHODS
from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_screen import Screen
from tests.e2e import conftest as e2e

pytestmark = page_screen.MARKS
screen, waiter = page_screen.screen, page_screen.waiter
home, environment, host = e2e.home, e2e.environment, e2e.host


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
    host.cog.runtime.metrics.increment("api_calls", 1234)
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
    await page.until("document.querySelector('.modal') === null")  # the answer comes later


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


async def test_an_answer_that_takes_its_time_is_being_thought_about(
    screen: Screen, waiter: Waiter
) -> None:
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/ponder")
    await page.press("Enter")
    await page.see(f"{screen.home.sandbox.bot.name} is thinking…")
    await waiter.pondering.edit_original_response(content="Forty-two.")
    await page.see("Forty-two.")
    await page.until("!document.body.innerText.includes('thinking…')")


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
    assert await offered() == ["/table", "/buy", "/ponder", "/fire", "/scan", "/feedback"]
    await screen.be(screen.home.stranger)
    assert await offered() == ["/table", "/buy", "/ponder", "/scan", "/feedback"]


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


async def test_faults_and_requests_are_seen_and_made_on_the_page(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    await screen.be(home.owner)
    await page.click("[aria-label=Faults]")
    await page.until("document.querySelector('.fault-form select') !== null")
    offered = "[...document.querySelectorAll('.fault-form option, [data-fault]')]"
    named = await page.run(f"{offered}.map((e) => e.dataset.fault ?? e.value)")
    assert sorted(set(named) - set(METHODS)) == sorted(KINDS)
    await page.run("document.querySelector('.fault-form select').value = 'error-503'")
    await page.click(".fault-form button", "Add fault")
    await page.see("error-503 for 1 request to * /channels/*/messages")
    with pytest.raises(discord.DiscordServerError):
        await waiter.get_partial_messageable(home.channel.id).send("hello")
    await page.click("[aria-label=Requests]")
    await page.until("document.querySelector('summary .bad')?.innerText === '503'")
    await page.click("[aria-label=Faults]")
    heard = asyncio.create_task(waiter.wait_for("guild_channel_update", timeout=20))
    await page.click("[data-fault=revoked-permission]")
    await heard
    with pytest.raises(discord.Forbidden):
        await waiter.get_partial_messageable(home.channel.id).send("hello")
    await page.click("[data-fault=silent-heartbeats]")
    await page.see("silent-heartbeats until cleared")
    await page.click(".drawer-body .primary", "End all faults")
    await page.see("All is well.")


async def test_the_bot_hears_that_somebody_types_once_in_eight_seconds(
    screen: Screen, waiter: Waiter
) -> None:
    page, home = screen.page, screen.home
    heard: list[str] = []

    async def on_typing(channel: object, user: discord.Member, when: object) -> None:
        heard.append(user.name)

    waiter.add_listener(on_typing)
    await screen.be(home.moderator)
    await page.type("/table")  # of commands nobody is told
    for _ in "/table":
        await page.press("Backspace")
    said = asyncio.create_task(waiter.wait_for("message", timeout=20))
    for letter in "hello":
        await page.type(letter)
    await page.press("Enter")
    assert (await said).content == "hello"
    assert heard == [home.moderator.user.name]


async def test_a_form_has_inputs_of_every_kind(
    screen: Screen, waiter: Waiter, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.txt"
    photo.write_text("cheese")
    page = screen.page
    await screen.be(screen.home.moderator)
    await screen.pick("/feed")
    await page.press("Enter")
    await page.click(".choice", "3")
    await page.click(".choice", "food")
    await page.click(".choice", "music")
    await page.click(".modal .select")
    await page.click(".option", "noah")
    await page.click(".modal .push", "Submit")
    await page.see("Photo: pick a file")
    await page.choose(".modal input[type=file]", photo)
    await page.click(".modal-field", "Again?")
    await page.click(".modal .push", "Submit")
    await page.see("['3', 'food', 'music', 'noah', 'photo.txt'] True")


async def test_files_are_sent_with_messages_and_commands(
    screen: Screen, waiter: Waiter, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("hello")
    page, home = screen.page, screen.home
    await screen.be(home.moderator)
    await page.choose(".composer-line input[type=file]", note)
    await page.see("note.txt")
    await page.press("Enter")
    said = await home.channel.wait_for(lambda message: bool(message.attachments))
    assert (said.content, said.attachments[0].data) == ("", b"hello")
    await screen.pick("/scan")
    await page.choose(".slash-input", note)
    await page.until("document.activeElement.matches('.slash-row')")
    await page.press("Enter")
    await page.see("note.txt says hello")

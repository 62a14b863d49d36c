from __future__ import annotations

import io
from pathlib import Path

import discord

from discord_sandbox import Sandbox
from discord_sandbox.replay import replay
from tests.chromium import Browser
from tests.discord_bot import running
from tests.discord_sandbox import page_screen
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.parts import home
from tests.discord_sandbox.posting import png

pytestmark = page_screen.MARKS


async def test_a_replay_is_seen_with_its_pictures_and_takes_no_text(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "record.jsonl"
    async with Sandbox(rate_limits=False, record=path) as sandbox:
        place = home(sandbox)
        async with running(Waiter(), sandbox) as bot:
            channel = bot.get_partial_messageable(place.channel.id)
            embed = discord.Embed(title="A chart")
            embed.set_image(url="attachment://chart.png")
            file = discord.File(io.BytesIO(png(60, 40)), "chart.png")
            sent = await channel.send("draft", embed=embed, file=file)
            await sent.edit(content="final")
            await (await channel.send("a slip")).delete()
    async with Sandbox(read_only=True) as again:
        await replay(again, path)
        page = await browser.page()
        await page.go(f"{again.page_url}#as={place.mia.id}&channel=general")
        await page.see("final (edited)")
        await page.until("document.querySelector('.embed-image img')?.naturalWidth === 60")
        assert await page.run("document.querySelectorAll('.message').length") == 1
        assert await page.run("document.querySelector('.composer textarea').disabled") is True
        assert await page.run("document.querySelector('[aria-label=Faults]')") is None
        await page.see("replay")
        assert page.console == []

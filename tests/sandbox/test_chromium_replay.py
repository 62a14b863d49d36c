from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import discord

from sandbox import Sandbox
from sandbox.record.replay import replay
from tests.chromium import Browser
from tests.discord_bot import running
from tests.sandbox import page_screen
from tests.sandbox.page_bot import Waiter
from tests.sandbox.parts import home

pytestmark = page_screen.MARKS
browser = page_screen.browser


def picture(width: int, height: int) -> bytes:
    """Draw a black PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" * (width + 1)) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


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
            file = discord.File(io.BytesIO(picture(60, 40)), "chart.png")
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

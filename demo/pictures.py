"""Demo in Chromium → screenshots for the README: ``python -m demo.pictures``."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from demo.__main__ import FOLDER, bot_of, registered
from demo.console_pictures import (
    LATE,
    SHOTS,
    Shot,
    command,
    console_pictures,
    has_embed,
    has_picture,
    late_pictures,
)
from demo.dashboard_pictures import dashboard_pictures
from demo.demo_guild import DemoGuild, chatter, furnish, is_answered
from discord_sandbox import Channel, Member, Message, Sandbox
from tests.chromium import Browser, Page, chromium

DOCS = Path("docs")
TALK_SECONDS = 30.0  # until there is something to see in the charts
CRASH_SECONDS = 3.0  # in which a run has something to say before it dies
HAPPENS_SECONDS = 240.0
TALL, DESKTOP, PHONE = (960, 1600), (1280, 920), (400, 800)  # sizes of the tab, in CSS pixels
SHARPNESS = 2.0  # pixels of the picture for each


class Camera:
    """Takes pictures of what a person sees.

    Args:
        page: the browser's tab.
        demo_guild: where its people are.
        folder: where the pictures go.
    """

    def __init__(self, page: Page, demo_guild: DemoGuild, folder: Path) -> None:
        self._page = page
        self._guild = demo_guild
        self._folder = folder

    async def open_page(self, person: Member, channel: Channel) -> None:
        """Open the page as a person, in a channel."""
        await self._page.go("about:blank")
        await self._page.go(f"{self._guild.sandbox.page_url}#as={person.id}&channel={channel.id}")
        await self._page.until("document.querySelector('.channel-start h2') !== null")

    async def message(self, message: Message | None, name: str) -> None:
        """Take a message alone."""
        assert message
        row = f"document.querySelector('[data-id=\"{message.id}\"]')"
        await self._until_drawn(row)
        box = await self._page.run(f"{row}.getBoundingClientRect().toJSON()")
        clip = {key: box[key] for key in ("x", "y", "width", "height")}
        self._keep(await self._page.picture(clip), name)

    async def page(self, message: Message | None, name: str) -> None:
        """Take the whole page, with a message in view."""
        assert message
        await self._until_drawn(f"document.querySelector('[data-id=\"{message.id}\"]')")
        self._keep(await self._page.picture(), name)

    async def _until_drawn(self, row: str) -> None:
        """Wait until a row is there, in view, with its pictures."""
        await self._page.until(f"{row} !== null")
        await self._page.run(f"{row}.scrollIntoView({{block: 'end'}})")
        await self._page.until(f"[...{row}.querySelectorAll('img')].every((i) => i.naturalWidth)")
        await self._page.run("document.activeElement?.blur()")

    def _keep(self, picture: bytes, name: str) -> None:
        path = self._folder / f"{name}.png"
        path.write_bytes(picture)
        print(path, flush=True)


async def commands(camera: Camera, demo_guild: DemoGuild, page: Page) -> None:
    """Take the commands, and the page around them on a desktop and on a phone."""
    await camera.open_page(demo_guild.owner, demo_guild.admin)
    metrics = await command(demo_guild, "debug metrics", has_picture)
    await camera.message(metrics, "debug-metrics")
    await page.resize(*DESKTOP, scale=SHARPNESS)
    await camera.page(metrics, "page")
    await page.resize(*PHONE, scale=SHARPNESS)
    await camera.page(metrics, "phone")
    await page.resize(*TALL, scale=SHARPNESS)
    await on_a_phone(page, demo_guild, SHOTS, await console_pictures(demo_guild, camera))


async def on_a_phone(
    page: Page, demo_guild: DemoGuild, shots: Sequence[Shot], taken: Sequence[Message]
) -> None:
    """Take what was taken once more, to be looked at; the docs do not have it."""
    await page.resize(PHONE[0], TALL[1], scale=SHARPNESS)
    phone = Camera(page, demo_guild, FOLDER)
    for shot, message in zip(shots, taken, strict=True):
        await phone.message(message, f"{shot.name}-phone")
    await page.resize(*TALL, scale=SHARPNESS)


async def alerts(camera: Camera, demo_guild: DemoGuild, browser: Browser, page: Page) -> None:
    """Take an alert while it fires, the errors, the dashboard, and the alert when it has ended."""
    await camera.open_page(demo_guild.owner, demo_guild.alerts)
    fired = await _arrives(demo_guild, _is_slow_alert)
    await camera.message(fired, "alert-fired")
    await camera.open_page(demo_guild.owner, demo_guild.admin)
    await camera.message(await command(demo_guild, "debug alerts", has_embed), "debug-alerts")
    rule = await command(demo_guild, "debug alerts", has_picture, find="response_time")
    await camera.message(rule, "debug-alerts-rule")
    await on_a_phone(page, demo_guild, LATE, await late_pictures(demo_guild, camera))
    await command(demo_guild, "weather", is_answered, state="failing")
    await _arrives(demo_guild, lambda it: "LlmError" in it.text)
    await camera.open_page(demo_guild.owner, demo_guild.admin)
    await camera.message(await command(demo_guild, "debug errors", has_embed), "debug-errors")
    for path in await dashboard_pictures(browser, demo_guild, DOCS):
        print(path, flush=True)
    await command(demo_guild, "weather", is_answered, state="healthy")
    await camera.open_page(demo_guild.owner, demo_guild.alerts)
    ended = await _arrives(demo_guild, lambda it: it is fired and "Resolved" in it.text)
    await camera.message(ended, "alert-ended")


async def _arrives(demo_guild: DemoGuild, wanted: Callable[[Message], bool]) -> Message:
    return await demo_guild.alerts.wait_for(wanted, timeout=HAPPENS_SECONDS)


def _is_slow_alert(message: Message) -> bool:
    """Tell the incident's own message from the one that says that it got worse."""
    return ": Response time\n" in message.text and "Now critical" not in message.text


async def main() -> None:
    """Take all pictures; it lasts about four minutes, as the demo's troubles do."""
    async with Sandbox() as sandbox, chromium() as browser:
        demo_guild = furnish(sandbox)
        async with bot_of(demo_guild) as process:
            await registered(demo_guild)
            await asyncio.sleep(CRASH_SECONDS)
            await command(demo_guild, "weather", is_answered, state="crashing")
            await process.wait()
        async with bot_of(demo_guild):
            await registered(demo_guild)
            people = asyncio.create_task(chatter(demo_guild))
            await asyncio.sleep(TALK_SECONDS)
            page = await browser.page(*TALL, scale=SHARPNESS)
            camera = Camera(page, demo_guild, DOCS)
            await commands(camera, demo_guild, page)
            await alerts(camera, demo_guild, browser, page)
            people.cancel()
            await asyncio.wait((people,))
            print("console:", json.dumps(page.console))


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for folder in (DOCS, FOLDER):
        folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main())

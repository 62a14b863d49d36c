"""Dashboard of the demo's bot in Chromium → screenshots of its pages, as a desktop and a phone."""

from __future__ import annotations

from pathlib import Path

from demo.dashboard import dashboard_link
from demo.demo_guild import DemoGuild
from tests.chromium import Browser, Page

DESKTOP, PHONE = (1280, 800), (390, 844)  # CSS pixels
LONGEST = 1500  # CSS pixels of a page's length that a picture shows
SHARPNESS = 2.0  # pixels of the picture for each
PAGES = {
    "overview": ("/", r"/\d/.test(document.querySelector('.tile .main')?.innerText)"),
    "performance": ("/performance", "document.querySelectorAll('.chart').length === 6"),
    "runtime": ("/runtime", "document.querySelector('.culprits pre') !== null"),
    "traces": ("/runtime?part=traces", "document.querySelector('.waterfall .bar') !== null"),
    "users": ("/users", "document.querySelector('tbody td') !== null"),
    "logs": ("/logs", r"/\d/.test(document.querySelector('.legend b')?.innerText)"),
}
"""For each page its address, and what is true when it has something to show."""


async def dashboard_pictures(browser: Browser, demo_guild: DemoGuild, folder: Path) -> list[Path]:
    """Log in and take every page, in dark; return the pictures."""
    page = await browser.page(*DESKTOP, scale=SHARPNESS)
    await page.media(prefers_color_scheme="dark")
    link = await dashboard_link(demo_guild)
    await page.go(link)
    await page.until("document.querySelector('.live')?.dataset.state === 'live'")
    base = link.partition("/login")[0]
    taken = []
    for name, (path, there) in PAGES.items():
        for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
            await page.resize(*size, scale=SHARPNESS)
            await page.go(f"{base}{path}{'&' if '?' in path else '?'}window=5m")
            picture = folder / f"dashboard-{name}{suffix}.png"
            picture.write_bytes(await _picture(page, size, there))
            taken.append(picture)
    return taken


async def _picture(page: Page, size: tuple[int, int], there: str) -> bytes:
    """Wait until the page has live data, then take it in its whole length, up to LONGEST."""
    await page.until(f"document.querySelector('.live')?.dataset.state === 'live' && {there}")
    length = await page.run("document.querySelector('#app').getBoundingClientRect().height")
    await page.resize(size[0], round(min(max(length, size[1]), LONGEST)), scale=SHARPNESS)
    await page.run("new Promise((drawn) => setTimeout(drawn, 500))")
    return await page.picture()

"""The page in a real Chromium, as a person of a home server sees and uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from discord_sandbox import Member
from tests.chromium import Browser, Page
from tests.discord_bot import running
from tests.discord_sandbox.page_bot import Waiter
from tests.e2e import conftest as e2e

MARKS = [pytest.mark.chromium, pytest.mark.timeout(180)]


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
async def screen(browser: Browser, home: e2e.Home) -> AsyncIterator[Screen]:
    """A tab of 1280 by 800; in the end its console has to be empty."""
    shown = Screen(await browser.page(), home)
    yield shown
    assert shown.page.console == []


@pytest.fixture
async def waiter(home: e2e.Home) -> AsyncIterator[Waiter]:
    async with running(Waiter(), home.sandbox) as bot:
        yield bot

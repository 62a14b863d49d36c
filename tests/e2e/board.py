"""The dashboard of a real bot in a real Chromium, as an admin uses it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

import debugcog
from services.debugcog.alerting.rules import Rule, rule
from services.debugcog.metrics import MetricsService
from tests.chromium import Browser, Page
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

MARKS = [pytest.mark.chromium, pytest.mark.timeout(180)]
LINK = re.compile(r"http://127\.0\.0\.1:\d+/login#code=\w+")


class Guest(Host):
    """A host with a rule of its own, whose value the test sets, and a provider of users.

    Args:
        users: None for what the cog sees itself.
    """

    def __init__(self, users: debugcog.UserProvider | None = None) -> None:
        super().__init__()
        self.users_known = users
        self.queue = 1.0
        self.alert_rules: list[Rule] = [
            rule(
                "queue",
                lambda _: self.queue,
                warning=100,
                critical=500,
                for_seconds=1,
                description="Jobs",
            )
        ]

    async def setup_hook(self) -> None:
        debugcog.configure(self, users=self.users_known)
        await super().setup_hook()


@dataclass
class Board:
    """A tab that shows the dashboard of a host.

    Attributes:
        page: the tab.
        home: where the host's people are.
        host: the bot.
    """

    page: Page
    home: Home
    host: Guest

    @property
    def address(self) -> str:
        dashboard = self.host.cog.runtime.dashboard
        assert dashboard is not None
        return f"http://127.0.0.1:{dashboard.port()}"

    @property
    def metrics(self) -> MetricsService:
        return self.host.cog.runtime.metrics

    async def link(self) -> str:
        """Have the owner type /debug dashboard; return the link of its answer."""
        home = self.home
        run = await home.sandbox.run_command(home.owner, home.channel, "debug dashboard")
        await run.wait(lambda run: run.message and run.message.embeds)
        assert run.message is not None
        found = LINK.search(run.message.text)
        assert found, run.message.text
        return found[0]

    async def log_in(self, path: str = "/") -> None:
        """Open a page of the dashboard with a link of one's own."""
        await self.page.go(await self.link())
        await self.page.until("location.pathname === '/'")
        await self.ready()
        if path != "/":
            await self.open(path)

    async def open(self, path: str) -> None:
        """Open a page of the dashboard by its address."""
        await self.page.go(self.address + path)
        await self.page.until(f"location.pathname + location.search === {json.dumps(path)}")
        await self.ready()

    async def ready(self) -> None:
        """Wait until the page shows live data."""
        await self.page.until("document.querySelector('.live')?.dataset.state === 'live'")

    async def text(self, selector: str) -> str:
        """Return the text of the first element that matches."""
        text: str = await self.page.run(f"document.querySelector({json.dumps(selector)}).innerText")
        return text

    async def texts(self, selector: str) -> list[str]:
        """Return the texts of all elements that match."""
        found: list[str] = await self.page.run(
            f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.innerText)"
        )
        return found

    async def shows(self, selector: str, text: str, seconds: float = 20.0) -> None:
        """Wait until an element is there to be seen, with a text in it."""
        there = f"document.querySelector({json.dumps(selector)})"
        seen = f"{there}?.checkVisibility() && {there}.innerText.includes({json.dumps(text)})"
        await self.page.until(seen, seconds)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def guest() -> Guest:
    """Make the host."""
    return Guest()


@pytest.fixture
async def board(
    browser: Browser, home: Home, environment: pytest.MonkeyPatch, guest: Guest
) -> AsyncIterator[Board]:
    """A tab of 1280 by 800 beside a host with a dashboard.

    In the end its console has to be empty, which a breach of the page's policy would not leave it;
    and it has asked nobody but the dashboard.
    """
    environment.setenv("DASHBOARD_ENABLED", "true")
    environment.setenv("DASHBOARD_PORT", str(free_port()))
    async with running(guest, home.sandbox) as host:
        await registered()
        shown = Board(await browser.page(), home, host)
        await shown.page.watch_requests()
        address = shown.address
        yield shown
        assert shown.page.console == [], shown.page.console
        own = (f"{address}/", f"blob:{address}/", "data:")
        foreign = [each for each in shown.page.requests if not each.startswith(own)]
        assert foreign == [], foreign

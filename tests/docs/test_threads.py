"""The threads and tasks of docs/architecture.md are those of a bot with everything in use."""

from __future__ import annotations

import asyncio
import threading

import aiohttp
import pytest

from services.debugcog.metrics import MetricsService
from tests.discord_bot import running
from tests.docs.documents import FENCE, codes, table, text_of
from tests.e2e.conftest import Home, Host, registered

PAGE = "docs/architecture.md"
TOKEN = "scrape-token-of-24-letters"
WHILE_NEEDED = (
    *("registration", "shielded", "request", "charts", "picture", "live"),
    *("session-starts", "check", "check_0", "progress", "export"),
    *("census", "inspection_0", "profile", "log-reading_0", "stall-lines"),
)
NOT_ALWAYS = {
    "debugcog-console",
    "debugcog-bounded",
    *(f"debugcog-{name}" for name in WHILE_NEEDED),
}
"""pytest has a console handler of its own; the others end when their work is done."""


class Measured(Host):
    """A host with a service and a gauge of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = MetricsService()
        self.metrics.gauge("queue_length", lambda: 1)


def named(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("debugcog-")}


async def test_the_threads_and_tasks_of_a_running_bot_are_named(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DASHBOARD_ENABLED", "true")
    environment.setenv("DASHBOARD_PORT", "0")
    environment.setenv("DASHBOARD_TOKEN", TOKEN)
    environment.setenv("DASHBOARD_HOST", "127.0.0.1")
    environment.setenv("HEARTBEAT_URL", "http://127.0.0.1:9/ping")
    async with running(Measured(), home.sandbox) as bot, aiohttp.ClientSession() as scraper:
        await registered()
        assert bot.cog.runtime.dashboard is not None
        port = await asyncio.to_thread(bot.cog.runtime.dashboard.port)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with scraper.get(f"http://127.0.0.1:{port}/metrics", headers=headers) as reply:
            assert reply.status == 200
        run = await home.sandbox.run_command(home.owner, home.channel, "debug memory")
        await run.wait(lambda run: run.message and run.message.embeds)
        threads = named({thread.name for thread in threading.enumerate()})
        tasks = named({task.get_name() for task in asyncio.all_tasks()})
    bot.metrics.close()
    rows = {codes(row[0])[0] for row in table(PAGE, "thread")}
    others = named(set(codes(FENCE.sub("", text_of(PAGE))))) - rows
    assert (threads - rows, tasks - others) == (set(), set())
    assert rows - threads | others - tasks <= NOT_ALWAYS

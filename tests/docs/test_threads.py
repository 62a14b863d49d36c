"""The threads and tasks of docs/architecture.md are those of a bot with everything in use."""

from __future__ import annotations

import asyncio
import threading

from services.debugcog.metrics import MetricsService
from tests.discord_bot import running
from tests.docs.documents import FENCE, codes, table, text_of
from tests.e2e.conftest import Home, Host, registered

PAGE = "docs/architecture.md"
WHILE_NEEDED = ("registration", "shielded", "charts", "picture")
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


async def test_the_threads_and_tasks_of_a_running_bot_are_named(home: Home) -> None:
    async with running(Measured(), home.sandbox) as bot:
        await registered()
        run = await home.sandbox.run_command(home.owner, home.channel, "debug memory")
        await run.wait(lambda run: run.message and run.message.embeds)
        threads = named({thread.name for thread in threading.enumerate()})
        tasks = named({task.get_name() for task in asyncio.all_tasks()})
    bot.metrics.close()
    rows = {codes(row[0])[0] for row in table(PAGE, "thread")}
    others = named(set(codes(FENCE.sub("", text_of(PAGE))))) - rows
    assert (threads - rows, tasks - others) == (set(), set())
    assert rows - threads | others - tasks <= NOT_ALWAYS

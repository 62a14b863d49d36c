"""DebugCog in a bot that has loaded jishaku as well: both answer, and each unloads alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.discord_bot import running
from tests.e2e import conftest as e2e


class Neighbours(e2e.Host):
    """A host that has loaded jishaku first."""

    async def setup_hook(self) -> None:
        await self.load_extension("jishaku")
        await super().setup_hook()


@pytest.fixture
async def both(home: e2e.Home, environment: pytest.MonkeyPatch) -> AsyncIterator[Neighbours]:
    async with running(Neighbours(), home.sandbox) as bot:
        await e2e.registered()
        yield bot


async def test_both_answer_and_each_unloads_alone(both: Neighbours, home: e2e.Home) -> None:
    sandbox, channel = home.sandbox, home.channel

    await sandbox.say(home.owner, channel, "!jsk py 20 + 22")
    await channel.wait_for(lambda message: message.content == "42")
    run = await sandbox.run_command(home.owner, channel, "debug metrics")
    await run.wait(lambda run: run.message and run.message.attachments, timeout=60)
    assert "Metrics" in (run.message.text if run.message else "")

    await both.unload_extension("cogs.debug")
    await sandbox.say(home.owner, channel, "!jsk py 40 + 4")
    await channel.wait_for(lambda message: message.content == "44")

    await both.load_extension("cogs.debug")
    await e2e.registered()
    await both.unload_extension("jishaku")
    again = await sandbox.run_command(home.owner, channel, "debug metrics")
    assert again.deferred or again.message

"""Two processes of one bot, as in a rolling deploy: whichever is left ends what the other told."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from cogs.debug.app import runtime
from tests.discord_bot import pointed_at, running, started
from tests.e2e.conftest import Home, registered
from tests.e2e.test_alerts import FINE, WARNING, Queue, ask


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.debugcog.state.files.PATIENCE", 0.5)
    monkeypatch.setattr(runtime, "STATE_INTERVAL", 0.1)


async def test_the_new_process_goes_on_with_the_card_of_the_old_one_and_ends_it(
    home: Home, tmp_path: Path
) -> None:
    old, new = Queue(WARNING), Queue(WARNING)
    async with AsyncExitStack() as stack:
        stack.enter_context(pointed_at(home.sandbox))  # until the last of both is closed
        async with running(old, home.sandbox):
            card = await home.alerts.wait_for(lambda it: "Warning: Queue" in it.text)
            new.length = FINE
            await stack.enter_async_context(running(new, home.sandbox))
            await new.cog.runtime.whole()
            assert new.cog.runtime.database.path == tmp_path / "logs" / "debugcog-2.sqlite3"
        ended = await home.alerts.wait_for(lambda it: "Resolved: Queue" in it.text)
        assert ended.id == card.id
        assert "recovered" in ended.text.lower()
        assert [message.text for message in home.alerts.messages if "Queue" in message.text] == [
            ended.text
        ]


async def test_a_damaged_row_is_told_with_the_alerts(home: Home) -> None:
    async with running(Queue(), home.sandbox) as bot:
        await started()
        await bot.cog.runtime.database.run(
            lambda connection: connection.execute(
                "REPLACE INTO rule_states VALUES ('queue', '[true, tr')"
            )
        )
    async with running(Queue(), home.sandbox):
        await registered()
        listed = await ask(home)
        assert listed.message
        assert (
            "⚠️ State file: damaged rows were put aside (1 of rule_states), into its table"
            " set_aside" in listed.message.text.replace("\\_", "_")
        )

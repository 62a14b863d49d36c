"""A start that fails after the load: the bot runs on, and /debug says that there are no alerts."""

from __future__ import annotations

import sqlite3

import pytest

from discord_sandbox.people.runs import Run
from tests.discord_bot import running, started
from tests.e2e.conftest import Home, Host, registered

TOLD = (
    "No alerts until the cog is loaded again: its start failed (sqlite3.DatabaseError); the log "
    "has the traceback."
)


@pytest.mark.parametrize(
    "step",
    ["services.debugcog.alerting.evaluator.Evaluator.load", "cogs.debug.app.kept.Kept.restore"],
)
async def test_it_is_told_where_an_admin_looks(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(step, fail)
    async with running(Host(), home.sandbox):
        await started()
        await registered()
        assert TOLD in await shown(home, "debug alerts")
        assert f"Needs a look: {TOLD}" in await shown(home, "debug overview")
        assert TOLD in await shown(home, "debug diagnose")


async def shown(home: Home, command: str) -> str:
    def is_there(run: Run) -> object:
        return run.message and run.message.embeds

    run = await home.sandbox.run_command(home.owner, home.channel, command)
    await run.wait(is_there)
    assert run.message
    return run.message.text

"""What becomes of /debug where Discord takes no first response: late, or answered by another."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

import discord
import pytest
from discord import app_commands

from cogs.debug.app.access import REFUSAL
from cogs.debug.ui.responder import TAKEN
from discord_sandbox import Message, SandboxError
from discord_sandbox.faults import Fault, Trouble
from tests.discord_bot import pointed_at, running
from tests.e2e.conftest import Home, Host, registered
from tests.e2e.test_alerts import WARNING, Queue

ANSWERED = "not sent: another process of this bot, or the host, has answered"
LOGGERS = ("debugcog.responder", "discord.app_commands.tree")
TOO_LATE = "404 Not Found (error code: 10062): Unknown interaction"


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name in LOGGERS
    ]


def late(home: Home) -> None:
    body = '{"message": "Unknown interaction", "code": 10062}'
    path = "/interactions/*/*/callback"
    home.sandbox.faults.add(Fault(Trouble.PROXY, "POST", path, status=404, body=body))


async def complete(home: Home, command: str, option: str) -> list[str]:
    choices = await home.sandbox.autocomplete(
        home.admin, home.channel, command, option=option, value="dis"
    )
    return [choice["value"] for choice in choices]


async def test_a_completion_that_comes_too_late_is_a_line_of_our_log_and_no_error(
    home: Home, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    late(home)
    with pytest.raises(SandboxError, match="did not respond"):
        await complete(home, "debug loglevel", "logger")
    assert said(caplog) == [f"Completion not delivered: discord.errors.NotFound: {TOO_LATE}"]
    assert await host.cog.runtime.errors.store.groups() == ()


class Completing(Host):
    """A host with a completion of its own."""

    async def setup_hook(self) -> None:
        self.tree.add_command(pick)
        await self.tree.sync()
        await super().setup_hook()


@app_commands.command()
async def pick(interaction: discord.Interaction, thing: str) -> None:
    """Pick something."""


@pick.autocomplete("thing")
async def things(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name="disc", value="disc")]


async def test_a_completion_of_the_host_that_comes_too_late_is_its_error(home: Home) -> None:
    async with running(Completing(), home.sandbox) as bot:
        await registered()
        late(home)
        with pytest.raises(SandboxError, match="did not respond"):
            await complete(home, "pick", "thing")
        await home.alerts.wait_for(lambda card: "Unknown interaction" in card.text)
        (group,) = await bot.cog.runtime.errors.store.groups()
        assert group.type == "discord.errors.NotFound"


async def test_of_two_processes_one_answers_and_the_other_one_has_a_line_for_it(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with AsyncExitStack() as stack:
        stack.enter_context(pointed_at(home.sandbox))
        one = await stack.enter_async_context(running(Host(), home.sandbox))
        await registered()
        environment.setenv("STATE_PATH", "other.sqlite3")
        other = await stack.enter_async_context(running(Host(), home.sandbox))
        await registered()
        assert "discord.gateway" in await complete(home, "debug loglevel", "logger")
        run = await home.sandbox.run_command(home.admin, home.channel, "debug alerts")
        await run.wait(lambda run: run.message and run.message.components)
        assert run.message
        again = await home.sandbox.click(home.admin, run.message, "Refresh")
        await again.wait(lambda run: run.message and run.message.components)
        while len(said(caplog)) < 3:  # noqa: ASYNC110 - the log has no event
            await asyncio.sleep(0.01)
        assert said(caplog) == [f"Completion {ANSWERED}", f"Reply {ANSWERED}", f"Reply {ANSWERED}"]
        assert run.followups == again.followups == []
        for bot in (one, other):
            assert await bot.cog.runtime.errors.store.groups() == ()


class Deferring(Queue):
    """A host that acknowledges every control, whosever it is."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.defer()


async def rule_card(home: Home) -> Message:
    """Open the card of the rule."""
    run = await home.sandbox.run_command(
        home.admin, home.channel, "debug alerts", {"find": "queue"}
    )
    await run.wait(lambda run: run.message and run.message.components)
    assert run.message
    return run.message


async def test_where_the_host_acknowledges_all_controls_ours_go_on(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(Deferring(), home.sandbox):
        await registered()
        message = await rule_card(home)
        opened = await home.sandbox.click(home.admin, message, "All alerts")
        await opened.wait(lambda run: run.message and "Queue" not in run.message.embeds[0]["title"])
        assert opened.message
        assert opened.message.id == message.id
    assert said(caplog) == []


async def test_where_the_host_has_acknowledged_it_a_card_stays_and_its_reader_is_answered(
    home: Home,
) -> None:
    async with running(Deferring(WARNING), home.sandbox):
        await registered()
        card = await home.alerts.wait_for(lambda message: "Warning: Queue" in message.text)
        before = card.text
        pressed = await home.sandbox.click(home.admin, card, "Details")
        await pressed.wait(lambda run: any(one.embeds for one in run.followups))
        assert card.text == before
        assert [one.ephemeral for one in pressed.followups] == [True]


async def test_where_the_host_has_acknowledged_it_a_form_is_refused_with_the_reason(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(Deferring(), home.sandbox):
        await registered()
        message = await rule_card(home)
        asked = await home.sandbox.click(home.admin, message, "Change thresholds")
        await asked.wait(lambda run: [one.content for one in run.followups] == [TAKEN])
        assert said(caplog) == [f"Reply {ANSWERED}"]
        message.flags = 0  # as if it stood in the channel
        refused = await home.sandbox.click(home.stranger, message, "Refresh")
        await refused.wait(lambda run: [one.content for one in run.followups] == [REFUSAL])

"""What goes wrong in the host reaches the admin channel, and its end does too."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import discord
import pytest
from discord import app_commands

from discord_sandbox import Message
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

SECRET = "hunter2" * 2


class Brittle(Host):
    """A host with a command that fails."""

    async def setup_hook(self) -> None:
        self.tree.add_command(ask)
        await self.tree.sync()
        await super().setup_hook()


@app_commands.command()
async def ask(interaction: discord.Interaction) -> None:
    """Ask the bot something."""
    raise LookupError(f"the model is gone, and token={SECRET} with it")


@pytest.fixture
async def brittle(home: Home) -> AsyncIterator[Brittle]:
    async with running(Brittle(), home.sandbox) as bot:
        await registered()
        yield bot


async def titled(home: Home, start: str) -> Message:
    def looks_so(message: Message) -> bool:
        return any(str(embed.get("title", "")).startswith(start) for embed in message.embeds)

    return await home.alerts.wait_for(looks_so)


async def test_a_slow_model_fires_an_alert_and_its_end_edits_the_same_card(
    home: Home, host: Host
) -> None:
    async with recording(host, 4000.0):
        card = await titled(home, "⚠️ Warning: Response time")
        await card_has_chart(home, card)
    async with recording(host, 200.0):
        ended = await titled(home, "✅ Resolved: Response time")
    assert ended.id == card.id
    assert card.notified.roles == ()


async def test_a_critical_alert_mentions_the_role_that_is_on_call(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    oncall = home.guild.add_role("On call", mentionable=True)
    environment.setenv("ALERT_PING_ROLE_ID", str(oncall.id))
    async with running(Host(), home.sandbox) as bot, recording(bot, 9000.0):
        await titled(home, "🔴 Critical: Response time")
    rung = [role for message in home.alerts.messages for role in message.notified.roles]
    assert rung == [oncall]


async def test_the_traceback_of_a_failing_command_reaches_the_channel_without_its_secret(
    home: Home, brittle: Brittle
) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
    card = await titled(home, "🔴 New error")
    assert "LookupError" in card.text
    assert "in ask" in card.text
    assert "raise LookupError(" in card.text
    assert "hunter2" not in card.text
    assert run.message
    assert run.message.ephemeral
    assert "E-" in run.message.content


async def test_the_id_that_the_user_was_shown_finds_the_error(home: Home, brittle: Brittle) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
    assert run.message
    (number,) = [word.strip("`.") for word in run.message.content.split() if "E-" in word]
    await titled(home, "🔴 New error")
    found = await home.sandbox.run_command(
        home.owner, home.channel, "debug errors", {"find": number}
    )
    await found.wait(lambda run: run.message and "LookupError" in run.message.text)


async def test_errors_are_listed_and_opened_and_resolved(home: Home, brittle: Brittle) -> None:
    for _ in range(3):
        await home.sandbox.run_command(home.stranger, home.channel, "ask")
    await titled(home, "🔴 New error")
    run = await home.sandbox.run_command(home.owner, home.channel, "debug errors")
    await run.wait(lambda run: run.message and run.message.components)
    assert run.message
    assert "LookupError" in run.message.text
    group = run.message.components[0]["components"][0]["options"][0]["value"]
    opened = await home.sandbox.choose(home.owner, run.message, "Open a group", [group])
    await opened.wait(lambda run: run.message and "raise LookupError(" in run.message.text)
    assert opened.message
    resolved = await home.sandbox.click(home.owner, opened.message, "Resolve")
    await resolved.wait(lambda run: run.message and "Resolved" in run.message.text)


async def test_an_alert_is_acknowledged_by_its_button(home: Home, host: Host) -> None:
    async with recording(host, 4000.0):
        card = await titled(home, "⚠️ Warning: Response time")
        pressed = await home.sandbox.click(home.moderator, card, "Acknowledge")
        await pressed.wait(lambda run: run.message and "Acknowledged: " in run.message.text)
        await home.alerts.wait_for(lambda message: home.moderator.mention in message.text)


@contextlib.asynccontextmanager
async def recording(host: Host, milliseconds: float) -> AsyncIterator[None]:
    """Let every answer of the host take so long, until the block ends."""

    async def record() -> None:
        while True:
            for _ in range(10):
                host.cog.runtime.metrics.record("total_response_time", milliseconds)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(record())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def card_has_chart(home: Home, card: Message) -> None:
    await home.alerts.wait_for(lambda message: message.id == card.id and bool(message.attachments))

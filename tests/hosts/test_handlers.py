"""Error handlers that a host sets after the load are called, and one failure is one error."""

from __future__ import annotations

import logging
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.access import REFUSAL
from cogs.debug.ui.responder import FAILED
from discord_sandbox import Member, SandboxError
from tests.e2e.conftest import Home, Host, environment, home, host

__all__ = ["environment", "home", "host"]  # fixtures

log = logging.getLogger("bot")
RAISED = "raised an exception: RuntimeError: boom of the host"


def fail(*_: Any) -> None:
    raise RuntimeError("boom of the host")


async def on_error(self: commands.Bot, event: str, /, *args: Any, **kwargs: Any) -> None:
    log.exception("Event %s failed", event)  # noqa: LOG004 - discord.py calls it in an except block


async def on_command_error(self: commands.Bot, ctx: Any, error: commands.CommandError, /) -> None:
    log.error("Command %s failed: %s", ctx.command, error)


async def on_tree_error(
    interaction: discord.Interaction[Any], error: app_commands.AppCommandError
) -> None:
    log.error(f"Slash command failed: {error}", exc_info=error)  # noqa: G004 - as many write it
    await interaction.response.send_message("Sorry.")


async def failing_event(bot: Host, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def on_message(message: discord.Message) -> None:
        if message.content == "hello":  # and not for the error's own card
            fail()

    monkeypatch.setattr(Host, "on_error", on_error)
    bot.add_listener(on_message)
    await home.sandbox.say(home.stranger, home.channel, "hello")


async def failing_command(bot: Host, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def boom(ctx: commands.Context[Any]) -> None:
        fail()

    monkeypatch.setattr(Host, "on_command_error", on_command_error)
    bot.add_command(commands.Command(boom, name="boom"))
    await home.sandbox.say(home.stranger, home.channel, "!boom")


async def failing_slash_command(bot: Host, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def boom(interaction: discord.Interaction[Any]) -> None:
        fail()

    monkeypatch.setattr(bot.tree, "on_error", on_tree_error)
    command: Any = app_commands.Command(name="boom", description="Fail", callback=boom)
    bot.tree.add_command(command)
    await bot.tree.sync()
    await home.sandbox.run_command(home.stranger, home.channel, "boom")


@pytest.mark.parametrize(
    ("failing", "line"),
    [
        (failing_event, "Event on_message failed"),
        (failing_command, f"Command boom failed: Command {RAISED}"),
        (failing_slash_command, f"Slash command failed: Command 'boom' {RAISED}"),
    ],
)
async def test_a_handler_that_is_set_after_the_load_and_logs_makes_no_second_error(
    failing: Any,
    line: str,
    home: Home,
    host: Host,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await failing(host, home, monkeypatch)
    await home.alerts.wait_for(lambda card: "boom of the host" in card.text)
    logged = [each for each in caplog.records if each.name == log.name]
    assert [each.getMessage() for each in logged] == [line]
    groups = await host.cog.runtime.errors.store.groups()
    assert [(group.type, group.count) for group in groups] == [("RuntimeError", 1)]
    assert host.cog.runtime.metrics.snapshot(60).errors == 1
    assert len([card for card in home.alerts.messages if "boom" in card.text]) == 1


async def test_the_handler_of_the_hosts_tree_hears_of_its_own_check_and_not_of_ours(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def check(interaction: discord.Interaction[Any]) -> bool:
        if interaction.user.id == home.moderator.id:
            raise app_commands.CheckFailure("Moderators rest.")
        return interaction.user.id != home.owner.id

    async def tell(
        interaction: discord.Interaction[Any], error: app_commands.AppCommandError
    ) -> None:
        await interaction.response.send_message(f"From the host: {error}", ephemeral=True)

    async def answered(person: Member, command: str, *, first: str) -> None:
        run = await home.sandbox.run_command(person, home.channel, f"debug {command}")
        await run.wait(lambda run: run.message and run.message.content == first)
        assert run.followups == []

    monkeypatch.setattr(host.tree, "interaction_check", check)
    monkeypatch.setattr(host.tree, "on_error", tell)
    await answered(home.moderator, "loop", first="From the host: Moderators rest.")
    await answered(home.stranger, "loop", first=REFUSAL)
    with pytest.raises(SandboxError, match="did not respond"):
        await home.sandbox.run_command(home.owner, home.channel, "debug loop")
    monkeypatch.setattr(host.cog.runtime.access, "check", fail)
    await answered(home.admin, "loop", first=FAILED)
    errors = [each.name for each in caplog.records if each.levelno >= logging.ERROR]
    assert errors == ["debugcog.responder"]
    assert await host.cog.runtime.errors.store.groups() == ()

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.world.application import Command
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


class HostWithCommands(Host):
    """A host whose own commands are registered in the same server."""

    def __init__(self, home: Home) -> None:
        super().__init__()
        self._home = home

    async def setup_hook(self) -> None:
        guild = discord.Object(self._home.guild.id)
        ask: app_commands.Command[Any, ..., None] = app_commands.Command(
            name="ask", description="Ask the bot", callback=_ask
        )
        self.tree.add_command(ask, guild=guild)
        await self.tree.sync(guild=guild)
        await super().setup_hook()


async def _ask(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("42")


def commands_of(home: Home) -> list[Command]:
    return list(home.sandbox.application.registered(home.guild.id).values())


def names(home: Home) -> list[str]:
    return sorted(command.name for command in commands_of(home))


async def test_the_hosts_own_commands_stay(home: Home) -> None:
    async with running(HostWithCommands(home), home.sandbox):
        await registered()
        assert names(home) == ["ask", "debug"]
        run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
        assert run.message
        assert run.message.content == "42"


async def test_a_second_start_finds_it_and_sends_nothing(home: Home) -> None:
    for _ in range(2):
        async with running(Host(), home.sandbox):
            await registered()
    posts = [r for r in home.sandbox.requests if r.method == "POST" and "commands" in r.path]
    assert len(posts) == 1


async def test_it_is_hidden_from_members_while_only_administrators_may(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("DEBUG_ADMIN_ROLE_IDS")
    async with running(Host(), home.sandbox):
        await registered()
    (command,) = commands_of(home)
    assert command.payload["default_member_permissions"] == "8"


async def test_it_is_visible_to_all_when_roles_are_named_because_discord_knows_no_roles(
    home: Home, host: Host
) -> None:
    (command,) = commands_of(home)
    assert command.payload["default_member_permissions"] is None


async def test_a_server_that_is_not_the_bots_is_told_with_the_fix(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("DEBUG_GUILD_IDS", f"123456789012345678,{home.guild.id}")
    async with running(Host(), home.sandbox):
        await registered()
    assert names(home) == ["debug"]
    (told,) = [r.getMessage() for r in caplog.records if r.name == "cogs.debug.registration"]
    assert told == (
        "Registration of /debug failed: guild_id=123456789012345678 is not a server of this bot, "
        "or it was invited without the applications.commands scope; check DEBUG_GUILD_IDS and "
        "invite the bot again"
    )


async def test_without_a_server_nothing_is_registered_and_the_log_says_what_to_set(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.delenv("DEBUG_GUILD_IDS")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        assert bot.tree.get_commands() == []
    (told,) = [r.getMessage() for r in caplog.records if r.name == "cogs.debug.registration"]
    assert told.startswith("Not registered: DEBUG_GUILD_IDS is empty, so no server has /debug.")

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from cogs.debug.app import registration
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.world.application import Command
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


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "debugcog.registration"]


async def test_the_hosts_own_commands_stay(home: Home) -> None:
    async with running(HostWithCommands(home), home.sandbox):
        await registered()
        assert names(home) == ["ask", "debug"]
        run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
        assert run.message
        assert run.message.content == "42"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, "<html>"),
        (200, "<html>"),
        (403, "{}"),
        (404, '{"message": "no route matched", "code": 404}'),
        (200, '[{"ok": true}]'),
        (200, "[null]"),
        (200, '{"ok": true}'),
        (200, '{"id": null}'),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_that_is_not_discords_is_waited_out(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    status: int,
    body: str,
) -> None:
    monkeypatch.setattr(registration, "RETRY_SECONDS", (0.01,))
    route = "/applications/*/guilds/*/commands"
    home.sandbox.faults.add(Fault(Trouble.PROXY, method, route, status=status, body=body))
    async with running(Host(), home.sandbox):
        await registered()
        assert names(home) == ["debug"]
    assert home.sandbox.faults.pending == ()
    assert said(caplog)[0].startswith("Registration of /debug waits 0 s: ")


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
    (told,) = said(caplog)
    assert told == (
        "Registration of /debug failed: guild_id=123456789012345678 is not a server of this bot, "
        "or it was invited without the applications.commands scope; check DEBUG_GUILD_IDS and "
        "invite the bot again"
    )


async def test_a_bot_that_is_in_none_of_the_servers_is_told_once_where_it_is(
    home: Home, environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    environment.setenv("DEBUG_GUILD_IDS", "123456789012345678,223456789012345678")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        bot.cog._registration.start()  # as at the next connection
        await registered()
    assert said(caplog) == [
        (
            "Not registered: this bot is in none of DEBUG_GUILD_IDS=123456789012345678,"
            "223456789012345678, or was invited without the applications.commands scope, so no "
            "server has /debug. Put the id of your admin server there, or invite the bot again; "
            f"this bot is in Home ({home.guild.id})"
        )
    ]


@pytest.mark.parametrize("has_file", [True, False])
async def test_without_a_server_nothing_is_registered_and_the_log_says_what_to_set_and_where(
    home: Home,
    environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    has_file: bool,
) -> None:
    environment.delenv("DEBUG_GUILD_IDS")
    if has_file:
        (tmp_path / ".env").write_text("RELEASE=1\n")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        assert bot.tree.get_commands() == []
    assert said(caplog) == [
        (
            "Not registered: DEBUG_GUILD_IDS is empty, so no server has /debug. Put the id of your "
            f"admin server there; this bot is in Home ({home.guild.id}). It was looked for in the "
            f"environment and {tmp_path}/.env{'' if has_file else ', which is not there'}"
        )
    ]


async def test_it_goes_away_from_a_server_that_is_named_no_more(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    other = home.sandbox.add_guild("Other")
    environment.setenv("DEBUG_GUILD_IDS", f"{home.guild.id},{other.id}")
    async with running(Host(), home.sandbox):
        await registered()
    assert len(home.sandbox.application.registered(other.id)) == 1
    environment.setenv("DEBUG_GUILD_IDS", str(home.guild.id))
    for _ in range(2):
        async with running(Host(), home.sandbox):
            await registered()
    assert home.sandbox.application.registered(other.id) == {}
    assert names(home) == ["debug"]
    removals = [r for r in home.sandbox.requests if r.method == "DELETE"]
    assert len(removals) == 1


async def test_a_server_that_the_bot_joins_later_gets_it(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    later = 1_000_000_000_000_000_000
    environment.setenv("DEBUG_GUILD_IDS", f"{home.guild.id},{later}")
    async with running(Host(), home.sandbox) as bot:
        await bot.wait_until_ready()
        await registered()
        joined = home.sandbox.add_guild("Later", id=later)
        async with asyncio.timeout(10):
            while not home.sandbox.application.registered(joined.id):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)


class HostWithDebug(Host):
    """A host that has a /debug of its own, everywhere or in one server."""

    def __init__(self, guild: discord.Object | None) -> None:
        super().__init__()
        own: app_commands.Command[Any, ..., None] = app_commands.Command(
            name="debug", description="Mine", callback=_ask
        )
        self.tree.add_command(own, guild=guild)


async def test_a_hosts_own_debug_command_elsewhere_stays(home: Home) -> None:
    async with running(HostWithDebug(None), home.sandbox) as bot:
        await registered()
        (own,) = bot.tree.get_commands()
        assert own.name == "debug"
    assert names(home) == ["debug"]


async def test_a_hosts_own_debug_command_in_the_same_server_is_named_with_the_fix(
    home: Home,
) -> None:
    bot = HostWithDebug(discord.Object(home.guild.id))
    with pytest.raises(commands.ExtensionFailed) as caught:
        await bot.load_extension("cogs.debug")
    assert str(caught.value.__cause__) == (
        f"this bot has a /debug of its own in guild {home.guild.id}: rename it, "
        "or take the guild out of DEBUG_GUILD_IDS"
    )
    assert bot.cogs == {}
    await bot.close()

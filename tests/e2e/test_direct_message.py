"""/debug in a direct message: for the owner, by a setting, beside the host's own commands."""

from __future__ import annotations

import asyncio

import discord
import pytest

from cogs.debug.app.command_upkeep import Pace
from cogs.debug.app.registration import Registration
from discord_sandbox import Channel, Sandbox, SandboxError
from discord_sandbox.people.runs import Run
from discord_sandbox.world.users import User
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

FAST = Pace(tree=0.02, check_interval=0.1, sync_grace=0.05, most=0.4)
REFUSED = "This is for the bot's owner"


class Syncing(Host):
    """A host that syncs its global commands right after the load, and later on."""

    async def setup_hook(self) -> None:
        self.tree.command(name="ask", description="Ask the bot")(_ask)
        await super().setup_hook()
        self.synced = [each.name for each in await self.tree.sync()]


async def _ask(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("42")


@pytest.fixture(autouse=True)
def _in_direct_messages(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DEBUG_IN_DM", "true")


@pytest.fixture
def user_app(home: Home) -> Sandbox:
    """An application that people may add to their accounts."""
    home.sandbox.application.integration_types = (0, 1)
    return home.sandbox


def of_all(home: Home) -> list[str]:
    return sorted(each.name for each in home.sandbox.application.registered(None).values())


def ours(home: Home) -> int:
    (found,) = (
        each.id
        for each in home.sandbox.application.registered(None).values()
        if each.name == "debug"
    )
    return found


async def answered(sandbox: Sandbox, user: User, channel: Channel) -> Run:
    run = await sandbox.run_command(user, channel, "debug alerts")
    await run.wait(lambda run: run.message and (run.message.embeds or run.message.content))
    assert run.message
    assert run.message.ephemeral
    return run


async def text(sandbox: Sandbox, user: User) -> str:
    run = await answered(sandbox, user, sandbox.direct(user))
    assert run.message
    return run.message.text


async def test_the_owner_gets_an_answer_that_nobody_else_sees_and_a_stranger_is_refused(
    home: Home,
) -> None:
    async with running(Host(), home.sandbox):
        await registered()
        assert "Alerts" in await text(home.sandbox, home.sandbox.owner)
        assert (await text(home.sandbox, home.stranger.user)).startswith(REFUSED)


async def test_its_controls_and_completions_work_there(home: Home) -> None:
    sandbox = home.sandbox
    async with running(Host(), sandbox):
        await registered()
        direct = sandbox.direct(sandbox.owner)
        run = await answered(sandbox, sandbox.owner, direct)
        tested = await sandbox.click(sandbox.owner, run.message, "Send a test alert")
        await home.alerts.wait_for(lambda message: "Test alert" in message.text)
        await tested.wait(lambda run: run.message and not run.message.thinking)
        offered = await sandbox.autocomplete(
            sandbox.owner, direct, "debug metrics", option="metric", value="mem"
        )
        assert [each["value"] for each in offered] == ["memory_usage_mb"]


async def test_an_owner_who_shares_no_server_uses_it_from_their_account(
    home: Home, user_app: Sandbox
) -> None:
    owner = user_app.add_user("away")
    user_app.application.owner = owner
    direct = user_app.direct(owner)
    async with running(Host(), user_app):
        await registered()
        with pytest.raises(SandboxError):
            await user_app.run_command(owner, direct, "debug alerts")
        user_app.install(owner)
        run = await answered(user_app, owner, direct)
    assert run.message
    assert "Alerts" in run.message.text
    assert run.interaction.authorized_by == {"1": str(owner.id)}


async def test_a_stranger_who_has_added_the_bot_to_their_account_is_refused(
    home: Home, user_app: Sandbox
) -> None:
    stranger = user_app.add_user("mallory")
    user_app.install(stranger)
    async with running(Host(), user_app):
        await registered()
        assert (await text(user_app, stranger)).startswith(REFUSED)


async def test_it_is_nowhere_but_in_direct_messages_with_the_bot(
    home: Home, user_app: Sandbox
) -> None:
    user_app.install(user_app.owner)
    group = user_app.world.add_group("Friends", user_app.owner, home.stranger.user)
    elsewhere = user_app.add_guild("Elsewhere", owner=user_app.owner)
    room = elsewhere.add_text_channel("room")
    async with running(Host(), user_app):
        await registered()
        for channel in (group, room):
            with pytest.raises(SandboxError, match="there is no command /debug here"):
                await user_app.run_command(user_app.owner, channel, "debug alerts")


@pytest.mark.parametrize(("allowed", "asked"), [((0,), [0]), ((0, 1), [0, 1])])
async def test_it_is_for_accounts_where_the_application_allows_that(
    home: Home, allowed: tuple[int, ...], asked: list[int]
) -> None:
    home.sandbox.application.integration_types = allowed
    for _ in range(2):
        async with running(Host(), home.sandbox):
            await registered()
    (command,) = home.sandbox.application.registered(None).values()
    assert (command.payload["contexts"], command.payload["integration_types"]) == ([1], asked)
    path = f"/applications/{home.sandbox.application.id}/commands"
    sent = [each for each in home.sandbox.requests if (each.method, each.path) == ("POST", path)]
    assert len(sent) == 1


async def test_it_is_taken_away_when_the_setting_is_off(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    async with running(Host(), home.sandbox):
        await registered()
    environment.setenv("DEBUG_IN_DM", "false")
    async with running(Host(), home.sandbox):
        await registered()
    assert of_all(home) == []


async def test_a_host_that_syncs_its_global_commands_keeps_it_and_its_own_answer_is_without(
    home: Home,
) -> None:
    async with running(Syncing(), home.sandbox) as bot:
        await registered()
        assert bot.synced == ["ask"]
        before = ours(home)
        for _ in range(2):
            assert [each.name for each in await bot.tree.sync()] == ["ask"]
        assert of_all(home) == ["ask", "debug"]
        assert ours(home) == before
        assert "Alerts" in await text(home.sandbox, home.sandbox.owner)
        assert [each.name for each in bot.tree.get_commands()] == ["ask"]


async def test_a_sync_after_the_unload_is_the_hosts_alone(home: Home) -> None:
    async with running(Syncing(), home.sandbox) as bot:
        await registered()
        await bot.unload_extension("cogs.debug")
        await bot.tree.sync()
    assert of_all(home) == ["ask"]


async def test_a_host_with_a_hundred_commands_syncs_them_all_and_ours_gives_way(
    home: Home,
) -> None:
    async with running(Host(), home.sandbox) as bot:
        await registered()
        for number in range(100):
            bot.tree.command(name=f"ask{number}", description="Ask the bot")(_ask)
        await bot.tree.sync()
    assert "debug" not in of_all(home)
    assert len(of_all(home)) == 100


async def test_what_another_program_syncs_away_is_put_back_with_a_line(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(Host(), home.sandbox) as bot:
        await registered()
        runtime = bot.cog.runtime
        upkeep = Registration(bot, bot.cog, runtime.settings, runtime.database, FAST)
        upkeep.start()
        await registered()
        home.sandbox.application.registered(None).clear()
        async with asyncio.timeout(30):
            while not of_all(home):  # noqa: ASYNC110 - the sandbox's state has no event
                await asyncio.sleep(0.01)
        assert "Alerts" in await text(home.sandbox, home.sandbox.owner)
        await upkeep.close()
    assert (
        "Registered /debug again in direct messages: Discord had lost it, as it does when a bot "
        "syncs its commands without ours"
    ) in caplog.text


async def test_a_state_file_that_is_lost_does_not_make_it_a_strangers(home: Home) -> None:
    async with running(Host(), home.sandbox) as bot:
        await registered()
        path = bot.cog.runtime.settings.state_path
    for each in path.parent.glob("debugcog*"):
        each.unlink()
    before = ours(home)
    async with running(Host(), home.sandbox):
        await registered()
        assert "Alerts" in await text(home.sandbox, home.sandbox.owner)
    assert ours(home) == before


async def test_a_global_command_of_the_host_by_that_name_stays_and_is_told(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    class Own(Host):
        async def setup_hook(self) -> None:
            @self.tree.command(name="debug", description="The host's own")
            async def own(interaction: discord.Interaction) -> None: ...

            await self.tree.sync()
            await super().setup_hook()
            await self.tree.sync()

    async with running(Own(), home.sandbox):
        await registered()
    (command,) = home.sandbox.application.registered(None).values()
    assert command.payload["description"] == "The host's own"
    assert "No /debug in direct messages: the bot has a global /debug" in caplog.text


async def test_without_the_setting_there_is_no_such_command(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.delenv("DEBUG_IN_DM")
    async with running(Host(), home.sandbox):
        await registered()
        direct = home.sandbox.direct(home.owner)
        with pytest.raises(SandboxError):
            await home.sandbox.run_command(home.sandbox.owner, direct, "debug alerts")
    assert of_all(home) == []

"""Installed in guilds or by users: where commands are offered, and what an interaction tells."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from discord_sandbox import Channel, Sandbox, SandboxError
from discord_sandbox.world.users import User
from tests.discord_sandbox.answering import PRESS, Bot
from tests.discord_sandbox.command_bodies import command
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import at, said

GUILD, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2
GUILD_INSTALL, USER_INSTALL = 0, 1


@pytest.fixture
def user_app(sandbox: Sandbox) -> Sandbox:
    sandbox.application.integration_types = (GUILD_INSTALL, USER_INSTALL)
    return sandbox


@pytest.fixture
def kim(sandbox: Sandbox) -> User:
    """Somebody who is in no guild."""
    return sandbox.add_user("kim")


@pytest.fixture
def group(sandbox: Sandbox, place: Home, kim: User) -> Channel:
    """A direct message between two people."""
    return sandbox.world.add_group("Friends", kim, place.mia.user)


async def register(rest: Rest, *bodies: dict[str, Any]) -> None:
    path = f"/applications/{rest.sandbox.application.id}/commands"
    assert (await rest("PUT", path, list(bodies))).status == 200


async def where(bot: Bot, person: User, channel: Channel) -> dict[str, Any]:
    """Return what an interaction tells of where it is and who authorized it."""
    task = asyncio.create_task(bot.sandbox.run_command(person, channel, "ask"))
    await asyncio.sleep(0)  # what the client would not send is known at once
    if task.done():
        task.result()
    bot.last = await bot.line.event("INTERACTION_CREATE")
    await bot.respond(4, {"content": "here", "components": PRESS})
    run = await task
    told = bot.last["authorizing_integration_owners"]
    assert run.message
    assert run.message.interaction_metadata
    assert run.message.interaction_metadata["authorizing_integration_owners"] == told
    return {"context": bot.last["context"], "owners": told}


async def test_an_application_tells_how_it_can_be_installed(
    rest: Rest, user_app: Sandbox, kim: User
) -> None:
    user_app.install(kim)
    answer = await rest("GET", "/applications/@me")
    assert answer.body["approximate_user_install_count"] == 1
    assert answer.body["integration_types_config"] == {
        "0": {
            "oauth2_install_params": {
                "scopes": ["applications.commands", "bot"],
                "permissions": "0",
            }
        },
        "1": {"oauth2_install_params": {"scopes": ["applications.commands"], "permissions": "0"}},
    }


async def test_where_it_is_for_guilds_only_nobody_adds_it_to_an_account(
    sandbox: Sandbox, kim: User
) -> None:
    with pytest.raises(SandboxError, match="sandbox bot can be added to guilds only"):
        sandbox.install(kim)


async def test_a_global_command_cannot_name_a_kind_of_installation_that_the_application_lacks(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    refused = await rest("POST", path, command(integration_types=[0, 1]))
    listed = await rest("PUT", path, [command(), command(name="b", integration_types=[1])])
    invalid = said(
        "APPLICATION_COMMAND_INTEGRATION_TYPE_INVALID",
        "Integration type is not supported by the application",
    )
    assert (refused.status, refused.code) == (400, 50035)
    assert refused.errors == at("integration_types", 1, **invalid)
    assert listed.errors == at(1, "integration_types", 0, **invalid)


async def test_a_commands_kinds_of_installation_are_the_applications_unless_it_names_some(
    rest: Rest, user_app: Sandbox, place: Home
) -> None:
    path = f"/applications/{user_app.application.id}"
    plain = await rest("POST", f"{path}/commands", command())
    one = await rest("POST", f"{path}/commands", command(name="one", integration_types=[1]))
    body = command(integration_types=[0, 1], contexts=[1])
    of_guild = await rest("POST", f"{path}/guilds/{place.guild.id}/commands", body)
    assert plain.body["integration_types"] == [0, 1]
    assert one.body["integration_types"] == [1]
    assert (of_guild.body["integration_types"], of_guild.body["contexts"]) == ([0], None)


@pytest.mark.parametrize(
    ("installed", "where_", "expected"),
    [
        (False, "guild", {"context": GUILD, "owners": {"0": "guild"}}),
        (True, "guild", {"context": GUILD, "owners": {"0": "guild", "1": "mia"}}),
        (False, "direct", {"context": BOT_DM, "owners": {"0": "0"}}),
        (True, "direct", {"context": BOT_DM, "owners": {"0": "0", "1": "mia"}}),
        (True, "group", {"context": PRIVATE_CHANNEL, "owners": {"1": "mia"}}),
    ],
)
async def test_an_interaction_tells_where_it_is_and_which_installations_allow_it(
    rest: Rest,
    user_app: Sandbox,
    bot: Bot,
    group: Channel,
    installed: bool,
    where_: str,
    expected: dict[str, Any],
) -> None:
    await register(rest, command(integration_types=[0, 1]))
    mia = bot.place.mia.user
    if installed:
        user_app.install(mia)
    channels = {"guild": bot.place.channel, "direct": user_app.direct(mia), "group": group}
    names = {str(bot.place.guild.id): "guild", str(mia.id): "mia"}
    told = await where(bot, mia, channels[where_])
    owners = {kind: names.get(each, each) for kind, each in told["owners"].items()}
    assert {**told, "owners": owners} == expected


async def test_who_shares_no_guild_needs_the_application_in_their_own_account(
    rest: Rest, user_app: Sandbox, bot: Bot, kim: User
) -> None:
    await register(rest, command(integration_types=[0, 1]))
    direct = user_app.direct(kim)
    with pytest.raises(SandboxError):
        await user_app.run_command(kim, direct, "ask")
    user_app.install(kim)
    told = await where(bot, kim, direct)
    assert told == {"context": BOT_DM, "owners": {"1": str(kim.id)}}
    user_app.uninstall(kim)
    with pytest.raises(SandboxError):
        await user_app.run_command(kim, direct, "ask")


@pytest.mark.parametrize(
    ("body", "there"),
    [
        (command(integration_types=[0, 1], contexts=[1]), ["direct"]),
        (command(integration_types=[1], contexts=[2]), ["group"]),
        (command(integration_types=[1]), ["guild", "direct", "group"]),
        (command(integration_types=[0]), ["guild", "direct"]),
        (command(integration_types=[0, 1], contexts=[0, 2]), ["guild", "group"]),
    ],
)
async def test_a_command_is_offered_where_its_contexts_and_installations_allow(
    rest: Rest,
    user_app: Sandbox,
    bot: Bot,
    group: Channel,
    body: dict[str, Any],
    there: list[str],
) -> None:
    await register(rest, body)
    mia = bot.place.mia.user
    user_app.install(mia)
    channels = {"guild": bot.place.channel, "direct": user_app.direct(mia), "group": group}
    offered = []
    for name, channel in channels.items():
        try:
            await where(bot, mia, channel)
        except SandboxError:
            continue
        offered.append(name)
    assert offered == there


async def test_in_a_group_the_application_answers_and_sees_nothing_else(
    rest: Rest, user_app: Sandbox, bot: Bot, group: Channel, kim: User
) -> None:
    await register(rest, command(integration_types=[1]))
    user_app.install(kim)
    await user_app.say(kim, group, "between us")
    await where(bot, kim, group)
    assert bot.last["app_permissions"] == str((1 << 15) | (1 << 14) | (1 << 17))
    assert bot.last["channel"]["type"] == 3
    assert [each.content for each in group.messages] == ["between us", "here"]
    assert [frame["t"] for frame in bot.line.seen if frame["t"] == "MESSAGE_CREATE"] == []
    refused = await rest("POST", f"/channels/{group.id}/messages", {"content": "hello"})
    assert (refused.status, refused.code) == (403, 50001)


async def test_a_button_tells_who_authorized_its_message_not_who_pressed_it(
    rest: Rest, user_app: Sandbox, bot: Bot, group: Channel, kim: User
) -> None:
    await register(rest, command(integration_types=[1]))
    user_app.install(kim)
    await where(bot, kim, group)
    mia = bot.place.mia.user
    task = await bot.got(user_app.click(mia, group.messages[-1], "Go"))
    await bot.respond(4, {"content": "pressed"})
    await task
    assert bot.last["user"]["id"] == str(mia.id)
    assert bot.last["authorizing_integration_owners"] == {"1": str(kim.id)}

"""What Discord's client would not let a person do."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import (
    Channel,
    File,
    Kind,
    Member,
    Overwrite,
    Permission,
    Role,
    Sandbox,
    SandboxError,
)
from tests.clock import Clock
from tests.discord_sandbox.parts import Home, Rest

ASK = {
    "name": "ask",
    "description": "Ask.",
    "options": [
        {"type": 3, "name": "what", "description": "What.", "required": True, "max_length": 5},
        {"type": 4, "name": "count", "description": "Count.", "min_value": 1, "max_value": 3},
        {"type": 10, "name": "price", "description": "Price."},
        {"type": 5, "name": "now", "description": "Now."},
        {"type": 6, "name": "who", "description": "Who."},
        {
            "type": 3,
            "name": "size",
            "description": "Size.",
            "choices": [{"name": "Big", "value": "b"}],
        },
    ],
}


SHOP = {
    "name": "shop",
    "description": "A shop.",
    "options": [
        {
            "type": 2,
            "name": "stock",
            "description": "Stock.",
            "options": [{"type": 1, "name": "add", "description": "Add."}],
        }
    ],
}


COMMON = {"what": "why"}


@pytest.fixture
async def commands(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    assert (await rest("PUT", path, [ASK, SHOP])).status == 200


TYPED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an unknown command": ("asks", {}, "there is no command /asks here; registered: /ask, /shop"),
    "a group without its subcommand": ("shop stock", {}, "/shop stock needs a subcommand: add"),
    "an unknown subcommand": (
        "shop sell",
        {},
        "/shop sell has no subcommand 'sell'; it has: stock",
    ),
    "an unknown option": (
        "ask",
        {**COMMON, "why": 1},
        "/ask has no option 'why'; it has: what, count, price, now, who, size",
    ),
    "a missing option": ("ask", {}, "/ask needs the option 'what'"),
    "a text that is a number": ("ask", {"what": 1}, "option 'what' does not take 1"),
    "a text that is too long": ("ask", {"what": "x" * 6}, "option 'what' takes None to 5"),
    "a number that is a text": (
        "ask",
        {**COMMON, "count": "1"},
        "option 'count' does not take '1'",
    ),
    "a number that is true": ("ask", {**COMMON, "count": True}, "does not take True"),
    "a number that is too large": ("ask", {**COMMON, "count": 4}, "option 'count' takes 1 to 3"),
    "a flag that is a number": ("ask", {**COMMON, "now": 1}, "option 'now' does not take 1"),
    "a user that is a text": ("ask", {**COMMON, "who": "mia"}, "option 'who' does not take 'mia'"),
    "an unknown choice": ("ask", {**COMMON, "size": "small"}, "no choice 'small'; it has: 'Big'"),
}


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize("name", TYPED)
async def test_nobody_can_send(name: str, sandbox: Sandbox, place: Home) -> None:
    typed, options, words = TYPED[name]

    with pytest.raises(SandboxError) as caught:
        await sandbox.run_command(place.mia, place.channel, typed, options)

    assert words in str(caught.value)


@pytest.mark.usefixtures("commands")
async def test_autocomplete_needs_an_option_that_has_it(sandbox: Sandbox, place: Home) -> None:
    with pytest.raises(SandboxError, match="/ask has no option 'what' with autocomplete"):
        await sandbox.autocomplete(place.mia, place.channel, "ask", option="what", value="w")


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.USE_APPLICATION_COMMANDS])
async def test_commands_need_permissions_in_the_channel(
    sandbox: Sandbox, place: Home, denied: Permission
) -> None:
    place.guild.overwrite(place.channel, place.mia, Overwrite(deny=denied))

    with pytest.raises(SandboxError, match=f"mia may not {denied.name} in #general"):
        await sandbox.run_command(place.mia, place.channel, "ask", COMMON)


async def restricted(rest: Rest, sandbox: Sandbox, needed: str) -> None:
    body = {**ASK, "default_member_permissions": needed}
    answer = await rest("PUT", f"/applications/{sandbox.application.id}/commands", [body])
    assert answer.body[0]["default_member_permissions"] == needed


SEND_WHY = "The application did not respond: no bot is connected"
"""What a person reads whose command is on its way, where no bot is connected."""


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        ("32", "mia does not see /ask: it needs MANAGE_GUILD"),
        ("0", "mia does not see /ask: it needs an override of the guild"),
        (str(int(Permission.SEND_MESSAGES)), SEND_WHY),
    ],
)
async def test_default_permissions_hide_a_command(
    rest: Rest, sandbox: Sandbox, place: Home, needed: str, words: str
) -> None:
    await restricted(rest, sandbox, needed)

    with pytest.raises(SandboxError, match=words):
        await sandbox.run_command(place.mia, place.channel, "ask", COMMON)


async def test_an_administrator_sees_every_command(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    await restricted(rest, sandbox, "0")
    place.guild.set_permissions(place.moderators, Permission.ADMINISTRATOR)

    with pytest.raises(SandboxError, match=SEND_WHY):
        await sandbox.run_command(place.mia, place.channel, "ask", COMMON)


@pytest.mark.parametrize(
    ("target", "allowed", "words"),
    [
        ("role", True, SEND_WHY),
        ("member", True, SEND_WHY),
        ("everyone", True, SEND_WHY),
        ("role", False, "mia does not see /ask"),
        ("channel", False, "/ask is switched off in #general"),
    ],
)
async def test_a_guild_overrides_who_sees_a_command(
    rest: Rest, sandbox: Sandbox, place: Home, target: str, allowed: bool, words: str
) -> None:
    await restricted(rest, sandbox, "32" if allowed else str(int(Permission.SEND_MESSAGES)))
    targets: dict[str, Role | Member | Channel] = {
        "role": place.moderators,
        "member": place.mia,
        "everyone": place.guild.everyone,
        "channel": place.channel,
    }
    place.guild.override_command("ask", targets[target], allowed)

    with pytest.raises(SandboxError, match=words):
        await sandbox.run_command(place.mia, place.channel, "ask", COMMON)


async def test_writing_and_reacting_need_permissions(sandbox: Sandbox, place: Home) -> None:
    said = await sandbox.say(place.mia, place.channel, "first")
    place.guild.overwrite(
        place.channel,
        place.mia,
        Overwrite(deny=Permission.SEND_MESSAGES | Permission.ADD_REACTIONS),
    )

    with pytest.raises(SandboxError, match="mia may not SEND_MESSAGES in #general"):
        await sandbox.say(place.mia, place.channel, "more")
    with pytest.raises(SandboxError, match="mia may not ADD_REACTIONS in #general"):
        await sandbox.react(place.mia, said, "👍")


async def test_a_stranger_to_the_guild_can_do_nothing_there(sandbox: Sandbox, place: Home) -> None:
    stranger = sandbox.add_user("zoe")

    with pytest.raises(SandboxError, match="zoe may not VIEW_CHANNEL in #general"):
        await sandbox.say(stranger, place.channel, "hi")


async def test_nobody_joins_twice(place: Home) -> None:
    with pytest.raises(SandboxError, match="mia is a member of Home already"):
        place.guild.add_member(user=place.mia.user)


async def test_a_guild_has_what_it_was_given(sandbox: Sandbox) -> None:
    owner = sandbox.add_user("boss")
    guild = sandbox.add_guild("Mine", id=7 << 22, owner=owner)
    category = guild.add_channel(Kind.CATEGORY, "things")
    channel = guild.add_text_channel("talk", topic="of things", parent=category)

    assert (guild.id, guild.owner, guild.everyone.id) == (7 << 22, owner, 7 << 22)
    assert (channel.parent, channel.topic) == (category, "of things")
    assert guild.members[owner.id].permissions & Permission.ADMINISTRATOR


async def test_a_timeout_leaves_reading_only(sandbox: Sandbox, place: Home, clock: Clock) -> None:
    place.mia.timed_out_until = clock.now + 60

    with pytest.raises(SandboxError, match="mia may not SEND_MESSAGES in #general"):
        await sandbox.say(place.mia, place.channel, "silenced")

    clock.turn(61)
    await sandbox.say(place.mia, place.channel, "back")


async def test_people_upload_files(sandbox: Sandbox, place: Home) -> None:
    files = [File("a.txt", b"a"), File("b.txt", b"b", index=1)]

    said = await sandbox.say(place.mia, place.channel, "look", files=files)

    assert [(each.filename, each.size) for each in said.attachments] == [("a.txt", 1), ("b.txt", 1)]


def test_objects_show_what_they_are(sandbox: Sandbox, place: Home) -> None:
    guild, mia = place.guild, place.mia

    assert repr(guild) == f"<Guild Home {guild.id}>"
    assert repr(place.channel) == f"<Channel #general {place.channel.id}>"
    assert repr(mia) == f"<Member mia {mia.id} of Home>"
    assert repr(place.moderators) == f"<Role Moderators {place.moderators.id}>"
    assert repr(sandbox.owner) == f"<User owner {sandbox.owner.id}>"
    assert (guild.everyone.mention, place.channel.mention) == (
        "@everyone",
        f"<#{place.channel.id}>",
    )

"""Whom messages mention, and whom they really ping."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Overwrite, Permission, Sandbox
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.posting import messages, posted


async def test_a_mention_pings_whom_it_names(rest: Rest, place: Home) -> None:
    text = f"{place.mia.mention} {place.moderators.mention} @everyone <@1>"
    answer = await posted(rest, place, {"content": text})

    message = place.channel.messages[0]
    assert message.notified.users == (place.mia.user,)
    assert message.notified.roles == (place.moderators,)
    assert not message.notified.everyone
    assert [user["id"] for user in answer.body["mentions"]] == [str(place.mia.id)]
    assert answer.body["mention_roles"] == [str(place.moderators.id)]


async def test_a_role_that_is_not_mentionable_needs_a_permission(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    quiet = place.guild.add_role("Quiet")
    body = {"content": f"{quiet.mention} @here"}

    await posted(rest, place, body)
    place.guild.overwrite(
        place.channel, place.guild.bot, Overwrite(allow=Permission.MENTION_EVERYONE)
    )
    await posted(rest, place, body)

    without, allowed = (message.notified for message in place.channel.messages)
    assert (without.roles, without.everyone) == ((), False)
    assert (allowed.roles, allowed.everyone) == ((quiet,), True)


ALLOWED: dict[str, tuple[dict[str, Any], tuple[int, int]]] = {
    "nobody": ({"parse": []}, (0, 0)),
    "users": ({"parse": ["users"]}, (1, 0)),
    "roles": ({"parse": ["roles"]}, (0, 1)),
}


@pytest.mark.parametrize("name", ALLOWED)
async def test_allowed_mentions_let_ping(rest: Rest, place: Home, name: str) -> None:
    allowed, counts = ALLOWED[name]
    text = f"{place.mia.mention} {place.moderators.mention}"

    await posted(rest, place, {"content": text, "allowed_mentions": allowed})

    pinged = place.channel.messages[0].notified
    assert (len(pinged.users), len(pinged.roles)) == counts


async def test_allowed_mentions_name_single_users_and_roles(rest: Rest, place: Home) -> None:
    zoe = place.guild.add_member("zoe")
    text = f"{place.mia.mention} {zoe.mention} {place.moderators.mention}"
    allowed = {"parse": [], "users": [zoe.id], "roles": [str(place.moderators.id)]}

    await posted(rest, place, {"content": text, "allowed_mentions": allowed})

    pinged = place.channel.messages[0].notified
    assert (pinged.users, pinged.roles) == ((zoe.user,), (place.moderators,))


async def test_a_silent_message_notifies_nobody(rest: Rest, place: Home) -> None:
    await posted(rest, place, {"content": place.mia.mention, "flags": 1 << 12})

    message = place.channel.messages[0]
    assert (message.mentions, message.notified.users) == ((place.mia.user,), ())


async def test_an_edit_finds_mentions_anew_but_notifies_nobody(rest: Rest, place: Home) -> None:
    made = await posted(rest, place, {"content": "x"})

    answer = await rest("PATCH", messages(place, made.body["id"]), {"content": place.mia.mention})

    message = place.channel.messages[0]
    assert [user["username"] for user in answer.body["mentions"]] == ["mia"]
    assert (message.mentions, message.notified.users) == ((place.mia.user,), ())


async def test_a_reply_refers_to_its_message_and_pings_its_author(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    said = await sandbox.say(place.mia, place.channel, "question")
    body = {"content": "answer", "message_reference": {"message_id": str(said.id)}}

    answer = await posted(rest, place, body)
    quiet = await posted(rest, place, {**body, "allowed_mentions": {"replied_user": False}})

    assert answer.body["type"] == 19
    assert answer.body["message_reference"] == {
        "type": 0,
        "message_id": str(said.id),
        "channel_id": str(place.channel.id),
        "guild_id": str(place.guild.id),
    }
    assert answer.body["referenced_message"]["content"] == "question"
    assert [user["username"] for user in answer.body["mentions"]] == ["mia"]
    assert quiet.body["mentions"] == []


async def test_a_reply_to_a_message_that_is_gone_says_so(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    said = await sandbox.say(place.mia, place.channel, "question")
    body = {"content": "answer", "message_reference": {"message_id": str(said.id)}}
    answer = await posted(rest, place, body)
    await rest("DELETE", messages(place, str(said.id)))

    shown = await rest("GET", messages(place, answer.body["id"]))

    assert shown.body["referenced_message"] is None

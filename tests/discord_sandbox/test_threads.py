"""Threads over REST."""

from __future__ import annotations

import pytest

from discord_sandbox import Sandbox
from discord_sandbox.world.permissions import ALL
from tests.discord_sandbox.parts import Gateway, Home, Rest


@pytest.fixture
def mighty(place: Home) -> Home:
    """Home, where the bot may do everything."""
    place.guild.set_permissions(place.guild.bot.roles[0], ALL)
    return place


async def test_a_thread_on_a_message_has_its_id_and_takes_messages(
    rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway
) -> None:
    line = await gateway()
    await line.identify()
    said = await sandbox.say(place.mia, place.channel, "topic")
    path = f"/channels/{place.channel.id}/messages/{said.id}/threads"

    made = await rest("POST", path, {"name": "talk"})
    again = await rest("POST", path, {"name": "talk"})
    sent = await rest("POST", f"/channels/{said.id}/messages", {"content": "in thread"})

    assert (made.status, made.body["id"], made.body["type"]) == (201, str(said.id), 11)
    assert made.body["thread_metadata"]["archived"] is False
    assert again.code == 160004
    assert sent.status == 200
    assert (await line.event("THREAD_CREATE"))["newly_created"] is True
    assert sandbox.world.channels[said.id].messages[0].content == "in thread"


async def test_threads_have_members_and_are_archived(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    made = await rest("POST", f"/channels/{place.channel.id}/threads", {"name": "t", "type": 11})
    path = f"/channels/{made.body['id']}"

    await rest("PUT", f"{path}/thread-members/{place.mia.id}")
    both = await rest("GET", f"{path}/thread-members")
    await rest("DELETE", f"{path}/thread-members/@me")
    one = await rest("GET", f"{path}/thread-members/{place.mia.id}")
    gone = await rest("GET", f"{path}/thread-members/{sandbox.bot.id}")
    active = await rest("GET", f"/guilds/{place.guild.id}/threads/active")
    await rest("PATCH", path, {"archived": True, "locked": True})
    archived = await rest("GET", f"/channels/{place.channel.id}/threads/archived/public")
    locked = await rest("POST", f"{path}/messages", {"content": "x"})

    ids = [str(sandbox.bot.id), str(place.mia.id)]
    assert [member["user_id"] for member in both.body] == ids
    assert (one.body["user_id"], gone.code) == (ids[1], 10007)
    assert [thread["name"] for thread in active.body["threads"]] == ["t"]
    assert [thread["name"] for thread in archived.body["threads"]] == ["t"]
    assert locked.code == 50083


async def test_deleting_a_channel_deletes_its_threads_and_webhooks(
    rest: Rest, mighty: Home, sandbox: Sandbox
) -> None:
    path = f"/channels/{mighty.channel.id}"
    thread = await rest("POST", f"{path}/threads", {"name": "t", "type": 11})
    hook = await rest("POST", f"{path}/webhooks", {"name": "h"})

    await rest("DELETE", path)

    assert (await rest("GET", f"/channels/{thread.body['id']}")).code == 10003
    assert (await rest("GET", f"/webhooks/{hook.body['id']}")).code == 10015

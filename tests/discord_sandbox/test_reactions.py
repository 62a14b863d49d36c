"""Reactions and pins over REST."""

from __future__ import annotations

import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.parts import Gateway, Home, Rest


async def test_reactions_are_counted_listed_and_cleared(
    rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway
) -> None:
    line = await gateway()
    await line.identify()
    said = await sandbox.say(place.mia, place.channel, "vote")
    base = f"/channels/{place.channel.id}/messages/{said.id}"
    await sandbox.react(place.mia, said, "👍")

    await rest("PUT", f"{base}/reactions/👍/@me")
    await rest("PUT", f"{base}/reactions/👍/@me")
    shown = await rest("GET", base)
    users = await rest("GET", f"{base}/reactions/👍")
    await rest("DELETE", f"{base}/reactions/👍/@me")
    await rest("DELETE", f"{base}/reactions/👍/{place.mia.id}")
    empty = await rest("GET", base)

    reaction = shown.body["reactions"][0]
    assert (reaction["emoji"]["name"], reaction["count"], reaction["me"]) == ("👍", 2, True)
    assert [user["username"] for user in users.body] == ["mia", "sandbox bot"]
    assert "reactions" not in empty.body
    assert (await line.event("MESSAGE_REACTION_ADD"))["member"]["user"]["username"] == "mia"
    await line.event("MESSAGE_REACTION_REMOVE")


async def test_all_reactions_are_cleared_at_once(
    rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway
) -> None:
    line = await gateway()
    await line.identify()
    said = await sandbox.say(place.mia, place.channel, "vote")
    base = f"/channels/{place.channel.id}/messages/{said.id}/reactions"
    for emoji in ("👍", "👎", "custom:123"):
        await rest("PUT", f"{base}/{emoji}/@me")

    await rest("DELETE", f"{base}/👍")
    assert list(said.reactions) == ["👎", "custom:123"]
    await rest("DELETE", base)

    assert said.reactions == {}
    assert (await line.event("MESSAGE_REACTION_REMOVE_EMOJI"))["emoji"]["name"] == "👍"
    await line.event("MESSAGE_REACTION_REMOVE_ALL")


async def test_a_reaction_too_many_or_with_no_emoji_is_refused(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    said = await sandbox.say(place.mia, place.channel, "vote")
    base = f"/channels/{place.channel.id}/messages/{said.id}/reactions"
    for number in range(20):
        assert (await rest("PUT", f"{base}/e{number}:{number}/@me")).status == 204

    assert (await rest("PUT", f"{base}/👍/@me")).code == 30010
    assert (await rest("PUT", f"{base}/thumbsup/@me")).code == 10014


@pytest.mark.parametrize("pins", ["messages/pins", "pins"])
async def test_messages_are_pinned_and_unpinned(
    rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway, pins: str
) -> None:
    line = await gateway()
    await line.identify()
    said = await sandbox.say(place.mia, place.channel, "keep")
    base = f"/channels/{place.channel.id}/{pins}"

    await rest("PUT", f"{base}/{said.id}")
    listed = await rest("GET", base)
    await rest("DELETE", f"{base}/{said.id}")
    empty = await rest("GET", base)

    items = listed.body if pins == "pins" else [item["message"] for item in listed.body["items"]]
    assert [item["content"] for item in items] == ["keep"]
    assert empty.body == ([] if pins == "pins" else {"items": [], "has_more": False})
    await line.event("CHANNEL_PINS_UPDATE")


async def test_a_channel_has_up_to_250_pins(rest: Rest, place: Home, sandbox: Sandbox) -> None:
    made = [await sandbox.say(place.mia, place.channel, str(n)) for n in range(251)]
    for message in made[:250]:
        message.pinned_at = 1.0

    answer = await rest("PUT", f"/channels/{place.channel.id}/messages/pins/{made[250].id}")

    assert answer.code == 30003

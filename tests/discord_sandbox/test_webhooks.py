"""Webhooks over REST."""

from __future__ import annotations

import pytest

from tests.discord_sandbox.parts import Home, Rest


async def test_webhooks_post_edit_and_delete(rest: Rest, place: Home) -> None:
    hook = (await rest("POST", f"/channels/{place.channel.id}/webhooks", {"name": "News"})).body
    base = f"/webhooks/{hook['id']}/{hook['token']}"

    sent = await rest("POST", base, {"content": "hi", "username": "Reporter"}, query={"wait": "1"})
    unseen = await rest("POST", base, {"content": "there"})
    own = f"{base}/messages/{sent.body['id']}"
    edited = await rest("PATCH", own, {"content": "hello"})
    shown = await rest("GET", own)
    deleted = await rest("DELETE", own)

    assert (sent.body["author"]["username"], sent.body["webhook_id"]) == ("Reporter", hook["id"])
    assert unseen.status == 204
    assert edited.body["content"] == shown.body["content"] == "hello"
    assert deleted.status == 204
    assert [message.author.name for message in place.channel.messages] == ["News"]


async def test_webhooks_are_managed(rest: Rest, place: Home) -> None:
    base = f"/channels/{place.channel.id}/webhooks"
    hook = (await rest("POST", base, {"name": "News"})).body
    other = place.guild.add_text_channel("other")

    moved = await rest("PATCH", f"/webhooks/{hook['id']}", {"channel_id": str(other.id)})
    renamed = await rest("PATCH", f"/webhooks/{hook['id']}/{hook['token']}", {"name": "Newer"})
    shown = await rest("GET", f"/webhooks/{hook['id']}/{hook['token']}")
    in_guild = await rest("GET", f"/guilds/{place.guild.id}/webhooks")
    in_channel = await rest("GET", base)
    wrong = await rest("PATCH", f"/webhooks/{hook['id']}/guess", {"name": "x"})
    deleted = await rest("DELETE", f"/webhooks/{hook['id']}")

    assert (moved.body["channel_id"], renamed.body["name"]) == (str(other.id), "Newer")
    assert "user" not in shown.body
    assert [each["id"] for each in in_guild.body] == [hook["id"]]
    assert in_channel.body == []
    assert (wrong.status, wrong.code) == (401, 50027)
    assert deleted.status == 204
    assert (
        await rest("POST", f"/webhooks/{hook['id']}/{hook['token']}", {"content": "x"})
    ).code == 10015


@pytest.mark.parametrize("name", ["", "x" * 81, "my discord", "Clyde"])
async def test_a_webhooks_face_is_refused(rest: Rest, place: Home, name: str) -> None:
    hook = (await rest("POST", f"/channels/{place.channel.id}/webhooks", {"name": "News"})).body

    answer = await rest(
        "POST", f"/webhooks/{hook['id']}/{hook['token']}", {"content": "x", "username": name}
    )

    assert list(answer.errors) == ["username"]


@pytest.mark.parametrize("name", ["", "x" * 81, "my discord", "Clyde"])
async def test_a_webhooks_name_is_refused(rest: Rest, place: Home, name: str) -> None:
    base = f"/channels/{place.channel.id}/webhooks"
    hook = (await rest("POST", base, {"name": "News"})).body

    made = await rest("POST", base, {"name": name})
    renamed = await rest("PATCH", f"/webhooks/{hook['id']}", {"name": name})

    assert (list(made.errors), list(renamed.errors)) == (["name"], ["name"])


async def test_a_webhook_posts_in_threads_of_its_channel_only(rest: Rest, place: Home) -> None:
    channel = f"/channels/{place.channel.id}"
    other = place.guild.add_text_channel("other")
    hook = (await rest("POST", f"{channel}/webhooks", {"name": "News"})).body
    thread = (await rest("POST", f"{channel}/threads", {"name": "t", "type": 11})).body
    base = f"/webhooks/{hook['id']}/{hook['token']}"
    inside = {"thread_id": thread["id"]}

    sent = await rest("POST", base, {"content": "hi"}, query={**inside, "wait": "1"})
    own = f"{base}/messages/{sent.body['id']}"
    edited = await rest("PATCH", own, {"content": "hello"}, query=inside)
    without = await rest("GET", own)
    elsewhere = await rest("POST", base, {"content": "hi"}, query={"thread_id": str(other.id)})
    await rest("PATCH", f"/channels/{thread['id']}", {"locked": True})
    locked = await rest("POST", base, {"content": "hi"}, query=inside)

    assert sent.body["channel_id"] == edited.body["channel_id"] == thread["id"]
    assert edited.body["content"] == "hello"
    assert (without.code, elsewhere.code, locked.code) == (10008, 10003, 50083)
    assert place.channel.messages == []


async def test_a_channel_has_up_to_15_webhooks(rest: Rest, place: Home) -> None:
    base = f"/channels/{place.channel.id}/webhooks"
    for number in range(15):
        assert (await rest("POST", base, {"name": f"h{number}"})).status == 200

    assert (await rest("POST", base, {"name": "more"})).code == 30007

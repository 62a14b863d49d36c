"""Forums: their posts, tags and refusals over REST, what a real bot hears, and the page."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest

from discord_sandbox import Kind, Overwrite, Permission, Sandbox
from discord_sandbox.world.channels import Tag
from tests.discord_bot import running
from tests.discord_sandbox import page_tab
from tests.discord_sandbox.bots import make_bot, until
from tests.discord_sandbox.page_tab import Tab as PageTab
from tests.discord_sandbox.parts import Gateway, Home, Rest

tab = page_tab.tab
HELLO = {"name": "KeyError", "message": {"content": "hello"}}


async def test_a_post_is_a_thread_that_begins_with_a_message_of_its_own_id(
    rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway
) -> None:
    forum = place.guild.add_forum("errors", ["new", "muted"])
    line = await gateway()
    await line.identify()
    new = forum.forum and forum.forum.tags[0].id
    body = {**HELLO, "applied_tags": [str(new)]}

    made = await rest("POST", f"/channels/{forum.id}/threads", body)
    shown = await rest("GET", f"/channels/{forum.id}")
    active = await rest("GET", f"/guilds/{place.guild.id}/threads/active")

    assert (made.status, made.body["type"], made.body["name"]) == (201, 11, "KeyError")
    assert made.body["message"]["id"] == made.body["id"]
    assert made.body["message"]["content"] == "hello"
    assert (made.body["parent_id"], made.body["applied_tags"]) == (str(forum.id), [str(new)])
    assert shown.body["type"] == 15
    assert [tag["name"] for tag in shown.body["available_tags"]] == ["new", "muted"]
    assert [thread["id"] for thread in active.body["threads"]] == [made.body["id"]]
    assert (await line.event("THREAD_CREATE"))["applied_tags"] == [str(new)]
    assert (await line.event("MESSAGE_CREATE"))["id"] == made.body["id"]
    assert sandbox.world.channels[int(made.body["id"])].tags == ["new"]


BAD: dict[str, tuple[dict[str, Any], int]] = {
    "no message": ({"name": "x"}, 50035),
    "no name": ({"message": {"content": "x"}}, 50035),
    "a name of 101 characters": ({**HELLO, "name": "x" * 101}, 50035),
    "an empty message": ({"name": "x", "message": {}}, 50006),
    "a text that is too long": ({"name": "x", "message": {"content": "x" * 2001}}, 50035),
    "a tag that the forum lacks": ({**HELLO, "applied_tags": ["1"]}, 50035),
    "more than five tags": ({**HELLO, "applied_tags": ["1"] * 6}, 50035),
}


@pytest.mark.parametrize("why", BAD)
async def test_a_post_is_refused_for(rest: Rest, place: Home, sandbox: Sandbox, why: str) -> None:
    body, code = BAD[why]
    forum = place.guild.add_forum("errors", ["new"])
    refused = await rest("POST", f"/channels/{forum.id}/threads", body)
    sandbox.violations.clear()  # on purpose
    assert (refused.status, refused.code) == (400, code)


async def test_a_forum_may_want_a_tag_and_takes_no_messages_itself(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    forum = place.guild.add_forum("errors", ["new"], tag_required=True)
    without = await rest("POST", f"/channels/{forum.id}/threads", HELLO)
    message = await rest("POST", f"/channels/{forum.id}/messages", {"content": "x"})
    shown = await rest("GET", f"/channels/{forum.id}")
    assert (without.code, message.code, shown.body["flags"]) == (40067, 40058, 16)


async def test_a_moderated_tag_is_for_those_who_manage_threads(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    forum = place.guild.add_forum("errors")
    assert forum.forum
    forum.forum.tags.append(Tag(7, "official", moderated=True))
    deny = Overwrite(deny=Permission.MANAGE_THREADS)
    place.guild.overwrite(forum, place.guild.bot, deny)
    body = {**HELLO, "applied_tags": ["7"]}
    assert (await rest("POST", f"/channels/{forum.id}/threads", body)).code == 40066


@pytest.mark.parametrize(
    ("denied", "path", "code"),
    [
        (Permission.VIEW_CHANNEL, "/channels/{forum}/threads", 50001),
        (Permission.SEND_MESSAGES, "/channels/{forum}/threads", 50013),
        (Permission.SEND_MESSAGES_IN_THREADS, "/channels/{post}/messages", 50013),
    ],
)
async def test_posting_and_answering_need_permissions_of_their_own(
    rest: Rest, place: Home, denied: Permission, path: str, code: int
) -> None:
    forum = place.guild.add_forum("errors")
    post = (await rest("POST", f"/channels/{forum.id}/threads", HELLO)).body["id"]
    place.guild.overwrite(forum, place.guild.bot, Overwrite(deny=denied))
    body = {**HELLO, "content": "x"}
    refused = await rest("POST", path.format(forum=forum.id, post=post), body)
    assert (refused.status, refused.code) == (403, code)


async def test_the_tags_of_a_forum_are_made_kept_and_up_to_twenty(rest: Rest, place: Home) -> None:
    forum = place.guild.add_forum("errors", ["new"])
    path = f"/channels/{forum.id}"
    refused = await rest("PATCH", path, {"available_tags": [{"name": "muted"}]})
    role = place.guild.bot.roles[0]
    place.guild.set_permissions(role, role.permissions | Permission.MANAGE_CHANNELS)
    kept = (await rest("GET", path)).body["available_tags"]
    changed = await rest("PATCH", path, {"available_tags": [*kept, {"name": "muted"}]})
    many = [{"name": f"tag {number}"} for number in range(21)]
    too_many = await rest("PATCH", path, {"available_tags": many})
    twice = await rest("PATCH", path, {"available_tags": [{"name": "a"}, {"name": "A"}]})
    tags = changed.body["available_tags"]
    assert [tag["name"] for tag in tags] == ["new", "muted"]
    assert tags[0]["id"] == kept[0]["id"]
    assert (refused.code, too_many.code, twice.code) == (50013, 30048, 40061)


async def test_an_archived_post_is_opened_before_it_is_changed_and_by_a_message(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    forum = place.guild.add_forum("errors", ["new"])
    assert forum.forum
    tags = [str(forum.forum.tags[0].id)]
    post = (await rest("POST", f"/channels/{forum.id}/threads", HELLO)).body["id"]
    path = f"/channels/{post}"

    await rest("PATCH", path, {"archived": True})
    edit = await rest("PATCH", f"{path}/messages/{post}", {"content": "x"})
    tagged = await rest("PATCH", path, {"applied_tags": tags})
    opened = await rest("PATCH", path, {"archived": False, "applied_tags": tags})
    await rest("PATCH", path, {"archived": True})
    sent = await rest("POST", f"{path}/messages", {"content": "x"})

    assert (edit.code, tagged.code, sent.status) == (50083, 50083, 200)
    assert opened.body["applied_tags"] == tags
    assert not (await rest("GET", path)).body["thread_metadata"]["archived"]


async def test_a_locked_post_is_for_those_who_manage_threads(
    rest: Rest, place: Home, sandbox: Sandbox
) -> None:
    forum = place.guild.add_forum("errors")
    post = (await rest("POST", f"/channels/{forum.id}/threads", HELLO)).body["id"]
    path = f"/channels/{post}"
    await rest("PATCH", path, {"archived": True, "locked": True})
    sent = await rest("POST", f"{path}/messages", {"content": "x"})
    deny = Overwrite(deny=Permission.MANAGE_THREADS)
    place.guild.overwrite(forum, place.guild.bot, deny)
    refused = await rest("PATCH", path, {"archived": False})
    place.guild.overwrite(forum, place.guild.bot, Overwrite())
    opened = await rest("PATCH", path, {"archived": False, "locked": False})
    assert (sent.code, refused.code, opened.status) == (50083, 50013, 200)


async def test_a_discord_py_bot_posts_in_a_forum_tags_and_closes(
    sandbox: Sandbox, place: Home
) -> None:
    made = place.guild.add_forum("errors", ["new", "resolved"])
    async with running(make_bot(), sandbox) as bot:
        await until(lambda: bot.get_channel(made.id))
        forum = bot.get_channel(made.id)
        assert isinstance(forum, discord.ForumChannel)
        new, resolved = forum.available_tags
        file = discord.File(io.BytesIO(b"trace"), "trace.txt")
        created = await forum.create_thread(
            name="KeyError", content="here", applied_tags=[new], file=file
        )
        await created.thread.edit(applied_tags=[resolved], archived=True)
        await until(lambda: not forum.threads)
        archived = [each async for each in forum.archived_threads()]
    assert [each.name for each in archived] == ["KeyError"]
    post = sandbox.world.channels[created.thread.id]
    assert (post.kind, post.tags, post.messages[0].id) == (
        Kind.PUBLIC_THREAD,
        ["resolved"],
        post.id,
    )
    assert post.messages[0].attachments[0].data == b"trace"


async def test_the_page_shows_a_forum_and_its_posts_with_their_tags(
    tab: PageTab, rest: Rest, place: Home
) -> None:
    forum = place.guild.add_forum("errors", ["new"])
    assert forum.forum
    body = {**HELLO, "applied_tags": [str(forum.forum.tags[0].id)]}
    await rest("POST", f"/channels/{forum.id}/threads", body)
    told = await tab.ask("become", user=str(place.mia.id))
    shown = [(one["name"], one["type"], one["tags"]) for one in told["guilds"][0]["channels"]]
    assert shown == [("general", 0, []), ("errors", 15, []), ("KeyError", 11, ["new"])]

from __future__ import annotations

import aiohttp
import pytest

from discord_sandbox import Overwrite, Permission, Sandbox
from discord_sandbox.page import page_session, viewer
from discord_sandbox.world import changes, posting
from tests.discord_sandbox import page_tab
from tests.discord_sandbox.page_tab import Tab
from tests.discord_sandbox.parts import Home

tab = page_tab.tab


async def test_a_person_sees_their_channels_and_may_what_they_may(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    hidden = Overwrite(deny=Permission.VIEW_CHANNEL)
    place.guild.add_text_channel("secret", overwrites={place.guild.everyone: hidden})
    quiet = Overwrite(deny=Permission.SEND_MESSAGES)
    place.guild.add_text_channel("news", overwrites={place.guild.everyone: quiet}, topic="All new")
    told = await tab.ask("become", user=str(place.mia.id))
    (guild,) = told["guilds"]
    assert told["me"] == str(place.mia.id)
    assert [(each["name"], each["can"]["send"], each["topic"]) for each in guild["channels"]] == [
        ("general", True, None),
        ("news", False, "All new"),
    ]
    assert guild["members"][-1] == {
        "id": str(place.mia.id),
        "name": "mia",
        "roles": [str(place.moderators.id)],
        "admin": False,
    }
    assert told["users"][str(sandbox.owner.id)]["tags"] == ["bot owner"]
    assert told["base"] == sandbox.page_url.rstrip("/")


async def test_nobody_is_the_bot_or_someone_who_is_not_there(tab: Tab, sandbox: Sandbox) -> None:
    assert await tab.ask("become", user=str(sandbox.bot.id)) == "there is no such person"
    assert await tab.ask("become", user="12") == "there is no such person"


async def test_a_page_opens_as_the_applications_owner_where_they_administer_the_guild(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    chief = place.guild.add_role("Chief", Permission.ADMINISTRATOR)
    place.guild.add_member(user=sandbox.owner, roles=[chief])
    assert (await tab.ask("become"))["me"] == str(place.guild.owner.id)  # as it opened
    assert viewer.first_user(sandbox.world) is sandbox.owner


async def test_a_page_opens_as_the_owner_of_the_guild_otherwise(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    place.guild.add_member(user=sandbox.owner)
    assert (await tab.ask("become"))["me"] == str(place.guild.owner.id)


async def test_members_of_a_team_are_told_as_such(tab: Tab, sandbox: Sandbox, place: Home) -> None:
    sandbox.add_team("Makers", {place.mia.user: "read_only"})
    told = await tab.ask("become", user=str(place.mia.id))
    assert told["users"][str(place.mia.id)]["tags"] == ["bot team: read only"]


async def test_a_channel_that_one_cannot_see_stays_closed(tab: Tab, place: Home) -> None:
    hidden = Overwrite(deny=Permission.VIEW_CHANNEL)
    secret = place.guild.add_text_channel("secret", overwrites={place.guild.everyone: hidden})
    refusal = await tab.enter(place.mia, secret)
    assert refusal == "mia may not VIEW_CHANNEL in #secret"
    for action in ("older", "say", "offered", "click", "delete", "react"):
        fields = {"before": "1", "text": "x", "message": "1", "name": "x", "emoji": "x"}
        assert await tab.ask(action, channel=str(secret.id), **fields) == refusal


async def test_history_comes_in_pieces_oldest_first(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    for number in range(150):
        await sandbox.say(place.mia, place.channel, str(number))
    newest = await tab.enter(place.mia, place.channel)
    assert [each["content"] for each in newest["messages"]] == [str(n) for n in range(50, 150)]
    assert newest["more"]
    before = newest["messages"][0]["id"]
    oldest = await tab.ask("older", channel=str(place.channel.id), before=before)
    assert [each["content"] for each in oldest["messages"]] == [str(n) for n in range(50)]
    assert not oldest["more"]


async def test_what_happens_in_the_open_channel_is_told_in_order(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    await tab.enter(place.mia, place.channel)
    said = await sandbox.say(place.mia, place.channel, "one")
    await sandbox.react(place.mia, said, "👍")
    posting.edit(sandbox.world, place.channel, said, {"content": "two"})
    posting.delete(sandbox.world, place.channel, said)
    assert (await tab.event("message"))["message"]["content"] == "one"
    (reaction,) = (await tab.event("edited"))["message"]["reactions"]
    assert (reaction["emoji"]["name"], reaction["count"], reaction["me"]) == ("👍", 1, True)
    assert (await tab.event("edited"))["message"]["content"] == "two"
    gone = {"event": "gone", "channel": str(place.channel.id), "ids": [str(said.id)]}
    assert await tab.event("gone") == gone


async def test_of_other_channels_only_the_mark_is_told(
    tab: Tab, sandbox: Sandbox, place: Home
) -> None:
    other = place.guild.add_text_channel("other")
    await tab.enter(place.mia, place.channel)
    noah = place.guild.add_member("noah")
    await sandbox.say(noah, other, "psst")
    await sandbox.say(noah, other, f"{place.mia.mention}, psst")
    mark = {"event": "unread", "channel": str(other.id)}
    assert await tab.event("unread") == {**mark, "loud": False}
    assert await tab.event("unread") == {**mark, "loud": True}
    assert [each for each in tab.events if each["event"] == "message"] == []


async def test_changes_of_the_guild_are_told_once(tab: Tab, place: Home) -> None:
    await tab.enter(place.mia, place.channel)
    for name in ("one", "two", "three"):
        place.guild.add_text_channel(name)
    world = (await tab.event("world"))["world"]
    names = [each["name"] for each in world["guilds"][0]["channels"]]
    assert names == ["general", "one", "two", "three"]
    await tab.ask("enter", channel=str(place.channel.id))
    assert [each for each in tab.events if each["event"] == "world"] == []


async def test_a_channel_that_is_deleted_vanishes_from_the_page(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    await tab.enter(place.mia, place.channel)
    changes.delete_channel(sandbox.world, place.channel)
    assert (await tab.event("world"))["world"]["guilds"][0]["channels"] == []
    assert await tab.ask("enter", channel=str(place.channel.id)) == "the channel is gone"


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"do": "say"}', '{"do": "fly", "id": 1}', '{"do": "older", "id": {}}'),
        *("[" * 100_000, '{"do": "say", "id": 1, "text": "\\ud800"}'),
    ],
    ids=lambda text: text[:40],
)
async def test_frames_without_sense_are_refused_and_harm_nothing(text: str, tab: Tab) -> None:
    await tab.socket.send_str(text)
    while "error" not in (told := await tab.frame()):
        assert told["event"] == "status"
    assert told["error"].startswith("the page asked for what cannot be: ")
    assert "guilds" in await tab.ask("become")


async def test_a_page_that_is_too_slow_loads_anew(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    monkeypatch.setattr(page_session, "BACKLOG", 10)
    await tab.enter(place.mia, place.channel)
    for number in range(11):  # without a pause in which they could be sent
        await sandbox.say(place.mia, place.channel, str(number))
    assert await tab.event("reload") == {"event": "reload"}
    assert len([each for each in tab.events if each["event"] == "message"]) == 0


async def test_the_end_of_the_sandbox_closes_the_page(session: aiohttp.ClientSession) -> None:
    async with Sandbox() as sandbox:
        socket = await session.ws_connect(sandbox.page_url + "page/live")
        tab = Tab(socket)
        await tab.ask("become")
    while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
        pass
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)
    assert sandbox.world.listeners == [sandbox.hub.hear]

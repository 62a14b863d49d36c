from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from discord_sandbox import Permission, Sandbox
from discord_sandbox.faults import KINDS, Fault, Trouble
from tests.discord_bot import running
from tests.discord_sandbox import page_tab
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.page_tab import Tab
from tests.discord_sandbox.parts import JSON, Home, home

tab = page_tab.tab
SLASH = ["/table", "/buy", "/ponder", "/fire", "/scan", "/feedback"]


@contextlib.asynccontextmanager
async def bot_in(sandbox: Sandbox) -> AsyncIterator[Waiter]:
    async with running(Waiter(), sandbox) as bot:
        yield bot


async def test_an_ephemeral_answer_is_for_one_pair_of_eyes(
    sandbox: Sandbox, session: aiohttp.ClientSession, tab: Tab, place: Home
) -> None:
    noah = place.guild.add_member("noah")
    async with bot_in(sandbox), session.ws_connect(sandbox.page_url + "page/live") as socket:
        others = Tab(socket)
        await others.enter(noah, place.channel)
        await tab.enter(place.mia, place.channel)
        fields = {
            "command": "buy",
            "options": {"fruit": "plum", "amount": 2, "guest": str(noah.id)},
        }
        assert await tab.ask("run", channel=str(place.channel.id), **fields) == {}
        message = (await tab.event("message"))["message"]
        assert (message["content"], message["flags"]) == ("2 plum for noah", 64)
        assert (await tab.enter(place.mia, place.channel))["messages"] == [message]
        assert (await others.enter(noah, place.channel))["messages"] == []
        assert [each for each in others.events if each["event"] == "message"] == []


async def test_the_picker_offers_what_the_person_may_use(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    boss = place.guild.add_member(
        "boss", roles=[place.guild.add_role("B", Permission.KICK_MEMBERS)]
    )
    here = {"channel": str(place.channel.id)}
    async with bot_in(sandbox):
        await tab.enter(boss, place.channel)
        every = (await tab.ask("offered", **here))["commands"]
        await tab.enter(place.mia, place.channel)
        some = (await tab.ask("offered", **here))["commands"]
        profile = await tab.ask("profile", user=str(boss.id), **here)
    names = {each["name"] for each in every}
    assert names == {"table", "buy", "ponder", "fire", "scan", "feedback", "Quote", "Greet"}
    assert names - {each["name"] for each in some} == {"fire"}
    assert profile["commands"] == SLASH
    assert "KICK_MEMBERS" in profile["may"]
    (buy,) = [each for each in some if each["name"] == "buy"]
    assert [(o["name"], o["type"], o.get("required", False)) for o in buy["options"]] == [
        ("fruit", 3, True),
        ("amount", 4, True),
        ("guest", 6, False),
    ]


async def test_what_the_client_would_refuse_is_refused_with_its_reason(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    here = {"channel": str(place.channel.id)}
    async with bot_in(sandbox):
        await tab.enter(place.mia, place.channel)
        told = [
            await tab.ask("run", command="buy", options={"fruit": "plum"}, **here),
            await tab.ask("run", command="fire", options={}, **here),
            await tab.ask("run", command="nothing", options={}, **here),
            await tab.ask("say", text=" ", **here),
        ]
    assert told == [
        "/buy needs the option 'amount'",
        "mia does not see /fire: it needs KICK_MEMBERS",
        f"there is no command /nothing here; registered: {', '.join(SLASH)}",
        "a message has 1 to 2000 characters",
    ]


async def test_a_form_is_opened_filled_in_and_sent_once(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    here = {"channel": str(place.channel.id)}
    async with bot_in(sandbox):
        await tab.enter(place.mia, place.channel)
        await tab.ask("run", command="table", options={}, **here)
        message = place.channel.messages[-1]
        names = {part["label"]: part.get("custom_id") for part in _buttons(message.components)}
        press = {"message": str(message.id), "name": names["Order"], **here}
        modal = (await tab.ask("click", **press))["modal"]
        dish, wish = (row["components"][0]["custom_id"] for row in modal["components"])
        short = await tab.ask("submit", modal=modal["id"], values={dish: "ox", wish: ""})
        sent = await tab.ask("submit", modal=modal["id"], values={dish: "soup", wish: "salt"})
        again = await tab.ask("submit", modal=modal["id"], values={dish: "soup", wish: "salt"})
    assert modal["title"] == "Your order"
    assert short == f"the input {dish!r} takes 3 to 4000 characters"
    assert sent == {}
    assert again == "the form is no longer open"
    assert place.channel.messages[-1].content == "mia gets soup with salt"


def _buttons(rows: list[JSON]) -> list[JSON]:
    return [part for row in rows for part in row["components"] if part["type"] == 2]


def packed(name: str, data: bytes) -> JSON:
    return {"name": name, "data": base64.b64encode(data).decode()}


async def test_files_are_written_and_given_to_commands(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    here = {"channel": str(place.channel.id)}
    async with bot_in(sandbox):
        await tab.enter(place.mia, place.channel)
        files = [packed("a.txt", b"one"), packed("b.txt", b"two")]
        assert await tab.ask("say", text="", files=files, **here) == {}
        options = {"file": packed("note.txt", b"hello")}
        assert await tab.ask("run", command="scan", options=options, **here) == {}
    said, told = place.channel.messages
    assert [(each.filename, each.data) for each in said.attachments] == [
        ("a.txt", b"one"),
        ("b.txt", b"two"),
    ]
    assert told.content == "note.txt says hello"


async def test_a_file_that_is_too_large_or_broken_is_refused(
    session: aiohttp.ClientSession,
) -> None:
    async with Sandbox(upload_limit=3) as sandbox:
        place = home(sandbox)
        async with session.ws_connect(sandbox.page_url + "page/live") as socket:
            tab = Tab(socket)
            await tab.enter(place.mia, place.channel)
            here = {"channel": str(place.channel.id), "text": ""}
            large = await tab.ask("say", files=[packed("a.txt", b"four")], **here)
            broken = await tab.ask("say", files=[{"name": "a", "data": "?"}], **here)
    assert large == "the file is too large to upload"
    assert broken.startswith("the page asked for what cannot be: ")


async def test_messages_are_deleted_by_their_author_or_a_moderator(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    noah = place.guild.add_member("noah")
    own = await sandbox.say(noah, place.channel, "mine")
    other = await sandbox.say(place.mia, place.channel, "hers")
    await tab.enter(noah, place.channel)
    here = {"channel": str(place.channel.id)}
    assert await tab.ask("delete", message=str(own.id), **here) == {}
    refusal = "noah may not MANAGE_MESSAGES in #general"
    assert await tab.ask("delete", message=str(other.id), **here) == refusal
    assert place.channel.messages == [other]


async def test_direct_messages_are_opened(sandbox: Sandbox, tab: Tab, place: Home) -> None:
    await tab.enter(place.mia, place.channel)
    channel = (await tab.ask("direct"))["channel"]
    await tab.ask("enter", channel=channel)
    assert await tab.ask("say", channel=channel, text="just us") == {}
    assert sandbox.direct(place.mia).messages[-1].content == "just us"
    told = await tab.ask("become", user=str(place.mia.id))
    assert [each["id"] for each in told["directs"]] == [channel]


async def test_the_bots_requests_and_their_violations_are_listed(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    async with bot_in(sandbox) as bot:
        await bot.get_partial_messageable(place.channel.id).send("hello")
        newest = (await tab.ask("requests"))["requests"][0]
        status = await tab.event("status")
    assert (newest["method"], newest["path"], newest["status"]) == (
        "POST",
        f"/channels/{place.channel.id}/messages",
        200,
    )
    assert '"content": "hello"' in newest["details"]
    assert status["status"].keys() == {
        "online", "last", "requests", "violations", "outage", "faults", "replay",
    }  # fmt: skip


async def test_faults_are_made_listed_and_ended(sandbox: Sandbox, tab: Tab, place: Home) -> None:
    values = {"route": "POST /x", "times": "2", "seconds": "1.5"}
    told = await tab.ask("fault", fault="rate-limit", values=values)
    assert told["done"] == "rate-limit for 2 requests to POST /x"
    assert told["now"] == ["rate-limit for 2 requests to POST /x"]
    assert [each["name"] for each in told["kinds"]] == list(KINDS)
    assert sandbox.faults.pending == (Fault(Trouble.RATE_LIMIT, "POST", "/x", 2, 1.5),)
    assert (await tab.ask("clear_faults"))["now"] == []
    await tab.ask("fault", fault="silent-heartbeats", values={"seconds": 0})
    assert sandbox.faults.silent_heartbeats
    told = await tab.ask("fault", fault="outage", values={"seconds": 30})
    assert told["now"] == ["outage for 30 s more", "silent-heartbeats until cleared"]
    assert await tab.ask("fault", fault="outrage") == (
        "there is no fault 'outrage': did you mean 'outage'?"
    )


@pytest.mark.parametrize("resumes", [True, False])
async def test_the_gateway_is_dropped_with_and_without_resume(
    resumes: bool, sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    async with bot_in(sandbox) as bot:
        before = set(sandbox.hub.sessions)
        event = "resumed" if resumes else "ready"
        back = asyncio.create_task(bot.wait_for(event, timeout=10))
        await asyncio.sleep(0)
        await tab.ask("fault", fault="drop-gateway", values={"resume": resumes})
        await back
        assert (set(sandbox.hub.sessions) == before) is resumes


async def test_the_bots_right_to_write_is_taken_and_given_back(
    sandbox: Sandbox, tab: Tab, place: Home
) -> None:
    here = {"channel": str(place.channel.id)}
    async with bot_in(sandbox) as bot:
        there = bot.get_partial_messageable(place.channel.id)
        told = await tab.ask("fault", fault="revoked-permission", values=here)
        assert told["done"] == "the bot no longer has SEND_MESSAGES in #general"
        with pytest.raises(discord.Forbidden):
            await there.send("hello")
        await tab.ask("fault", fault="revoked-permission", values={**here, "give": True})
        await there.send("hello")
        told = await tab.ask("fault", fault="deleted-channel", values=here)
        assert told["done"] == "#general is deleted"
        with pytest.raises(discord.NotFound):
            await there.send("hello")


async def test_who_types_is_shown_to_others_and_told_to_the_bot(
    sandbox: Sandbox, session: aiohttp.ClientSession, tab: Tab, place: Home
) -> None:
    noah = place.guild.add_member("noah")
    async with bot_in(sandbox) as bot, session.ws_connect(sandbox.page_url + "page/live") as line:
        others = Tab(line)
        await others.enter(noah, place.channel)
        await tab.enter(place.mia, place.channel)
        heard = asyncio.create_task(bot.wait_for("typing", timeout=10))
        await asyncio.sleep(0)
        assert await tab.ask("typing", channel=str(place.channel.id)) == {}
        shown = await others.event("typing")
        channel, user, _ = await heard
    assert shown["user"] == str(place.mia.id)
    assert (getattr(channel, "id", 0), user.name) == (place.channel.id, "mia")

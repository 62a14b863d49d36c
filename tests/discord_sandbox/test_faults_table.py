"""The table of faults: one for page, command line and Python, and what each entry does."""

from __future__ import annotations

import argparse

import aiohttp
import discord
import pytest

from discord_sandbox import Permission, Sandbox, SandboxError
from discord_sandbox import fault_command as faulting
from discord_sandbox.faults import KINDS, Trouble, cause
from discord_sandbox.page.actions import faults
from discord_sandbox.page.page_context import PageContext
from discord_sandbox.page.viewer import Viewer
from tests.discord_bot import running
from tests.discord_sandbox.answering import Bot
from tests.discord_sandbox.page_bot import Waiter
from tests.discord_sandbox.parts import Gateway, Home, Rest

PROMISED = {
    "latency",
    "rate-limit",
    "rate-limit-global",
    "cloudflare",
    "error-500",
    "error-502",
    "error-503",
    "reset",
    "no-answer",
    "proxy-answer",
    "drop-gateway",
    "silent-heartbeats",
    "deleted-channel",
    "revoked-permission",
    "deleted-message",
    "expired-interaction",
    "outage",
}


def test_every_fault_that_is_promised_is_in_the_table() -> None:
    assert set(KINDS) - PROMISED == {"reconnect-gateway", "invalidate-session", "expired-tokens"}
    assert set(KINDS) >= PROMISED
    assert {each.value for each in Trouble} == {
        kind.name for kind in KINDS.values() if kind.group == "requests"
    }


def test_the_command_line_has_every_fault_with_its_values_and_no_other() -> None:
    (commands,) = (
        action.choices
        for action in faulting.parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    offered = {
        name: {action.dest for action in one._actions} - {"help", "port"}
        for name, one in commands.items()
    }
    assert offered == {
        "list": set(),
        "clear": set(),
        **{kind.name: {each.name for each in kind.parameters} for kind in KINDS.values()},
    }
    assert {kind.group for kind in KINDS.values()} == set(faulting.GROUPS)


async def test_the_page_is_told_the_table(sandbox: Sandbox) -> None:
    context = PageContext(sandbox, sandbox._stage, sandbox.faults, (), ())
    told = faults.faults(Viewer(context, sandbox.owner), {})
    assert {each["name"]: [p["name"] for p in each["parameters"]] for each in told["kinds"]} == {
        kind.name: [each.name for each in kind.parameters] for kind in KINDS.values()
    }


@pytest.mark.parametrize("name", KINDS)
async def test_python_may_cause_each_by_its_name(name: str, sandbox: Sandbox, place: Home) -> None:
    needed = [each for each in KINDS[name].parameters if each.default is None]
    said = await sandbox.say(place.mia, place.channel, "hello")
    given = {each.name: f"#{place.channel.name}" for each in needed}
    if name == "deleted-message":
        given["message"] = str(said.id)
    assert cause(sandbox.faults, name, given)


BAD: list[tuple[str, dict[str, object], str]] = [
    ("error-505", {}, "there is no fault 'error-505': did you mean 'error-503'?"),
    ("latency", {"seconds": "long"}, "seconds takes a number from 0 to 3600, not 'long'"),
    ("outage", {"seconds": -1}, "seconds takes a number from 0 to 3600, not -1"),
    (
        "reset",
        {"times": "1.5"},
        "times takes a whole number from 0 to 1000000 (0: until cleared), not '1.5'",
    ),
    (
        "reset",
        {"route": "FETCH /x"},
        (
            "route takes METHOD PATH, such as 'POST /channels/*/messages', or * for all, "
            "not 'FETCH /x'"
        ),
    ),
    ("proxy-answer", {"status": 99}, "status takes a number from 200 to 599, not 99"),
    ("reset", {"seconds": 3}, "reset has no 'seconds': it takes route, times"),
    ("reconnect-gateway", {"resume": 1}, "reconnect-gateway has no 'resume': it takes nothing"),
    ("drop-gateway", {"resume": "maybe"}, "a switch takes true or false, not 'maybe'"),
    ("drop-gateway", {"code": 1006}, "code takes a number from 4000 to 4999, or 0, not 1006"),
    ("deleted-channel", {}, "deleted-channel needs a channel: id or name"),
    ("deleted-channel", {"channel": "x"}, "there is no channel 'x': there are #general"),
    (
        "revoked-permission",
        {"channel": "general", "permission": "send_message"},
        "permission takes one of Discord's names, not 'send_message': did you mean SEND_MESSAGES?",
    ),
    (
        "deleted-message",
        {"channel": "general"},
        "the bot has no message in #general: name one by its id",
    ),
    (
        "deleted-message",
        {"channel": "general", "message": "7"},
        "there is no message '7' in #general: give its id",
    ),
]


@pytest.mark.parametrize(("name", "given", "complaint"), BAD)
async def test_what_cannot_be_is_refused_with_what_can(
    name: str, given: dict[str, object], complaint: str, sandbox: Sandbox, place: Home
) -> None:
    with pytest.raises(SandboxError) as refused:
        cause(sandbox.faults, name, given)
    assert str(refused.value) == complaint
    assert sandbox.faults.now() == []


async def test_a_permission_is_revoked_and_given_back(
    sandbox: Sandbox, rest: Rest, place: Home
) -> None:
    path, where = f"/channels/{place.channel.id}/messages", {"channel": "general"}

    cause(sandbox.faults, "revoked-permission", where)
    assert (await rest("POST", path, {"content": "x"})).code == 50013

    cause(sandbox.faults, "revoked-permission", {**where, "give": True})
    assert (await rest("POST", path, {"content": "x"})).status == 200


async def test_from_an_administrator_no_permission_can_be_revoked(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Home", bot_permissions=Permission.ADMINISTRATOR)
    guild.add_text_channel("general")

    with pytest.raises(SandboxError) as refused:
        cause(sandbox.faults, "revoked-permission", {"channel": "general"})

    assert str(refused.value) == (
        "the bot is administrator of Home, whom no channel denies anything: take ADMINISTRATOR "
        "from its roles first, or add_guild(bot_permissions=…) without it"
    )


async def test_a_thread_has_no_permission_of_its_own_to_revoke(
    sandbox: Sandbox, rest: Rest, place: Home
) -> None:
    path = f"/channels/{place.channel.id}/threads"
    await rest("POST", path, {"name": "talk", "type": 11})

    with pytest.raises(SandboxError) as refused:
        cause(sandbox.faults, "revoked-permission", {"channel": "talk"})

    assert str(refused.value) == "a thread has the permissions of its channel: name #general"


async def test_a_name_that_two_channels_have_is_asked_about(sandbox: Sandbox, place: Home) -> None:
    twin = place.guild.add_text_channel("general")
    with pytest.raises(SandboxError) as refused:
        cause(sandbox.faults, "deleted-channel", {"channel": "general"})
    assert str(refused.value) == (
        f"2 channels are named general: give the id, one of {place.channel.id}, {twin.id}"
    )


async def test_the_next_interaction_reaches_the_bot_too_late(bot: Bot, sandbox: Sandbox) -> None:
    cause(sandbox.faults, "expired-interaction", {"times": 1})
    assert sandbox.faults.now() == ["expired-interaction for the next one"]
    asking = await bot.asked()
    refused = await bot.respond(4, {"content": "late"})
    asking.cancel()
    assert (refused.status, refused.code) == (404, 10062)
    assert sandbox.faults.now() == []
    await bot.asked()
    assert (await bot.respond(4, {"content": "in time"})).status == 200


async def test_an_expired_interaction_reaches_discord_py_as_not_found(
    sandbox: Sandbox, place: Home
) -> None:
    failed: list[discord.DiscordException] = []
    bot = Waiter()

    @bot.tree.error
    async def on_error(interaction: discord.Interaction, error: discord.DiscordException) -> None:
        failed.append(error.__cause__ or error)  # type: ignore[arg-type]  # it is one of discord.py

    async with running(bot, sandbox):
        cause(sandbox.faults, "expired-interaction", {})
        with pytest.raises(SandboxError, match="The application did not respond"):
            await sandbox.run_command(place.mia, place.channel, "table")
    assert [(type(each), getattr(each, "code", 0)) for each in failed] == [
        (discord.NotFound, 10062)
    ]


async def test_the_tokens_of_now_expire(bot: Bot, sandbox: Sandbox) -> None:
    await bot.asked()
    await bot.respond(4, {"content": "in time"})
    cause(sandbox.faults, "expired-tokens", {})
    refused = await bot.hook("PATCH", "/messages/@original", {"content": "later"})
    assert (refused.status, refused.code) == (401, 50027)


async def test_an_outage_cuts_files_too(sandbox: Sandbox, rest: Rest, place: Home) -> None:
    path = f"/channels/{place.channel.id}/messages"
    sent = await rest("POST", path, {"content": ""}, files=[("a.txt", b"one")])
    url = sent.body["attachments"][0]["url"]
    cause(sandbox.faults, "outage", {"seconds": 60})
    with pytest.raises(aiohttp.ClientConnectionError):
        async with rest.session.get(url):
            pass


async def test_heartbeats_stay_unanswered_for_a_time(sandbox: Sandbox, gateway: Gateway) -> None:
    now = 100.0
    sandbox.faults._clock = lambda: now
    cause(sandbox.faults, "silent-heartbeats", {"seconds": 30})
    assert sandbox.faults.now() == ["silent-heartbeats for 30 s more"]
    now = 131.0
    assert not sandbox.faults.silent_heartbeats


async def test_requests_that_get_no_answer_are_kept_with_their_body(
    sandbox: Sandbox, rest: Rest, place: Home
) -> None:
    cause(sandbox.faults, "reset", {"route": "POST *"})
    path = f"/channels/{place.channel.id}/messages"
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", path, {"content": "lost"})
    last = sandbox.requests[-1]
    assert (last.status, last.body, last.answer) == (0, {"content": "lost"}, None)
    assert place.channel.messages == []

"""The gateway: sessions, resuming, close codes, many at a time."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.gateway.intents import Intent
from tests.clock import Clock
from tests.discord_sandbox.parts import Gateway, Home, Rest


async def test_ready_names_the_bot_and_its_guilds_which_then_arrive(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    assert await line.op(10) == {"heartbeat_interval": 41250, "_trace": []}

    ready = await line.identify()
    guild = await line.event("GUILD_CREATE")

    assert ready["user"]["id"] == str(sandbox.bot.id)
    assert ready["guilds"] == [{"id": str(place.guild.id), "unavailable": True}]
    assert ready["application"] == {
        "id": str(sandbox.application.id),
        "flags": sandbox.application.flags,
    }
    assert (ready["v"], ready["shard"]) == (10, [0, 1])
    assert ready["resume_gateway_url"] == sandbox.gateway_url
    assert guild["name"] == "Home"
    assert [channel["name"] for channel in guild["channels"]] == ["general"]
    assert guild["member_count"] == 3


async def test_heartbeats_are_acknowledged(gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()

    await line.send(1, line.sequence)

    assert await line.op(11) is None


async def test_a_frame_may_be_binary(gateway: Gateway) -> None:
    line = await gateway()

    await line.socket.send_bytes(b'{"op": 1, "d": null}')
    assert await line.op(11) is None

    await line.socket.send_bytes(b"\xff")
    assert await line.closed() == (4002, "Decode error.")


async def test_who_sends_no_heartbeat_is_closed(clock: Clock) -> None:
    async with Sandbox(heartbeat=0.02) as sandbox, aiohttp.ClientSession() as session:
        line = await Gateway(sandbox, session)()

        assert await line.closed() == (4009, "Session timed out: no heartbeat.")


async def test_a_resumed_session_gets_what_it_missed(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    ready = await line.identify()
    await line.event("GUILD_CREATE")
    await line.socket.close(code=4000)

    await sandbox.say(place.mia, place.channel, "one")
    await sandbox.say(place.mia, place.channel, "two")
    again = await gateway()
    await again.resume(ready["session_id"], line.sequence)

    missed = [await again.event("MESSAGE_CREATE"), await again.event("MESSAGE_CREATE")]
    await again.event("RESUMED")
    assert [message["content"] for message in missed] == ["one", "two"]
    assert again.sequence == line.sequence + 3


async def test_a_session_that_was_closed_by_its_client_cannot_be_resumed(
    gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    ready = await line.identify()
    await line.socket.close(code=1000)

    again = await gateway()
    await again.resume(ready["session_id"], line.sequence)

    assert await again.op(9) is False


async def test_a_session_that_was_lost_for_too_long_cannot_be_resumed(
    gateway: Gateway, clock: Clock
) -> None:
    line = await gateway()
    ready = await line.identify()
    await line.socket.close(code=4000)
    clock.turn(301)

    again = await gateway()
    await again.resume(ready["session_id"], line.sequence)

    assert await again.op(9) is False


@pytest.mark.parametrize(("missed", "answer"), [(1000, 0), (1001, 9)])
async def test_a_session_that_missed_too_much_cannot_be_resumed(
    missed: int, answer: int, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    ready = await line.identify()
    await line.event("GUILD_CREATE")
    await line.socket.close(code=4000)
    for _ in range(missed):
        place.guild.set_permissions(place.moderators, 0)

    again = await gateway()
    await again.resume(ready["session_id"], line.sequence)

    await again.op(10)
    assert (await again.frame())["op"] == answer


@pytest.mark.parametrize(("known", "sequence"), [("unknown", 1), (None, 99)])
async def test_a_session_or_sequence_that_never_was_cannot_be_resumed(
    gateway: Gateway, known: str | None, sequence: int
) -> None:
    line = await gateway()
    ready = await line.identify()
    await line.socket.close(code=4000)

    again = await gateway()
    await again.resume(known or ready["session_id"], sequence)

    assert await again.op(9) is False


CLOSES: dict[str, tuple[int, Any, int, str]] = {
    "an unknown opcode": (42, None, 4001, "Unknown opcode: 42."),
    "no JSON": (0, "{", 4002, "Decode error."),
    "an opcode that is none": (0, '{"op": []}', 4002, "Decode error."),
    "deeply nested JSON": (0, "[" * 10_000, 4002, "Decode error."),
    "an identify that is none": (0, '{"op": 2, "d": null}', 4002, "Decode error."),
    "a shard without its number": (2, {"intents": 0, "shard": [0]}, 4002, "Decode error."),
    "a resume that is none": (6, {"seq": "x"}, 4002, "Decode error."),
    "an opcode before identify": (8, {"guild_id": "1"}, 4003, "Not authenticated."),
    "a wrong token": (2, {"token": "guess", "intents": 0}, 4004, "Authentication failed."),
    "a shard that is none": (2, {"intents": 0, "shard": [2, 2]}, 4010, "Invalid shard."),
    "an unknown intent": (2, {"intents": 1 << 30}, 4013, "Invalid intent(s)."),
    "no intents": (2, {}, 4013, "Invalid intent(s)."),
}


@pytest.mark.parametrize("name", CLOSES)
async def test_the_gateway_closes_for(name: str, gateway: Gateway) -> None:
    op, data, code, reason = CLOSES[name]
    line = await gateway()

    if isinstance(data, str):
        await line.socket.send_str(data)
    else:
        with_token = {"token": line.token, **data} if op == 2 else data
        await line.send(op, with_token)

    assert await line.closed() == (code, reason)


@pytest.mark.parametrize("query", ["?v=9", "?v=10&encoding=etf", "?v=10&compress=lz4"])
async def test_the_gateway_closes_for_an_address_that_it_does_not_serve(
    gateway: Gateway, query: str
) -> None:
    line = await gateway(query)

    assert (await line.closed())[0] in (4002, 4012)


@pytest.mark.parametrize(
    "data",
    [None, {"guild_id": "x"}, {"guild_id": "1" * 5000}, {"user_ids": ["x"]}, {"limit": "all"}],
    ids=lambda data: str(data)[:30],
)
async def test_a_request_for_members_that_is_none_is_refused(data: Any, gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()

    await line.send(8, data)

    assert await line.closed() == (4002, "Decode error.")


async def test_identifying_twice_is_refused(gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()

    await line.send(2, {"token": line.token, "intents": 0})

    assert await line.closed() == (4005, "Already authenticated.")


async def test_intents_that_the_application_has_not_enabled_are_refused(
    sandbox: Sandbox, gateway: Gateway
) -> None:
    sandbox.application.flags = 0
    line = await gateway()

    await line.send(2, {"token": line.token, "intents": int(Intent.MESSAGE_CONTENT)})

    assert await line.closed() == (4014, "Disallowed intent(s).")


async def test_who_sends_too_much_is_closed(gateway: Gateway) -> None:
    line = await gateway()

    for _ in range(121):
        await line.send(1, None)

    assert await line.closed() == (4008, "Rate limited.")


async def test_a_day_has_a_thousand_identifies(
    sandbox: Sandbox, gateway: Gateway, rest: Rest
) -> None:
    token = sandbox.token
    sandbox.hub.identifies_left = 1
    await (await gateway()).identify()

    line = await gateway()
    await line.send(2, {"token": token, "intents": 0})

    assert (await line.closed())[0] == 4004
    assert sandbox.token != token
    assert (await rest("GET", "/users/@me", token=token)).status == 401


async def test_presence_and_voice_are_accepted(gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()

    await line.send(3, {"status": "idle", "activities": [], "since": 0, "afk": False})
    await line.send(4, {"guild_id": "1", "channel_id": None})
    await line.send(1, None)

    await line.op(11)


async def test_closing_the_sandbox_closes_its_connections() -> None:
    async with aiohttp.ClientSession() as session:
        async with Sandbox() as sandbox:
            line = await Gateway(sandbox, session)()
            await line.identify()
            closed = asyncio.ensure_future(line.closed())
        assert await closed == (1001, "The sandbox closes.")
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_many_sandboxes_run_side_by_side() -> None:
    async with aiohttp.ClientSession() as session, Sandbox() as one, Sandbox() as two:
        one.add_guild("One")
        two.add_guild("Two")
        lines = [await Gateway(each, session)() for each in (one, two)]
        for line in lines:
            await line.identify()

        assert [(await line.event("GUILD_CREATE"))["name"] for line in lines] == ["One", "Two"]
        for line in lines:
            await line.socket.close()


async def test_sessions_that_are_lost_for_good_are_forgotten(
    sandbox: Sandbox, gateway: Gateway, clock: Clock
) -> None:
    line = await gateway()
    await line.identify()
    await line.socket.close(code=4000)
    clock.turn(301)

    again = await gateway()
    ready = await again.identify()

    assert list(sandbox.hub.sessions) == [ready["session_id"]]

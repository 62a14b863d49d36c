"""Faults on demand, and the rate limits that are always there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.rest.ratelimits import BUCKETS, INVALID_LIMIT
from tests.discord_bot import running
from tests.discord_sandbox.parts import Gateway, Home, Rest, home


@pytest.fixture
async def limited() -> AsyncIterator[Sandbox]:
    """A sandbox whose rate limits see the same moment all the time."""
    async with Sandbox() as sandbox:
        sandbox._api.limits.clock = lambda: 100.0
        yield sandbox


async def test_the_headers_tell_how_much_is_left(
    limited: Sandbox, session: aiohttp.ClientSession
) -> None:
    rest, place = Rest(limited, session), home(limited)
    path = f"/channels/{place.channel.id}/messages"

    answers = [await rest("POST", path, {"content": "x"}) for _ in range(6)]

    told = [answer.headers for answer in answers]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [each["X-RateLimit-Limit"] for each in told] == ["5"] * 6
    assert [each["X-RateLimit-Remaining"] for each in told] == ["4", "3", "2", "1", "0", "0"]
    assert len({each["X-RateLimit-Bucket"] for each in told}) == 1
    assert {each["X-RateLimit-Reset-After"] for each in told} == {"5.000"}
    assert abs(float(told[0]["X-RateLimit-Reset"]) - time.time() - 5) < 1
    assert answers[5].body == {
        "message": "You are being rate limited.",
        "retry_after": 5.0,
        "global": False,
    }
    assert told[5]["X-RateLimit-Scope"] == "user"
    assert "Via" in told[5]


async def test_each_channel_has_a_limit_of_its_own(
    limited: Sandbox, session: aiohttp.ClientSession
) -> None:
    rest, place = Rest(limited, session), home(limited)
    other = place.guild.add_text_channel("other")
    for _ in range(5):
        await rest("POST", f"/channels/{place.channel.id}/messages", {"content": "x"})

    answer = await rest("POST", f"/channels/{other.id}/messages", {"content": "x"})

    assert answer.status == 200


async def test_fifty_requests_a_second_are_the_limit_of_all(
    limited: Sandbox, session: aiohttp.ClientSession
) -> None:
    rest, place = Rest(limited, session), home(limited)
    paths = ["/users/@me", f"/guilds/{place.guild.id}", f"/channels/{place.channel.id}"] * 17

    answers = [await rest("GET", path) for path in paths]

    assert [answer.status for answer in answers] == [200] * 50 + [429]
    assert answers[50].body["global"] is True
    assert answers[50].headers["X-RateLimit-Global"] == "true"
    assert answers[50].headers["X-RateLimit-Scope"] == "global"


async def test_interactions_are_not_under_the_limit_of_all(
    limited: Sandbox, session: aiohttp.ClientSession
) -> None:
    rest = Rest(limited, session)

    answers = [await rest("POST", "/interactions/1/guess/callback", {}) for _ in range(60)]

    assert {answer.status for answer in answers} == {404}
    assert "X-RateLimit-Limit" not in answers[0].headers


async def test_ten_thousand_invalid_requests_are_a_ban(
    limited: Sandbox, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.rest.ratelimits.INVALID_LIMIT", 10)
    assert INVALID_LIMIT == 10_000
    rest = Rest(limited, session)
    for _ in range(10):
        assert (await rest("GET", "/users/@me", token="guess")).status == 401

    answer = await rest("GET", "/users/@me")

    assert (answer.status, answer.body) == (429, "error code: 1015")
    assert "Via" not in answer.headers


def test_every_route_has_a_bucket() -> None:
    from discord_sandbox.rest import routes

    assert {route.bucket for route in routes.ALL} - {""} == set(BUCKETS)


async def test_without_rate_limits_the_headers_are_told_all_the_same(
    rest: Rest, place: Home
) -> None:
    path = f"/channels/{place.channel.id}/messages"

    answers = [await rest("POST", path, {"content": "x"}) for _ in range(60)]

    assert {answer.status for answer in answers} == {200}
    assert int(answers[0].headers["X-RateLimit-Remaining"]) > 1000


ERRORS = {Trouble.ERROR_500: 500, Trouble.ERROR_502: 502, Trouble.ERROR_503: 503}


@pytest.mark.parametrize("trouble", ERRORS)
async def test_a_fault_is_an_error_as_often_as_it_says(
    rest: Rest, sandbox: Sandbox, trouble: Trouble
) -> None:
    sandbox.faults.add(Fault(trouble, times=2))

    answers = [await rest("GET", "/users/@me") for _ in range(3)]

    assert [answer.status for answer in answers] == [ERRORS[trouble]] * 2 + [200]


async def test_a_fault_is_for_the_requests_that_it_names(rest: Rest, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(Trouble.ERROR_503, method="GET", path="/gateway*", times=0))

    answers = [await rest("GET", path) for path in ("/gateway", "/users/@me", "/gateway/bot")]
    sandbox.faults.clear()
    after = await rest("GET", "/gateway")

    assert [answer.status for answer in answers] == [503, 200, 503]
    assert after.status == 200


async def test_a_rate_limit_on_demand(rest: Rest, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(Trouble.RATE_LIMIT, seconds=7.5))
    sandbox.faults.add(Fault(Trouble.GLOBAL_RATE_LIMIT, seconds=2))
    sandbox.faults.add(Fault(Trouble.CLOUDFLARE))

    route, everywhere, cloudflare = [await rest("GET", "/users/@me") for _ in range(3)]

    assert (route.status, route.body["retry_after"], route.body["global"]) == (429, 7.5, False)
    assert route.headers["Retry-After"] == "7.5"
    assert (everywhere.status, everywhere.body["global"]) == (429, True)
    assert cloudflare.status == 429
    assert "Via" in route.headers
    assert "Via" not in cloudflare.headers
    assert cloudflare.headers["Content-Type"] == "text/html; charset=utf-8"
    assert cloudflare.body.startswith("<html>")


async def test_a_proxy_answers_in_the_place_of_discord(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    path = f"/channels/{place.channel.id}/messages"
    sandbox.faults.add(Fault(Trouble.PROXY, "POST"))
    sandbox.faults.add(Fault(Trouble.PROXY, "POST", status=200, body='{"ok": true}', taken=True))

    page, made_up = [await rest("POST", path, {"content": "x"}) for _ in range(2)]

    assert (page.status, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Via" not in page.headers
    assert (made_up.status, made_up.body) == (200, {"ok": True})
    assert [message.content for message in place.channel.messages] == ["x"]


async def test_latency_delays_the_answer(rest: Rest, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(Trouble.LATENCY, seconds=0.05))
    started = time.perf_counter()

    answer = await rest("GET", "/users/@me")

    assert (answer.status, time.perf_counter() - started >= 0.05) == (200, True)


async def test_a_connection_is_cut(
    rest: Rest, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.add(Fault(Trouble.RESET, method="POST"))

    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", "/users/@me/channels", {"recipient_id": "1"})

    assert caplog.records == []


async def test_a_request_stays_without_an_answer(rest: Rest, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(Trouble.SILENCE))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(rest("GET", "/users/@me"), 0.05)


async def test_an_outage_cuts_everything_for_its_time(
    rest: Rest, sandbox: Sandbox, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    line = await gateway()
    await line.identify()

    sandbox.faults.outage(60)

    assert (await line.closed())[0] == 1006
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("GET", "/users/@me")
    with pytest.raises(aiohttp.ClientConnectionError):
        await gateway()
    sandbox.faults.clear()
    assert (await rest("GET", "/users/@me")).status == 200
    assert caplog.records == []  # what was asked for is no error of the sandbox


async def test_heartbeats_stay_without_an_answer(sandbox: Sandbox, gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()
    sandbox.faults.silent_heartbeats = True
    await line.send(1, None)
    sandbox.faults.silent_heartbeats = False
    await line.send(8, {"guild_id": "1"})
    await line.send(1, None)

    await line.op(11)

    assert [frame["op"] for frame in line.seen].count(11) == 1


async def test_a_503_reaches_discord_py_as_one_attempt(sandbox: Sandbox, place: Home) -> None:
    client = discord.Client(intents=discord.Intents.all())
    async with running(client, sandbox):
        channel = client.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        sandbox.faults.add(Fault(Trouble.ERROR_503, "POST", "/channels/*/messages", times=0))
        with pytest.raises(discord.DiscordServerError):
            await channel.send("x")

    assert [each.status for each in sandbox.requests].count(503) == 1

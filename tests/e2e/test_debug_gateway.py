"""/debug gateway on a real bot: real reconnects, real rate limits, a status page that is asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial

import discord
import pytest
from aiohttp import web
from discord.ext import commands

from cogs.debug.capture.connections import ConnectionCapture
from cogs.debug.capture.responses import READER
from discord_sandbox import Permission, Sandbox
from discord_sandbox.faults.requests import Fault, Trouble
from discord_sandbox.people.runs import Run
from services.debugcog.gateway import status_page
from services.debugcog.gateway.connections import Connections, Disconnect
from services.debugcog.gateway.sources import GatewaySources
from services.debugcog.gateway.status_page import Status
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered

STAMP = re.compile(r"<t:\d+:\w>")
POSTS = "/channels/*/messages"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)


def seen(host: Host) -> GatewaySources:
    return host.cog.runtime.upkeep.sources


def lost(host: Host) -> tuple[Disconnect, ...]:
    return seen(host).connections.disconnects(0)


def connected(host: Host) -> int:
    """Count how often Discord has greeted the bot."""
    counts, _ = seen(host).connections.events(300)
    return counts.get("READY", 0) + counts.get("RESUMED", 0)


async def dropped(host: Host, drop: Callable[[], None]) -> Disconnect:
    """Let the sandbox end the connection; wait until the bot has another one."""
    before, greeted = len(lost(host)), connected(host)
    drop()
    await until(lambda: connected(host) > greeted)
    (found,) = lost(host)[: len(lost(host)) - before]
    return found


async def ask(home: Home, **options: object) -> Run:
    run = await home.sandbox.run_command(home.owner, home.channel, "debug gateway", options)
    return await run.wait(lambda run: run.message and run.message.embeds)


def text_of(run: Run) -> str:
    assert run.message
    return STAMP.sub("<t>", run.message.text)


def field(run: Run, name: str) -> str:
    assert run.message
    (embed,) = run.message.embeds
    return next(
        STAMP.sub("<t>", one["value"]) for one in embed["fields"] if one["name"].startswith(name)
    )


async def test_each_lost_connection_has_its_reason(home: Home, host: Host) -> None:
    faults = home.sandbox.faults
    found = [
        await dropped(host, faults.reconnect_gateway),
        await dropped(host, lambda: faults.invalidate_sessions(resume=True)),
        await dropped(host, lambda: faults.invalidate_sessions(resume=False)),
        await dropped(host, lambda: faults.drop_gateway(code=4008)),
        await dropped(host, lambda: faults.drop_gateway(code=4009)),
        await dropped(host, faults.drop_gateway),
    ]
    assert [(one.cause, one.code, one.resumes) for one in found] == [
        ("reconnect", None, True),
        ("invalid", None, True),
        ("invalid", None, False),
        ("closed", 4008, True),
        ("closed", 4009, True),
        ("closed", 1006, True),
    ]
    run = await ask(home)
    assert field(run, "Disconnects").splitlines() == [
        (
            "**1 time** the connection broke without a goodbye (1006) · <t>. If it happens often, "
            "look at the network of this machine."
        ),
        "**1 time** the session timed out (4009) · <t>.",
        (
            "**1 time** the bot sent too much to the gateway (4008) · <t>. Change presence, voice "
            "state and member requests less often: at most 120 per minute."
        ),
        "**1 time** Discord ended the session; the bot had to identify anew · <t>.",
        "**1 time** Discord ended the session; it could be resumed · <t>.",
        "**1 time** Discord asked to reconnect, as it does now and then · <t>.",
    ]


async def test_attempts_to_connect_that_fail_are_told_as_the_network_or_discord(
    home: Home, host: Host
) -> None:
    greeted = connected(host)
    home.sandbox.faults.outage(0.5)
    await until(lambda: any(one.cause == "unreachable" for one in lost(host)))
    await until(lambda: connected(host) > greeted)
    assert lost(host)[-1].code == 1006
    assert {one.cause for one in lost(host)[:-1]} == {"unreachable"}
    run = await ask(home)
    assert "**May be the bot or Discord:** " in text_of(run)
    assert " no connection could be made: `" in field(run, "Disconnects")


@pytest.mark.timeout(90)
async def test_a_connection_that_went_silent_is_told(environment: pytest.MonkeyPatch) -> None:
    async with Sandbox(heartbeat=0.3) as sandbox:
        bot = commands.Bot("!", intents=discord.Intents.none(), heartbeat_timeout=1.0)
        connections = Connections()
        capture = ConnectionCapture(bot, connections)
        patches = capture.patches()
        for patch in patches:
            patch.install()
        async with running(bot, sandbox):
            capture.count()
            sandbox.faults.silence_heartbeats(60)
            await until(lambda: bool(connections.disconnects(0)))
            await capture.close()
        for patch in patches:
            patch.remove()
    assert connections.disconnects(0)[-1].cause in ("zombie", "silent")


async def test_resumes_identifies_and_what_is_left_of_them_are_told(home: Home, host: Host) -> None:
    await dropped(host, home.sandbox.faults.reconnect_gateway)
    run = await ask(home)
    assert field(run, "Sessions") == "1 resume\n1 identify"
    assert field(run, "Identifies left") == "**999** of 1,000\nreset <t>"
    await dropped(host, home.sandbox.faults.invalidate_sessions)
    await until(lambda: len(seen(host).connections.starts(0)) == 3)
    assert field(await ask(home), "Identifies left") == "**998** of 1,000\nreset <t>"
    asked = [one for one in home.sandbox.requests if one.path == "/gateway/bot"]
    assert len(asked) == 1, "what Discord has said is good for five minutes"


async def test_a_quiet_bot_has_no_trouble(home: Home, host: Host) -> None:
    run = await ask(home)
    assert text_of(run).startswith(
        "Gateway · last 1 hour\n✅ No trouble in the last 15 minutes, here or at Discord.\n"
    )
    assert field(run, "Disconnects") == "none"
    assert field(run, "Rate limits") == "none"
    assert field(run, "Invalid requests") == "**0** of 10,000\nin 10 minutes"


async def post(host: Host, home: Home) -> None:
    channel = host.get_channel(home.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.send("x")


async def test_rate_limits_are_told_with_whose_they_are_and_count_as_invalid_requests(
    home: Home, host: Host
) -> None:
    faults = home.sandbox.faults
    faults.add(Fault(Trouble.RATE_LIMIT, "POST", POSTS, times=2, seconds=0.05))
    await post(host, home)
    faults.add(Fault(Trouble.GLOBAL_RATE_LIMIT, "POST", POSTS, seconds=0.05))
    await post(host, home)
    faults.add(Fault(Trouble.CLOUDFLARE, "POST", POSTS))
    with pytest.raises(discord.HTTPException):
        await post(host, home)
    faults.revoke(home.alerts, Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden):
        await host.http.get_channel(home.alerts.id)
    run = await ask(home)
    assert field(run, "Rate limits").splitlines() == [
        (
            "**2 times** `POST /channels/{id}/messages`: the bot's limit of this route, "
            "100 ms to wait · <t>"
        ),
        "**1 time** `POST /channels/{id}/messages`: Cloudflare's, of this IP address · <t>",
        (
            "**1 time** `POST /channels/{id}/messages`: the bot's limit of all routes, "
            "50 ms to wait · <t>"
        ),
    ]
    assert field(run, "Invalid requests").startswith("**5** of 10,000")
    assert "⚠️ **Looks like the bot:** the bot ran into 4 rate limits of its own." in text_of(run)


async def test_answers_of_5xx_on_several_routes_look_like_discord(home: Home, host: Host) -> None:
    home.sandbox.faults.add(Fault(Trouble.ERROR_503, times=6))
    for request in range(6):
        with pytest.raises(discord.DiscordServerError):
            await (host.http.get_channel if request % 2 else host.http.get_guild)(home.channel.id)
    run = await ask(home)
    assert re.search(
        r"🔴 \*\*Looks like Discord:\*\* 6 of \d+ requests failed with a 5xx "
        r"\(channels, guilds\)\.\nSee \[discordstatus\.com\]\(https://discordstatus\.com\)\.",
        text_of(run),
    )
    assert field(run, "REST API").startswith("**6** of ")


async def test_events_are_counted_by_type_without_a_task_for_each(home: Home, host: Host) -> None:
    for number in range(5):
        await home.sandbox.say(home.admin, home.channel, f"{number}")
    await until(lambda: seen(host).connections.events(300)[0].get("MESSAGE_CREATE", 0) == 5)
    text = field(await ask(home), "Events")
    assert text.startswith("**")
    assert "`MESSAGE_CREATE` " in text
    assert "on_socket_event_type" not in host.extra_events


async def test_no_other_host_is_asked_until_somebody_presses_the_button(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        calls.append(request.path)
        incidents = [{"name": "API errors @everyone"}]
        status = {"description": "Partial **Outage**"}
        return web.json_response({"status": status, "incidents": incidents})

    runner = await served(answer)
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    environment.setattr(status_page, "ask", partial(status_page.ask, address))
    async with running(Host(), home.sandbox):
        await registered()
        run = await ask(home)
        assert calls == []
        assert run.message
        pressed = await home.sandbox.click(home.owner, run.message, "Ask discordstatus.com")
        await pressed.wait(lambda _: "Outage" in text_of(run))
    await runner.cleanup()
    assert text_of(run).splitlines()[2] == (
        "[discordstatus.com](https://discordstatus.com): Partial \\*\\*Outage\\*\\* · "
        "API errors @\u200beveryone"
    )
    assert calls == ["/"]


async def test_each_shard_is_told_and_the_one_that_is_away_first(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    class Sharded(commands.AutoShardedBot):
        async def setup_hook(self) -> None:
            await self.load_extension("cogs.debug")

    bot = Sharded("!", intents=discord.Intents.default(), shard_count=3)
    async with running(bot, home.sandbox):
        await registered()
        shards = bot.cogs["DebugCog"].runtime.gateway  # type: ignore[attr-defined]  # our own cog
        shards.lost(1)
        run = await ask(home)
        lines = field(run, "Shards").splitlines()
        assert re.fullmatch(r"1: \*\*away\*\* for \d+ s", lines[0])
        assert {line.partition(":")[0] for line in lines[1:]} == {"0", "2"}


async def test_all_is_put_back_when_the_cog_is_unloaded(home: Home, host: Host) -> None:
    modules = (discord.http, discord.webhook.async_)
    readers = [getattr(one, READER) for one in modules]
    socket = discord.gateway.DiscordWebSocket
    assert all(hasattr(one, "_debugcog_layer") for one in (*readers, socket.poll_event))
    await host.unload_extension("cogs.debug")
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert "debugcog-events" not in names
    for now in (
        *(getattr(one, READER) for one in modules),
        socket.poll_event,
        socket.identify,
        socket.resume,
        host.http.ws_connect,
    ):
        assert not hasattr(now, "_debugcog_layer")


async def served(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.AppRunner:
    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def asked(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]], seconds: float = 5.0
) -> Status:
    runner = await served(answer)
    try:
        return await status_page.ask(f"http://127.0.0.1:{runner.addresses[0][1]}/", seconds)
    finally:
        await runner.cleanup()


async def test_the_status_page_is_read_and_whatever_else_it_answers_is_said() -> None:
    async def fine(_: web.Request) -> web.Response:
        body = {"status": {"description": "All Systems Operational"}, "incidents": []}
        return web.json_response(body)

    async def odd(_: web.Request) -> web.Response:
        return web.json_response([1])

    async def endless(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * (status_page.BYTES_MAX + 1))

    async def down(_: web.Request) -> web.Response:
        return web.Response(status=503)

    async def hanging(_: web.Request) -> web.Response:
        await asyncio.sleep(3)
        return web.Response()

    unread = "discordstatus.com could not be asked: its answer could not be read"
    assert await asked(fine) == Status("All Systems Operational")
    assert await asked(odd) == Status(unread, is_known=False)
    assert await asked(endless) == Status(unread, is_known=False)
    assert "503" in (await asked(down)).text
    late = "discordstatus.com could not be asked: no answer within 0 s"
    assert await asked(hanging, 0.1) == Status(late, is_known=False)
    gone = await status_page.ask("http://127.0.0.1:1/")
    assert gone.text.startswith("discordstatus.com could not be asked: ")
    assert not gone.is_known


def test_a_storm_of_events_and_lost_connections_is_bounded() -> None:
    now = 0.0
    connections = Connections(lambda: now)
    for number in range(3000):
        connections.event(f"EVENT_{number}")
        connections.lost(None, "closed", 1006)
    counts, seconds = connections.events(300)
    assert len(counts) == 81
    assert counts["other"] == 2920
    assert len(connections.disconnects(0)) == 500
    assert seconds == 1.0


async def test_the_sessions_that_are_left_are_not_known_when_discord_does_not_tell(
    home: Home, host: Host
) -> None:
    home.sandbox.faults.add(Fault(Trouble.ERROR_503, "GET", "/gateway/bot"))
    run = await ask(home)
    assert field(run, "Identifies left") == "not known"

"""A real bot's heartbeat: well while loop, gateway and REST are, else the reason."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from cogs.debug.capture.bot_state import BotState
from cogs.debug.capture.vitals import Vitals
from discord_sandbox.faults import Fault, Trouble
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.services.test_heartbeat import service


def vitals_of(host: Host, loop_seconds: float = 30.0, away_seconds: float = 60.0) -> Vitals:
    state = BotState(host, host.cog.runtime.gateway)
    loop = asyncio.get_running_loop()
    return Vitals(
        *(host, loop, state, lambda: away_seconds), rest_seconds=1.0, loop_seconds=loop_seconds
    )


async def test_a_bot_that_is_connected_and_heard_by_discord_is_well(host: Host) -> None:
    assert await asyncio.to_thread(vitals_of(host).illness) is None


async def test_a_bot_whose_gateway_is_away_for_too_long_is_ill(host: Host) -> None:
    host.cog.runtime.gateway.lost(None)
    illness = await asyncio.to_thread(vitals_of(host, away_seconds=0.0).illness)
    assert illness == "gateway: away for 0 s"


async def test_a_bot_that_connects_anew_as_discord_asks_many_times_a_day_is_well(
    host: Host,
) -> None:
    host.cog.runtime.gateway.lost(None)
    assert await asyncio.to_thread(vitals_of(host).illness) is None


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Trouble.SILENCE, "Discord's REST API: no answer within 1 s"),
        (Trouble.GLOBAL_RATE_LIMIT, "Discord's REST API: no answer within 1 s"),
        (Trouble.CLOUDFLARE, "Discord's REST API: HTTP 429"),
    ],
    ids=lambda value: value.value if isinstance(value, Trouble) else "",
)
async def test_a_bot_that_discords_rest_api_does_not_serve_is_ill(
    home: Home, host: Host, trouble: Trouble, expected: str
) -> None:
    home.sandbox.faults.add(Fault(trouble, "GET", "/gateway", times=0, seconds=60))
    assert await asyncio.to_thread(vitals_of(host).illness) == expected


async def test_a_bot_whose_loop_is_blocked_is_ill(host: Host) -> None:
    found = list[str | None]()
    asked = threading.Thread(target=lambda: found.append(vitals.illness()))
    vitals = vitals_of(host, loop_seconds=0.3)
    asked.start()
    deadline = time.monotonic() + 60
    while not found and time.monotonic() < deadline:
        time.sleep(0.01)  # noqa: ASYNC251 - it is the loop that is blocked
    asked.join()
    assert found == ["event loop: blocked for more than 0 s"]


async def test_a_bot_that_has_not_logged_in_is_ill(home: Home) -> None:
    bot = Host()
    async with bot:
        await bot.load_extension("cogs.debug")
        assert await asyncio.to_thread(vitals_of(bot).illness) == "gateway: not connected yet"


@pytest.mark.parametrize(("seconds", "expected"), [("60", None), ("1", "gateway: away for 5 s")])
async def test_the_warning_threshold_of_the_gateway_says_how_long_is_too_long(
    home: Home, environment: pytest.MonkeyPatch, seconds: str, expected: str | None
) -> None:
    with service() as (url, _):
        environment.setenv("HEARTBEAT_URL", f"{url}/beat")
        environment.setenv("GATEWAY_DOWN_WARNING_SECONDS", seconds)
        async with running(Host(), home.sandbox) as bot:
            await registered()
            heartbeat, gateway = bot.cog.runtime.heartbeat, bot.cog.runtime.gateway
            assert heartbeat is not None
            now = gateway._clock()
            environment.setattr(gateway, "_clock", lambda: now)
            environment.setattr(gateway, "_down_since", {None: now - 5.0})
            assert await asyncio.to_thread(heartbeat._illness) == expected


async def test_the_url_of_the_setting_is_called_while_the_cog_is_loaded(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    with service() as (url, heard):
        environment.setenv("HEARTBEAT_URL", f"{url}/beat")
        async with running(Host(), home.sandbox) as bot:
            await registered()
            heartbeat = bot.cog.runtime.heartbeat
            assert heartbeat is not None
            heartbeat.start()  # not in a minute, but now that it is connected
            assert await asyncio.to_thread(heard.get, timeout=60) == ("GET", "/beat", b"")
            await bot.unload_extension("cogs.debug")
            assert not any(thread.name == "debugcog-heartbeat" for thread in threading.enumerate())

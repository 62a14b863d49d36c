from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from discord_sandbox import Sandbox
from tests.clock import Clock
from tests.discord_bot import described
from tests.discord_sandbox.answering import ASK, Bot
from tests.discord_sandbox.parts import Gateway, Home, Rest, home


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, rate_limits=False, openapi=described()) as running:
        yield running


@pytest.fixture
def place(sandbox: Sandbox) -> Home:
    return home(sandbox)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
def rest(sandbox: Sandbox, session: aiohttp.ClientSession) -> Rest:
    return Rest(sandbox, session)


@pytest.fixture
def gateway(sandbox: Sandbox, session: aiohttp.ClientSession) -> Gateway:
    return Gateway(sandbox, session)


@pytest.fixture
async def bot(sandbox: Sandbox, rest: Rest, gateway: Gateway, place: Home) -> AsyncIterator[Bot]:
    await rest("POST", f"/applications/{sandbox.application.id}/commands", ASK)
    line = await gateway()
    await line.identify()
    yield Bot(sandbox, rest, line, place)
    await line.socket.close()

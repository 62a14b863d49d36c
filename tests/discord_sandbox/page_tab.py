"""The browser's side of the page's WebSocket: questions and answers, and the events between."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from discord_sandbox import Channel, Member, Sandbox
from tests.discord_sandbox.parts import JSON, Home


@dataclass
class Tab:
    """One page."""

    socket: aiohttp.ClientWebSocketResponse
    events: list[JSON] = field(default_factory=list)
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def frame(self) -> JSON:
        told: JSON = await self.socket.receive_json(timeout=20)
        return told

    async def ask(self, action: str, **fields: Any) -> Any:
        """Ask, and return the result, or the text of the refusal."""
        number = next(self.ids)
        await self.socket.send_json({"id": number, "do": action, **fields})
        while (told := await self.frame()).get("reply") != number:
            self.events.append(told)
        return told["result"] if "result" in told else told["error"]

    async def event(self, name: str) -> JSON:
        """Return the next event of a kind."""
        while True:
            for index, told in enumerate(self.events):
                if told.get("event") == name:
                    return self.events.pop(index)
            self.events.append(await self.frame())

    async def enter(self, person: Member, channel: Channel) -> Any:
        await self.ask("become", user=str(person.id))
        return await self.ask("enter", channel=str(channel.id))


@pytest.fixture
async def tab(sandbox: Sandbox, place: Home, session: aiohttp.ClientSession) -> AsyncIterator[Tab]:
    """A page that is opened when the place is there: it is told of what changes from then on."""
    async with session.ws_connect(sandbox.page_url + "page/live") as socket:
        yield Tab(socket)

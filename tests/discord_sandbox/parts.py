"""What the sandbox's tests share: a clock to turn, a guild, raw REST and a raw gateway."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from discord_sandbox import Channel, Guild, Member, Role, Sandbox
from discord_sandbox.gateway.intents import KNOWN

JSON = dict[str, Any]


@dataclass(slots=True)
class Home:
    """A guild with a channel, a role that moderates, and a member who has it."""

    guild: Guild
    channel: Channel
    moderators: Role
    mia: Member


def home(sandbox: Sandbox) -> Home:
    guild = sandbox.add_guild("Home")
    moderators = guild.add_role("Moderators", mentionable=True)
    channel = guild.add_text_channel("general")
    return Home(guild, channel, moderators, guild.add_member("mia", roles=[moderators]))


def filled(path: str, place: Home) -> str:
    return path.format(
        channel=place.channel.id,
        guild=place.guild.id,
        role=place.moderators.id,
        mia=place.mia.id,
    )


@dataclass(slots=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        return int(self.body["code"])

    @property
    def errors(self) -> Any:
        return self.body["errors"]


@dataclass(slots=True)
class Rest:
    """Raw requests with the bot's token."""

    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Sequence[tuple[str, bytes]] = (),
        token: str | None = None,
        query: Mapping[str, str] | None = None,
        data: Any = None,
    ) -> Answer:
        url = self.sandbox.api_base + path
        headers = {"Authorization": f"Bot {token or self.sandbox.token}"}
        content: JSON = {} if body is None else {"json": body}
        if data is not None:
            content = {"data": data}
        if files:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("payload_json", json.dumps(body))
            for index, (name, payload) in enumerate(files):
                form.add_field(f"files[{index}]", io.BytesIO(payload), filename=name)
            content = {"data": form}
        async with self.session.request(
            method, url, headers=headers, params=query, **content
        ) as response:
            text = await response.text()
            told = response.headers.get("Content-Type") == "application/json"
            return Answer(response.status, json.loads(text) if told else text, response.headers)


@dataclass(slots=True)
class Line:
    """A raw gateway connection without compression."""

    socket: aiohttp.ClientWebSocketResponse
    token: str
    seen: list[JSON] = field(default_factory=list)
    sequence: int = 0

    async def frame(self) -> JSON:
        message = await self.socket.receive(timeout=20)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        frame: JSON = json.loads(message.data)
        self.seen.append(frame)
        self.sequence = frame["s"] or self.sequence
        return frame

    async def event(self, name: str) -> JSON:
        while True:
            frame = await self.frame()
            if frame["t"] == name:
                data: JSON = frame["d"]
                return data

    async def op(self, number: int) -> Any:
        while (frame := await self.frame())["op"] != number:
            pass
        return frame["d"]

    async def closed(self) -> tuple[int, str]:
        while True:
            message = await self.socket.receive(timeout=20)
            if message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data), str(message.extra)
            if message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return self.socket.close_code or 1006, ""

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def identify(self, intents: int = KNOWN, **more: Any) -> JSON:
        await self.send(2, {"token": self.token, "intents": intents, "properties": {}, **more})
        return await self.event("READY")

    async def resume(self, session_id: str, sequence: int) -> None:
        data = {"token": self.token, "session_id": session_id, "seq": sequence}
        await self.send(6, data)


@dataclass(slots=True)
class Gateway:
    """Opens raw gateway connections."""

    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def __call__(self, query: str = "?v=10&encoding=json") -> Line:
        socket = await self.session.ws_connect(self.sandbox.gateway_url + query)
        return Line(socket, self.sandbox.token)

"""One gateway connection: hello, identify or resume, heartbeats, frames both ways."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from discord_sandbox.gateway import intents
from discord_sandbox.gateway.compression import encoder
from discord_sandbox.gateway.hub import Hub
from discord_sandbox.gateway.members import chunks
from discord_sandbox.gateway.outgoing import CLOSE_SECONDS, Outgoing
from discord_sandbox.gateway.sessions import Session, dumps
from discord_sandbox.rules import frames
from discord_sandbox.wire.reading import parse
from discord_sandbox.world.core import JSON

ANSWER_SECONDS = 0.015  # of a heartbeat; about what the real one takes
LARGEST = 64 * 1024  # Discord itself takes 4 KiB, but discord.py does not count its frames
SENDS_PER_MINUTE = 120  # https://discord.com/developers/docs/events/gateway#rate-limiting


class Closed(Exception):  # noqa: N818 - it is a close code on its way, not an error of ours
    """The gateway ends the connection with a close code and its reason."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(f"{code} {reason}")


class HeartbeatFault(Protocol):
    """What a connection needs to know of faults: whether heartbeats stay unanswered."""

    silent_heartbeats: bool


class Connection:
    """One client's connection.

    Args:
        hub: the sessions.
        faults: says whether heartbeats stay unanswered.
        interval: seconds between heartbeats.
    """

    def __init__(self, hub: Hub, faults: HeartbeatFault, interval: float) -> None:
        self.hub = hub
        self.faults = faults
        self.interval = interval
        self.session: Session | None = None
        self._socket = web.WebSocketResponse(
            timeout=CLOSE_SECONDS, max_msg_size=LARGEST, compress=False
        )
        self._outgoing = Outgoing(self._socket, self.abort)
        self._beaten_at = 0.0
        self._received: list[float] = []
        self._closing: int | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Run the connection from handshake to close."""
        await asyncio.sleep(self.hub.reconnect_throttle.wait())
        await self._socket.prepare(request)
        writer = asyncio.create_task(self._outgoing.run())
        try:
            self._open(request)
            await self._read()
        except Closed as closed:
            self.hub.reconnect_throttle.closed()
            self.close(closed.code, closed.reason)
        finally:
            self._watch("ended", json.dumps({"code": self._socket.close_code}))
            self._detach()
            self._outgoing.close(1000, "")
            await self._finish(writer)
        return self._socket

    def close(self, code: int, reason: str) -> None:
        """End the connection once what is queued has been sent."""
        self._watch("closed", json.dumps({"code": code, "reason": reason}))
        self._closing = self._closing or code
        self._outgoing.close(code, reason)

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        transport = self._socket._req.transport if self._socket._req else None  # noqa: SLF001 - aiohttp shows it nowhere else
        if transport:
            transport.abort()

    def send(self, frame: str) -> None:
        """Queue a frame."""
        self._watch("to bot", frame)
        self._outgoing.put(frame)

    def order(self, op: int, data: Any = None) -> None:
        """Queue a frame that is no dispatch."""
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def _watch(self, way: str, text: str) -> None:
        self.hub.watch(way, self.session.id if self.session else None, text)

    def _open(self, request: web.Request) -> None:
        query = request.query
        if query.get("v", "10") != "10":
            raise Closed(4012, f"Invalid API version: the sandbox speaks 10, not {query['v']}.")
        if query.get("encoding", "json") != "json":
            raise Closed(4002, "Decode error: the sandbox speaks JSON only.")
        if "compress" in query:
            try:
                self._outgoing.encode = encoder(query["compress"])
            except LookupError as error:
                raise Closed(4002, f"Decode error: {error}") from None
        self._beaten_at = asyncio.get_running_loop().time()
        self.order(10, {"heartbeat_interval": int(self.interval * 1000), "_trace": []})

    async def _read(self) -> None:
        while True:
            patience = self._beaten_at + 2 * self.interval - asyncio.get_running_loop().time()
            try:
                message = await self._socket.receive(timeout=max(patience, 0.001))
            except TimeoutError:
                raise Closed(4009, "Session timed out: no heartbeat.") from None
            if message.type is WSMsgType.BINARY:  # hikari sends its JSON so
                text = message.data.decode(errors="replace")
            elif message.type is WSMsgType.TEXT:
                text = message.data
            else:
                return
            self._watch("from bot", text)
            self._count()
            self._handle(text)

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        self._received = [at for at in self._received if now - at < 60] + [now]
        if len(self._received) > SENDS_PER_MINUTE:
            raise Closed(4008, "Rate limited.")

    def _handle(self, text: str) -> None:
        try:
            frame = parse(text)
            op, data = int(frame["op"]), frame.get("d")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Closed(4002, "Decode error.") from None
        handlers: dict[int, Callable[[Any], None]] = {
            1: self._heartbeat,
            2: self._identify,
            3: self._presence,
            4: self._voice,
            6: self._resume,
            8: self._request_members,
        }
        if op not in handlers:
            raise Closed(4001, f"Unknown opcode: {op}.")
        if self.session is None and op not in (1, 2, 6):
            raise Closed(4003, "Not authenticated.")
        if not frames.readable(op, data):
            raise Closed(4002, "Decode error.")
        handlers[op](data)

    def _heartbeat(self, data: Any) -> None:
        self._beaten_at = asyncio.get_running_loop().time()
        if not self.faults.silent_heartbeats:
            # discord.py takes the time after it has sent: an answer before that reads as 41 s.
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self.order, 11)

    def _identify(self, data: JSON) -> None:
        if self.session:
            raise Closed(4005, "Already authenticated.")
        self._authenticate(data)
        shard_id, shard_count = map(int, data.get("shard") or (0, 1))
        if not 0 <= shard_id < shard_count:
            raise Closed(4010, "Invalid shard.")
        asked = data.get("intents")
        if not isinstance(asked, int) or asked & ~intents.KNOWN:
            raise Closed(4013, "Invalid intent(s).")
        if intents.refused(asked, self.hub.world.application.flags):
            raise Closed(4014, "Disallowed intent(s).")
        if self.hub.identifies_left <= 0:
            self.hub.world.token = secrets.token_urlsafe(32)
            raise Closed(4004, "Authentication failed: too many identifies, the token is reset.")
        session = self.hub.start(asked, shard_id, shard_count)
        self._attach(session)
        self.hub.greet(session)

    def _resume(self, data: JSON) -> None:
        self._authenticate(data)
        session = self.hub.resumable(str(data.get("session_id")))
        missed = session.missed_since(int(data.get("seq") or 0)) if session else None
        if session is None or missed is None:
            self.order(9, False)
            return
        self._attach(session)
        for frame in missed:
            self.send(frame)
        session.dispatch("RESUMED", '{"_trace":[]}')

    def _authenticate(self, data: JSON) -> None:
        given = str(data.get("token", "")).removeprefix("Bot ")
        if given != self.hub.world.token:
            raise Closed(4004, "Authentication failed.")

    def _presence(self, data: JSON) -> None:
        """Accept a presence; the sandbox shows none."""

    def _voice(self, data: JSON) -> None:
        """Accept a voice state; the sandbox has no voice."""

    def _request_members(self, data: JSON) -> None:
        assert self.session is not None
        for chunk in chunks(self.hub.world, data, self.session.intents):
            self.session.dispatch("GUILD_MEMBERS_CHUNK", dumps(chunk))

    def _attach(self, session: Session) -> None:
        self.session = session
        session.send, session.lost_at = self.send, None
        self.hub.connections[session.id] = self

    def _detach(self) -> None:
        session = self.session
        if session is None or session.send != self.send:
            return
        session.send, session.lost_at = None, self.hub.world.clock()
        self.hub.connections.pop(session.id, None)
        if (self._closing or self._socket.close_code) in (1000, 1001):
            self.hub.end(session)

    async def _finish(self, writer: asyncio.Task[None]) -> None:
        """Wait for the writer; a client that does not read what is left is cut off."""
        try:
            await asyncio.wait({writer}, timeout=2 * CLOSE_SECONDS)
        finally:
            if not writer.done():
                self.abort()
        await writer

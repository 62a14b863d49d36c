"""Parts of a site → the real server of the dashboard, listening, and what a test asks it with."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from aiohttp import web

from services.debugcog.answers.published import Published, Shard
from services.debugcog.web.application import Site, dashboard_application, metrics_application
from services.debugcog.web.attempts import Attempts
from services.debugcog.web.binding import Binding, binding
from services.debugcog.web.codes import Codes
from services.debugcog.web.connections import Connections
from services.debugcog.web.entry import Entry
from services.debugcog.web.origins import Origins
from services.debugcog.web.questions import Ask
from services.debugcog.web.server import DashboardServer
from services.debugcog.web.sessions import Sessions
from tests.clock import Clock

TOKEN = "correct-horse-battery-staple"
SHARD = Shard(id=None, latency_ms=40.0, down_seconds=None)


def published(**parts: Any) -> Published:
    """Make what a healthy bot publishes now, with some parts of it otherwise."""
    now = Published(
        taken_at=time.time(),
        heartbeat=time.monotonic(),
        complete_at=time.monotonic(),
        name="Testbot",
        rules={},
        incidents=(),
        shards=(SHARD,),
        guilds=1,
        tasks=1,
        troubles=(),
    )
    return replace(now, **parts)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self) -> bytes:
        """Return the body."""
        return self.body

    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """Return what the body says."""
        return json.loads(self.body)


@dataclass
class Served:
    """A server that listens.

    Attributes:
        server: the one under test.
        codes: that let in.
        clock: of sessions, codes and failed logins.
        browser: keeps cookies, also those of an IP address.
    """

    server: DashboardServer
    codes: Codes
    clock: Clock
    browser: aiohttp.ClientSession

    @property
    def port(self) -> int:
        port = self.server.port()
        assert port is not None
        return port

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def get(self, path: str, **options: Any) -> Answer:
        """Ask, and read the answer to its end."""
        return await self._asked("GET", path, **options)

    async def post(self, path: str, **options: Any) -> Answer:
        """Send, and read the answer to its end."""
        return await self._asked("POST", path, **options)

    async def log_in(self, **options: Any) -> Answer:
        """Log in with a code of user 7."""
        answer = await self.post("/login", json={"code": self.codes.make("user_id=7")}, **options)
        assert answer.status == 204
        return answer

    async def raw(self, text: str | bytes, seconds: float = 10.0) -> bytes:
        """Send bytes as they are, and read until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(text.encode() if isinstance(text, str) else text)
        async with asyncio.timeout(seconds):
            answer = await reader.read()
        writer.close()
        return answer

    async def _asked(self, method: str, path: str, **options: Any) -> Answer:
        options = {"allow_redirects": False, **options}
        async with self.browser.request(method, f"{self.base}{path}", **options) as answer:
            return Answer(answer.status, answer.headers, await answer.read())


@contextlib.asynccontextmanager
async def served(
    *,
    token: str = TOKEN,
    public_url: str = "",
    bound: Binding | None = None,
    metrics_alone: bool = False,
    redact: Callable[[str], str] = lambda text: text,
    **parts: Any,
) -> AsyncIterator[Served]:
    """Serve a site; its parts are those of ``Site``."""
    clock = Clock()
    codes, origins = Codes(clock), Origins(public_url)
    site = Site(
        latest=parts.pop("latest", published),
        expose=parts.pop("expose", lambda accept: (b"up 1\n", "text/plain; version=0.0.4")),
        redact=redact,
        questions=parts.pop("questions", {"overview": one}),
        entry=Entry(*(token, codes, origins, Sessions(clock), Attempts(clock), Attempts(clock))),
        origins=origins,
        **parts,
    )
    make = metrics_application if metrics_alone else dashboard_application
    server = server_of(lambda connections: make(site, connections), bound)
    server.start()
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            await asyncio.to_thread(server.port)
            yield Served(server, codes, clock, browser)
    finally:
        await asyncio.to_thread(server.close)


async def one(published: Published, ask: Ask) -> object:
    """Answer a question with a number."""
    return {"value": 1}


def server_of(
    make: Callable[[Connections], web.Application], bound: Binding | None = None
) -> DashboardServer:
    """Make a server on a free port of this machine."""
    return DashboardServer(make, bound or binding("127.0.0.1", 0, ""))

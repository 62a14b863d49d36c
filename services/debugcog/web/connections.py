"""Connections of the server: so many at most, and none that keeps a place without a request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from aiohttp import web

from services.debugcog.guard import own_logger
from services.debugcog.web.headers import HEADERS, NO_STORE

log = own_logger("debugcog.web.http")

CONNECTIONS_MAX = 128
REQUEST_SECONDS = 10.0
"""From the connection to the end of the first request's headers."""
KEEPALIVE_SECONDS = 30.0
TAKE_SECONDS = 600.0
"""In which a client has to take an answer."""
LINGER_SECONDS = 0.5
"""In which the rest of a body that nobody wants is thrown away, before the connection is closed."""


class Connections:
    """All connections of one server; beyond the bound the one that waited longest makes room."""

    def __init__(self) -> None:
        self._waiting: dict[Connection, None] = {}
        self._busy: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._busy)

    def add(self, connection: Connection) -> None:
        """Take a new connection in, or close it where all others are at work."""
        self._waiting[connection] = None
        if len(self) > CONNECTIONS_MAX:
            next(iter(self._waiting)).abort()

    def remove(self, connection: Connection) -> None:
        """Forget a connection that was closed."""
        self._waiting.pop(connection, None)
        self._busy.discard(connection)

    def begin(self, connection: Connection) -> None:
        """Note that a request is being answered."""
        if connection in self._waiting:
            del self._waiting[connection]
            self._busy.add(connection)

    def end(self, connection: Connection) -> None:
        """Note that it was."""
        if connection in self._busy:
            self._busy.remove(connection)
            self._waiting[connection] = None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Note for each request that its connection is at work."""
        with connection_of(request).at_work():
            response: web.StreamResponse = await handler(request)
            return response


def nobody() -> None:
    """Tell of a request that nobody known has sent."""


class Connection(web.RequestHandler):
    """aiohttp's connection with a deadline, and with our own answer to what is no HTTP.

    Args:
        server: aiohttp's.
        connections: all of them.
        loop: the server's.

    Attributes:
        viewer: tells who sent the request that is being answered, as the audit log names them;
            None where nobody did who is known, or once their session has ended.
    """

    def __init__(
        self, server: web.Server, connections: Connections, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type]  # aiohttp takes it for "no log"
            logger=log,
        )
        self.viewer: Callable[[], str | None] = nobody
        self._connections = connections
        self._clock_loop = loop
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a place, and begin the time in which a request has to come."""
        super().connection_made(transport)
        self._limit(REQUEST_SECONDS)
        self._connections.add(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give the place back."""
        self._limit(None)
        self._connections.remove(self)
        super().connection_lost(exc)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep the connection while a request is answered; its client then has to take it."""
        self.viewer = nobody
        self._limit(None)
        self._connections.begin(self)
        try:
            yield
        finally:
            if self.transport is not None:
                self._connections.end(self)
                self._limit(TAKE_SECONDS)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Let the connection make room while its client has to send something."""
        self._connections.end(self)
        try:
            yield
        finally:
            self._connections.begin(self)

    def abort(self) -> None:
        """Close the connection at once, whatever waits to be sent."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp cannot read, without a line in the log for it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun")
        text = (
            "The request is not understood."
            if status < HTTPStatus.INTERNAL_SERVER_ERROR
            else "This answer failed."
        )
        response = web.json_response(
            {"error": text}, status=status, headers={**HEADERS, **NO_STORE}
        )
        response.force_close()
        return response

    def _limit(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = (
            None if seconds is None else self._clock_loop.call_later(seconds, self.abort)
        )


def connection_of(request: web.Request) -> Connection:
    """Return the connection that a request came on; it has one request at a time."""
    connection = request.protocol
    assert isinstance(connection, Connection)
    return connection

"""Send queue of one client: frames → its WebSocket; a client that stops reading is cut off."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from aiohttp import web

from discord_sandbox.gateway.compression import Encoder

STALL_SECONDS = 30.0
"""How long a client may read nothing while frames wait for it."""
BACKLOG = 64 * 1024 * 1024
"""Characters that may wait for a client; all guilds of a full shard have about 12 million."""
CLOSE_SECONDS = 2.0
Close = tuple[int, str]


class Outgoing:
    """The writing side of a connection.

    Args:
        socket: where frames go.
        cut: ends the connection without a word.
    """

    def __init__(self, socket: web.WebSocketResponse, cut: Callable[[], None]) -> None:
        self.encode: Encoder | None = None
        self._socket = socket
        self._cut = cut
        self._frames: deque[str] = deque()
        self._size = 0
        self._close: Close | None = None
        self._more = asyncio.Event()
        self._ended = False

    @property
    def size(self) -> int:
        """The characters that wait."""
        return self._size

    def put(self, frame: str) -> None:
        """Queue a frame; too many of them cut the client off, and its session can be resumed."""
        if self._ended or self._close:
            return
        self._frames.append(frame)
        self._size += len(frame)
        self._more.set()
        if self._size > BACKLOG:
            self._end()
            self._cut()

    def close(self, code: int, reason: str) -> None:
        """Close with a code once what waits has been sent."""
        self._close = self._close or (code, reason)
        self._more.set()

    async def run(self) -> None:
        """Write until the connection is closed, cut, or its client has stopped to read."""
        try:
            with contextlib.suppress(ConnectionError):
                await self._write()
        except TimeoutError:
            self._cut()
        finally:
            self._end()

    async def _write(self) -> None:
        while not self._ended:
            await self._more.wait()
            self._more.clear()
            while self._frames:
                frame = self._frames.popleft()
                self._size -= len(frame)
                async with asyncio.timeout(CLOSE_SECONDS if self._close else STALL_SECONDS):
                    await self._send(frame)
            if self._close:
                code, reason = self._close
                await self._socket.close(code=code, message=reason.encode())
                return

    async def _send(self, frame: str) -> None:
        if self.encode:
            await self._socket.send_bytes(self.encode(frame))
        else:
            await self._socket.send_str(frame)

    def _end(self) -> None:
        self._ended = True
        self._frames.clear()
        self._size = 0
        self._more.set()

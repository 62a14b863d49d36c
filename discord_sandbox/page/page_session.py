"""WebSocket session of one open page: actions → replies, world events → frames."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
from collections import deque
from collections.abc import Coroutine
from typing import Any

from aiohttp import WSMsgType, web

from discord_sandbox.page import feed, traffic, views
from discord_sandbox.page.actions import table
from discord_sandbox.page.page_context import PageContext
from discord_sandbox.page.viewer import Viewer, first_user
from discord_sandbox.wire.reading import parse
from discord_sandbox.world.core import JSON, Event, SandboxError

FRAME_LIMIT = 1 << 28  # bytes that the page may send at once: ten files in base64
BACKLOG = 5_000
"""Frames that wait for a slow page; beyond, they are dropped and it is asked to load anew."""
PULSE_SECONDS = 0.5
REDRAW_SECONDS = 0.05


class PageSession:
    """Server side of one open page.

    Args:
        context: the parts of the sandbox that the page uses.
    """

    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.viewer = Viewer(context, first_user(context.world))
        self._socket = web.WebSocketResponse(max_msg_size=FRAME_LIMIT, heartbeat=20, timeout=1)
        self._backlog: deque[str] = deque()
        self._waiting = asyncio.Event()
        self._stale = False
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Run the connection from handshake to close."""
        await self._socket.prepare(request)
        self.context.world.listeners.append(self._hear)
        for work in (self._write(), self._pulse()):
            self._begin(work)
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._begin(self._answer(message.data))
        finally:
            self.context.world.listeners.remove(self._hear)
            await self._end()
        return self._socket

    async def close(self) -> None:
        """Close the connection, with a code that says that the sandbox ends."""
        if self._socket.prepared:
            await self._socket.close(code=1001, message=b"The sandbox closes.")

    def tell(self, frame: JSON) -> None:
        """Send a frame, in order, without waiting."""
        if len(self._backlog) >= BACKLOG:
            self._backlog.clear()
            frame = {"event": "reload"}
        self._backlog.append(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))
        self._waiting.set()

    def redraw(self) -> None:
        """Send all but the messages anew, soon, and once for many changes."""
        if not self._stale:
            self._stale = True
            self._loop.call_later(REDRAW_SECONDS, self._drawn)

    def _drawn(self) -> None:
        self._stale = False
        shown = views.world(self.context.world, self.viewer.user, read_only=self.context.read_only)
        self.tell({"event": "world", "world": shown})

    def _hear(self, event: Event) -> None:
        if feed.changes_structure(event):
            self.redraw()
            return
        here = self.viewer.channel
        frame = feed.frame(self.context.world, self.viewer.user, here.id if here else None, event)
        if frame:
            self.tell(frame)

    async def _answer(self, text: str) -> None:
        frame: Any = None
        try:
            frame = parse(text)
            if self.context.read_only and frame["do"] not in table.IN_REPLAY:
                raise SandboxError("this is a replay: it can be looked at only")
            result = table.ACTIONS[frame["do"]](self.viewer, frame)
            result = await result if inspect.isawaitable(result) else result
            self.tell({"reply": frame["id"], "result": result})
        except SandboxError as error:
            self._refuse(frame, str(error))
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            self._refuse(frame, f"the page asked for what cannot be: {error!r}")

    def _refuse(self, frame: Any, text: str) -> None:
        asked = frame.get("id") if isinstance(frame, dict) else None
        self.tell({"reply": asked, "error": text})

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self._waiting.wait()
                while self._backlog:
                    await self._socket.send_str(self._backlog.popleft())
                self._waiting.clear()

    async def _pulse(self) -> None:
        last: JSON = {}
        while True:
            status = traffic.status(self.context)
            if status != last:
                self.tell({"event": "status", "status": status})
            last = status
            await asyncio.sleep(PULSE_SECONDS)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""Answers that go on: so many at once, and each ends with the session of its viewer."""

from __future__ import annotations

import asyncio

from aiohttp import web

from services.debugcog.web.api import Handler
from services.debugcog.web.connections import connection_of
from services.debugcog.web.questions import RefusedError

STREAMS_MAX = 20
LOOK_SECONDS = 1.0
"""Between two looks at the session."""


class ViewerLeftError(ConnectionResetError):
    """A stream is broken off: its viewer has logged out or closed the page."""


class Streams:
    """Counts the streams of one server."""

    def __init__(self) -> None:
        self._open = 0

    def bounded(self, handler: Handler) -> Handler:
        """Wrap the handler of a stream."""

        async def handle(request: web.Request) -> web.StreamResponse:
            if self._open >= STREAMS_MAX:
                text = f"{STREAMS_MAX} live logs are open already. Close another one first."
                raise RefusedError(503, text)
            self._open += 1
            try:
                return await _until_viewer_leaves(request, handler)
            finally:
                self._open -= 1

        return handle


async def _until_viewer_leaves(request: web.Request, handler: Handler) -> web.StreamResponse:
    task, connection = asyncio.ensure_future(handler(request)), connection_of(request)
    try:
        while not task.done() and connection.viewer() and request.transport is not None:
            await asyncio.wait((task,), timeout=LOOK_SECONDS)
    finally:
        task.cancel()
        await asyncio.wait((task,))
    if task.cancelled():
        raise ViewerLeftError
    return task.result()

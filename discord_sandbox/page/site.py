"""The page's files and its WebSocket → routes of an aiohttp application."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from discord_sandbox.page.guard import HEADERS, guarded
from discord_sandbox.page.page_context import Desk
from discord_sandbox.page.page_session import Visitor

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Site:
    """The page of one sandbox, at ``/``; its files and its socket are below ``/page/``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._visitors: set[Visitor] = set()
        self.index = guarded(self._index)

    def add_to(self, application: web.Application) -> None:
        """Put the routes into an aiohttp application; ``/`` itself is the gateway's to give."""
        application.router.add_get("/page/live", guarded(self._live))
        application.router.add_get(r"/page/{name:[a-z_]+\.[a-z]+}", guarded(self._file))

    async def close(self) -> None:
        """Close every open page's connection."""
        for visitor in tuple(self._visitors):
            await visitor.close()

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["name"])

    async def _live(self, request: web.Request) -> web.StreamResponse:
        visitor = Visitor(self._desk)
        self._visitors.add(visitor)
        try:
            return await visitor.serve(request)
        finally:
            self._visitors.discard(visitor)


def _file(name: str) -> web.StreamResponse:
    path = STATIC / name
    if path.suffix not in TYPES or not path.is_file():
        return web.Response(status=404, text="There is no such file.\n", headers=HEADERS)
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": TYPES[path.suffix]})

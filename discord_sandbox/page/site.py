"""HTTP routes of the page: its static files and its WebSocket."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from discord_sandbox.page.guard import HEADERS, guarded
from discord_sandbox.page.page_context import PageContext
from discord_sandbox.page.page_session import PageSession

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Site:
    """The page of one sandbox, at ``/``; its files and its socket are below ``/page/``."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._sessions: set[PageSession] = set()
        self.index = guarded(self._index)

    def add_to(self, application: web.Application) -> None:
        """Put the routes into an aiohttp application; ``/`` itself is the gateway's to give."""
        application.router.add_get("/page/live", guarded(self._live))
        application.router.add_get(r"/page/{name:[a-z_]+\.[a-z]+}", guarded(self._file))

    async def close(self) -> None:
        """Close every open page's connection."""
        for session in tuple(self._sessions):
            await session.close()

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return _file("index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return _file(request.match_info["name"])

    async def _live(self, request: web.Request) -> web.StreamResponse:
        session = PageSession(self._context)
        self._sessions.add(session)
        try:
            return await session.serve(request)
        finally:
            self._sessions.discard(session)


def _file(name: str) -> web.StreamResponse:
    path = STATIC / name
    if path.suffix not in TYPES or not path.is_file():
        return web.Response(status=404, text="There is no such file.\n", headers=HEADERS)
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": TYPES[path.suffix]})

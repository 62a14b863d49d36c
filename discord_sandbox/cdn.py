"""Signed path of an attachment → its bytes, until the address expires."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from discord_sandbox.world.world import World

GONE = "This content is no longer available."
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""A file that is a page must not act as the sandbox's own page, whose host it shares."""


class Cdn:
    """The files of one sandbox.

    Args:
        world: has the files.
        refuse: cuts a request that comes during an outage.
    """

    def __init__(self, world: World, refuse: Callable[[web.Request], None]) -> None:
        self._world = world
        self._refuse = refuse

    def add_to(self, application: web.Application) -> None:
        """Put the routes into an aiohttp application."""
        tail = "/{channel_id:[0-9]{1,20}}/{attachment_id:[0-9]{1,20}}/{filename}"
        for kind in ("attachments", "ephemeral-attachments"):
            application.router.add_get(f"/{kind}{tail}", self._file)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self._refuse(request)
        found = self._world.attachments.get(int(request.match_info["attachment_id"]))
        signed = self._world.signer.valid(request.path, request.query)
        if found is None or found.path != request.path or not signed:
            return web.Response(status=404, text=GONE)
        return web.Response(body=found.data, content_type=found.content_type, headers=HEADERS)

"""The dashboard's own files, read once; a request names one of them, and never a path."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from services.debugcog.frozen import frozen
from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.questions import RefusedError

FOLDER = Path(__file__).with_name("static")
PAGE = "index.html"
TYPES: Mapping[str, str] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
"""Kinds of files that are served."""


@frozen
class StaticFile:
    """One file: its bytes, type, and a tag that changes with it."""

    body: bytes
    kind: str
    tag: str


class StaticFiles:
    """Serves the files of our own folder.

    Args:
        folder: it is listed when this is made.

    Raises:
        OSError: a file cannot be read.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.name: _read(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES
        }

    async def page(self, request: web.Request) -> web.Response:
        """Answer with the one page; its script shows the part that the address names."""
        page = self._files[PAGE]
        return web.Response(
            body=page.body, content_type=page.kind, charset="utf-8", headers=NO_STORE
        )

    async def file(self, request: web.Request) -> web.Response:
        """Answer with a file, or that it has not changed."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise RefusedError(404, "There is no such file.")
        headers = {"ETag": found.tag, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == found.tag:
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=found.body, content_type=found.kind, charset="utf-8", headers=headers
        )


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(body, TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:32]}"')

"""aiohttp request → 403, unless it comes from this machine and the sandbox's own page.

A page of another site must neither read the sandbox by DNS rebinding (the Host header would name
that site) nor open its WebSocket (the Origin header would).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
HOST = re.compile(r"(\[[^\[\]@]+\]|[^:@]+)(?::\d+)?")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Wrap a handler: strangers are refused, every answer has the headers."""

    async def serve(request: web.Request) -> web.StreamResponse:
        if not (_is_loopback(request.remote or "") and _is_ours(request)):
            text = "The page is for this machine only: open it at http://127.0.0.1.\n"
            return web.Response(status=403, text=text, headers=HEADERS)
        return await handler(request)

    return serve


def _is_ours(request: web.Request) -> bool:
    """Return whether the browser addressed this machine, on behalf of our own page."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        return False
    found = HOST.fullmatch(request.host)
    return found is not None and (found[1] == "localhost" or _is_loopback(found[1].strip("[]")))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False

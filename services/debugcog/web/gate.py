"""Request → through to its handler, or refused: host, origin, size, and who sends it."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from services.debugcog.web.api import Handler
from services.debugcog.web.connections import connection_of
from services.debugcog.web.entry import Entry
from services.debugcog.web.origins import Origins
from services.debugcog.web.questions import RefusedError
from services.debugcog.web.reading import check_length

LOGIN = "/login"
PAGES = ("/", "/performance", "/runtime", "/users", "/logs")
HEALTH = ("/healthz", "/readyz")
"""Asked by another container's name for us, or by none: no site learns anything from them."""
OPEN = ("/login", "/logout", *HEALTH)
"""Paths that need no login; everything else does, but the static files."""
STATIC = "/static/"
SAFE = ("GET", "HEAD")
NOT_OURS = (
    "This server does not go by that name: open it by its IP address, or set DASHBOARD_PUBLIC_URL."
)
FOREIGN = "This request comes from a page of another site. Open the dashboard itself."
LOG_IN = "Log in first: run /debug dashboard in Discord, or send DASHBOARD_TOKEN as a bearer."


class Gate:
    """Looks at every request before its handler.

    Args:
        origins: which addresses are ours.
        entry: who is logged in.
        metrics_open: whether ``/metrics`` needs no login: it is served alone, to this machine.
    """

    def __init__(self, origins: Origins, entry: Entry, *, metrics_open: bool = False) -> None:
        self._origins = origins
        self._entry = entry
        self._open = (*OPEN, "/metrics") if metrics_open else OPEN

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request through, or raise ``RefusedError``."""
        check_length(request)
        is_open = request.path in self._open or request.path.startswith(STATIC)
        if not self._is_host(request) and not self._goes_by_any_name(request):
            raise RefusedError(421, NOT_OURS)
        if request.method not in SAFE and not self._origins.is_own(request.headers):
            raise RefusedError(403, FOREIGN)
        if is_open:
            return await handler(request)
        viewer = self._entry.viewer(request)
        if viewer is None:
            return self._stranger(request)
        connection_of(request).viewer = viewer
        return await handler(request)

    def _is_host(self, request: web.Request) -> bool:
        hosts = request.headers.getall("Host", [])
        return len(hosts) == 1 and self._origins.is_host(hosts[0])

    def _goes_by_any_name(self, request: web.Request) -> bool:
        """A page that reaches us by DNS rebinding has no bearer; Prometheus may use any name."""
        if request.path == "/metrics":
            return self._entry.has_token(request)
        return request.path in HEALTH

    def _stranger(self, request: web.Request) -> web.StreamResponse:
        if request.path in PAGES and request.method in SAFE:
            raise web.HTTPFound(_login_before(request.path_qs))
        raise RefusedError(401, LOG_IN)


def _login_before(page: str) -> str:
    """Return the address of the login, which leads back to a page with its range and filters."""
    return LOGIN if page == "/" else f"{LOGIN}?next={quote(page, safe='')}"

"""Metrics → ``/metrics``, as Prometheus and its like ask for it."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from services.debugcog.web.headers import NO_STORE
from services.debugcog.web.workers import Workers

Expose = Callable[[str], tuple[bytes, str]]
"""Makes a body and its content type for an Accept header; may raise ``RefusedError``."""


class Scraping:
    """Answers ``/metrics``.

    Args:
        expose: makes the metrics; called on a thread of ``workers``.
        workers: compute answers.
    """

    def __init__(self, expose: Expose, workers: Workers) -> None:
        self._expose = expose
        self._workers = workers

    async def metrics(self, request: web.Request) -> web.Response:
        """Answer with all metrics."""
        accept = request.headers.get("Accept", "")
        body, kind = await self._workers.run(lambda: self._expose(accept))
        return web.Response(body=body, headers={**NO_STORE, "Content-Type": kind})

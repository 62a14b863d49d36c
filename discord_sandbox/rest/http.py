"""aiohttp request → Call → route → response, for every request of the REST API."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web

from discord_sandbox.rest import bodies
from discord_sandbox.rest.call import Answer, App, Call, Route, Upload
from discord_sandbox.rest.ratelimits import RateLimits
from discord_sandbox.rest.records import Request
from discord_sandbox.rules.refusals import Issue, Refusal, invalid, refuse

PREFIX = "/api/v10"
DIGITS = 20  # of a 64-bit id


@dataclass(slots=True)
class RequestContext:
    """One request on its way: what has been learnt of it so far."""

    request: web.Request
    route: Route | None
    started: float = field(default_factory=time.perf_counter)
    ids: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    body: Any = None
    uploads: tuple[Upload, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


class FaultInjector(Protocol):
    """What the API needs of faults."""

    async def inject(self, request: web.Request, path: str) -> Answer | None:
        """Apply the fault that is due; return the answer that replaces the request's own."""

    async def abandon(self, request: web.Request, answer: Answer) -> None:
        """Leave a request without the answer, whose status is 0."""


class Api:
    """The REST API of one sandbox.

    Args:
        app: the parts that routes use.
        routes: all routes.
        limits: the rate limits.
        faults: what goes wrong on purpose.
        watch: is given method, path, body and query of every request, before anything happens
            to it; the path is as it was sent, below ``/api/v10``.
        record: is given every request with its answer.
    """

    def __init__(
        self,
        app: App,
        routes: Iterable[Route],
        limits: RateLimits,
        faults: FaultInjector,
        watch: Callable[[str, str, Any, Iterable[tuple[str, str]]], None],
        record: Callable[[Request], None],
    ) -> None:
        self.app = app
        self.limits = limits
        self._faults = faults
        self._watch = watch
        self._record = record
        self._routes = tuple(routes)

    def add_to(self, application: web.Application) -> None:
        """Put the routes into an aiohttp application."""
        for route in self._routes:
            application.router.add_route(route.method, PREFIX + route.path, self._server(route))
        application.router.add_route("*", "/api/{rest:.*}", self._unknown)

    def _server(self, route: Route) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            context = RequestContext(request, route)
            refused = await self._read(context)
            answer = await self._faults.inject(request, request.path.removeprefix(PREFIX))
            if answer is not None and not answer.status:
                self._note(context, Answer(0))
                await self._faults.abandon(request, answer)
            if answer is not None and answer.taken and refused is None:
                with contextlib.suppress(Refusal):
                    self._answer(context, route)
            try:
                answer = answer or refused or self._answer(context, route)
            except Refusal as refusal:
                answer = _error_answer(refusal)
            return self._finish(context, answer)

        return serve

    async def _read(self, context: RequestContext) -> Answer | None:
        """Read the body, which is looked at and recorded whatever becomes of the request."""
        refused = None
        try:
            context.body, context.uploads = await bodies.read(context.request)
        except Refusal as refusal:
            refused = _error_answer(refusal)
        url = context.request.rel_url
        path = url.raw_path.removeprefix(PREFIX)
        self._watch(context.request.method, path, context.body, url.query.items())
        return refused

    def _answer(self, context: RequestContext, route: Route) -> Answer:
        context.ids, context.texts = _path(context.request.match_info)
        context.headers, refused = self.limits.take(route, {**context.ids, **context.texts})
        if refused:
            return refused
        if (
            route.bot
            and context.request.headers.get("Authorization") != f"Bot {self.app.world.token}"
        ):
            raise refuse(0)
        query = dict(context.request.query)
        call = Call(self.app, context.ids, query, context.body, context.uploads, context.texts)
        result = route.handler(call)
        if isinstance(result, Answer):
            return result
        return Answer(204) if result is None else Answer(200, result)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        """Answer what is no route of the sandbox: 404 as Discord does, but saying why."""
        text = f"404: Not Found (the sandbox has no {request.method} {request.path})"
        context = RequestContext(request, None)
        await self._read(context)
        return self._finish(context, Answer(404, {"message": text, "code": 0}))

    def _finish(self, context: RequestContext, answer: Answer) -> web.Response:
        self.limits.answered(answer.status, answer.headers.get("X-RateLimit-Scope"))
        self._note(context, answer)
        return _response(answer, context.headers)

    def _note(self, context: RequestContext, answer: Answer) -> None:
        request = context.request
        self._record(
            Request(
                at=self.app.world.clock(),
                method=request.method,
                path=request.path.removeprefix(PREFIX),
                route=context.route.path if context.route else "",
                query=dict(request.query),
                body=context.body,
                files=context.uploads,
                status=answer.status,
                answer=answer.body,
                took=time.perf_counter() - context.started,
            )
        )


def _error_answer(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.body())


def _path(found: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    ids: dict[str, int] = {}
    texts: dict[str, str] = {}
    for name, value in found.items():
        if not name.endswith("_id"):
            texts[name] = value
        elif value.isdecimal() and len(value) <= DIGITS:
            ids[name] = int(value)
        else:
            text = f'Value "{value}" is not snowflake.'
            raise invalid([Issue((name,), "NUMBER_TYPE_COERCE", text)])
    return ids, texts


def _response(answer: Answer, more: Mapping[str, str]) -> web.Response:
    if answer.text is not None:  # from Cloudflare, in front of Discord: without Via
        headers = {"Content-Type": "text/plain; charset=utf-8", **answer.headers}
        return web.Response(status=answer.status, body=answer.text.encode(), headers=headers)
    headers = {"Via": "1.1 sandbox", **more, **answer.headers}
    if isinstance(answer.body, dict) and "retry_after" in answer.body:
        headers["Retry-After"] = str(answer.body["retry_after"])
    if answer.body is None:
        return web.Response(status=answer.status, headers=headers)
    headers["Content-Type"] = "application/json"
    body = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(status=answer.status, body=body, headers=headers)

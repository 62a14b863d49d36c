"""Parts of the dashboard → its aiohttp application: pages, login, API, health, metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from aiohttp import web

from services.debugcog.answers.published import Published
from services.debugcog.frozen import frozen
from services.debugcog.web.api import Api, Handler
from services.debugcog.web.connections import Connections
from services.debugcog.web.entry import Entry
from services.debugcog.web.gate import PAGES, Gate
from services.debugcog.web.headers import HEADERS
from services.debugcog.web.health import Health
from services.debugcog.web.origins import Origins
from services.debugcog.web.questions import Question
from services.debugcog.web.reading import BODY_MAX
from services.debugcog.web.refusals import Refusals
from services.debugcog.web.scraping import Expose, Scraping
from services.debugcog.web.static_files import StaticFiles
from services.debugcog.web.streams import Streams
from services.debugcog.web.workers import Workers


@frozen(kw_only=True)
class Site:
    """What a server serves.

    Attributes:
        latest: what the bot's thread published last.
        frame: makes what every page shows around its answer.
        questions: by their path below ``/api/v1/``, which may have parts like ``{id}``.
        tables: by their path below ``/api/v1/``: questions whose answer is a ``CsvFile``.
        handlers: by their path below ``/api/v1/``: what is no question, such as a download.
        streams: by their path below ``/api/v1/``: answers that go on until the viewer leaves.
        expose: makes ``/metrics``.
        redact: hides secrets.
        entry: who gets in.
        origins: which addresses are ours.
        metrics_open: whether ``/metrics`` needs no login.
    """

    latest: Callable[[], Published | None]
    expose: Expose
    redact: Callable[[str], str]
    entry: Entry
    origins: Origins
    frame: Callable[[Published], object] = field(default=lambda published: None)
    questions: Mapping[str, Question] = field(default_factory=dict)
    tables: Mapping[str, Question] = field(default_factory=dict)
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    streams: Mapping[str, Handler] = field(default_factory=dict)
    metrics_open: bool = False


def dashboard_application(site: Site, connections: Connections) -> web.Application:
    """Make the application with everything.

    Raises:
        OSError: a static file cannot be read.
    """
    workers = Workers()
    app = _application(site, connections, workers)
    api = Api(latest=site.latest, frame=site.frame, redact=site.redact, workers=workers)
    files = StaticFiles()
    for path in (*PAGES, "/login"):
        app.router.add_get(path, files.page)
    app.router.add_get("/static/{name}", files.file)
    app.router.add_post("/login", site.entry.login)
    app.router.add_post("/logout", site.entry.logout)
    for path, question in site.questions.items():
        app.router.add_get(f"/api/v1/{path}", api.handler(question))
    for path, table in site.tables.items():
        app.router.add_get(f"/api/v1/{path}", api.download(table))
    for path, handler in site.handlers.items():
        app.router.add_get(f"/api/v1/{path}", handler)
    streams = Streams()
    for path, handler in site.streams.items():
        app.router.add_get(f"/api/v1/{path}", streams.bounded(handler), allow_head=False)
    return app


def metrics_application(site: Site, connections: Connections) -> web.Application:
    """Make the application of METRICS_PORT: ``/metrics``, ``/healthz`` and ``/readyz`` alone."""
    return _application(site, connections, Workers())


def _application(site: Site, connections: Connections, workers: Workers) -> web.Application:
    gate = Gate(site.origins, site.entry, metrics_open=site.metrics_open)
    app = web.Application(
        client_max_size=BODY_MAX,
        middlewares=(connections.middleware, Refusals().middleware, gate.middleware),
    )
    health = Health(site.latest)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/metrics", Scraping(site.expose, workers).metrics)
    app.on_response_prepare.append(_with_headers)
    app.on_cleanup.append(lambda _: _closed(workers))
    return app


async def _with_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    if response.content_type == "text/event-stream":
        response.headers["X-Accel-Buffering"] = "no"  # else nginx keeps it back


async def _closed(workers: Workers) -> None:
    workers.close()

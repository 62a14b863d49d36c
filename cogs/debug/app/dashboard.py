"""Answers → server of the web dashboard or of the metrics alone; imported only where one is on."""

from __future__ import annotations

import dataclasses
from functools import partial

from cogs.debug.app.dashboard_parts import Parts
from cogs.debug.app.exposing import Exposing
from cogs.debug.features.dashboard.reply import Invitation
from services.debugcog.answers.command_rows import CommandRow
from services.debugcog.answers.commands import commands as commands_answer
from services.debugcog.answers.errors import errors
from services.debugcog.answers.frame import frame
from services.debugcog.answers.incidents import incidents
from services.debugcog.answers.memory import memory
from services.debugcog.answers.metric import metric
from services.debugcog.answers.metrics import metrics
from services.debugcog.answers.models import ModelRow
from services.debugcog.answers.overview import overview
from services.debugcog.answers.performance import performance
from services.debugcog.answers.published import Published
from services.debugcog.answers.sharing import Shared
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.web.application import Site, dashboard_application, metrics_application
from services.debugcog.web.binding import Binding, binding
from services.debugcog.web.bot_loop import BotLoop
from services.debugcog.web.codes import CODE_SECONDS, Codes
from services.debugcog.web.csv_files import CsvFile, chart_file, columns_of, rows_file
from services.debugcog.web.entry import Entry
from services.debugcog.web.log_routes import LogRoutes
from services.debugcog.web.origins import Origins, base_of
from services.debugcog.web.questions import Ask, Question
from services.debugcog.web.runtime_routes import RuntimeRoutes, RuntimeSources
from services.debugcog.web.server import DashboardServer, address
from services.debugcog.web.user_routes import UserRoutes

STARTING_SECONDS = 0.5
"""That the command waits for a server that is just starting."""


@frozen
class Dashboard:
    """A server and the codes that let in.

    Attributes:
        server: runs on a thread of its own.
        codes: None where only the metrics are served.
        public_url: DASHBOARD_PUBLIC_URL.
    """

    server: DashboardServer
    codes: Codes | None
    public_url: str = ""

    def start(self) -> None:
        """Start the server and return at once."""
        self.server.start()

    def close(self) -> None:
        """End the server."""
        self.server.close()

    def port(self) -> int | None:
        """Return the port that it listens on, waiting for it; None where it could not listen."""
        return self.server.port()

    def invitation(self, viewer: str) -> Invitation | None:
        """Make a one-time code and say where it is to be used; None where there is no page."""
        if self.codes is None:
            return None
        try:
            port = self.server.port(STARTING_SECONDS)
        except TimeoutError:
            return Invitation(trouble="it is still starting. Run the command again.")
        if port is None or self.server.trouble:
            return Invitation(trouble=self.server.trouble)
        here = address(self.server.binding.host, port)
        return Invitation(
            base=self.public_url or here,
            code=self.codes.make(viewer),
            seconds=CODE_SECONDS,
            only_here=not self.public_url and self.server.binding.only_here,
            port=port,
            token=bool(self.server.binding.token),
        )


def dashboard(parts: Parts) -> Dashboard:
    """Build the server of the dashboard."""
    settings, codes, logs = parts.settings, Codes(), LogRoutes(parts.logs)
    bound = binding(settings.dashboard_host, settings.dashboard_port, settings.dashboard_token)
    site = dataclasses.replace(
        _site(parts, bound, codes),
        questions={
            **questions(parts.sources),
            **logs.questions(),
            **UserRoutes(parts.users).questions(),
            **RuntimeRoutes(_runtime(parts)).questions(),
        },
        tables=tables(parts.sources),
        handlers=logs.handlers(),
        streams=logs.streams(),
    )
    server = DashboardServer(partial(dashboard_application, site), bound)
    return Dashboard(server, codes, base_of(settings.dashboard_public_url))


def metrics_only(parts: Parts, port: int) -> Dashboard:
    """Build the server of ``/metrics`` alone."""
    settings = parts.settings
    bound = binding(settings.dashboard_host, port, settings.dashboard_token, "METRICS_PORT")
    application = partial(metrics_application, _site(parts, bound, Codes()))
    return Dashboard(DashboardServer(application, bound, "Metrics"), codes=None)


def questions(sources: Sources) -> dict[str, Question]:
    """Map what is asked below ``/api/v1/`` to what answers it."""
    at_a_glance = Shared(partial(overview, sources))
    in_detail = Shared(partial(performance, sources))
    return {
        "overview": lambda published, ask: at_a_glance(published, ask.window),
        "performance": lambda published, ask: in_detail(published, ask.window),
        "commands": lambda published, ask: commands_answer(
            *(sources, published, ask.window, ask.text("find"))
        ),
        "metrics": lambda published, ask: metrics(sources, published, ask.window),
        "metric": lambda published, ask: metric(
            *(sources, published, ask.window, ask.text("name"), ask.text("by"))
        ),
        "memory": lambda published, ask: memory(sources, published, ask.window),
        "errors": lambda published, ask: errors(sources),
        "incidents": lambda published, ask: incidents(sources, published),
    }


def tables(sources: Sources) -> dict[str, Question]:
    """Map the CSV files below ``/api/v1/`` to what makes them."""

    async def chart(published: Published, ask: Ask) -> CsvFile:
        charts = (await performance(sources, published, ask.window)).charts
        key = ask.choice("chart", tuple(charts), "response_time")
        return chart_file(f"{key}-{ask.window}", charts[key])

    async def commands(published: Published, ask: Ask) -> CsvFile:
        rows = (await performance(sources, published, ask.window)).commands
        return rows_file(f"commands-{ask.window}", columns_of(CommandRow), rows)

    async def models(published: Published, ask: Ask) -> CsvFile:
        rows = sources.models(ask.window).models if sources.models else ()
        return rows_file(f"models-{ask.window}", columns_of(ModelRow), rows)

    return {
        "performance.csv": chart,
        "performance.commands.csv": commands,
        "performance.models.csv": models,
    }


def _runtime(parts: Parts) -> RuntimeSources:
    sources, upkeep = parts.sources, parts.upkeep
    return RuntimeSources(
        sources=sources,
        gateway=upkeep.sources,
        watch=upkeep.watch,
        loops=parts.loops,
        files=upkeep.files,
        bot=BotLoop(parts.bot_loop, lambda: sources.stalled() is not None),
    )


def _site(parts: Parts, bound: Binding, codes: Codes) -> Site:
    origins = Origins(parts.settings.dashboard_public_url)

    def latest() -> Published | None:
        return parts.publisher.latest

    return Site(
        latest=latest,
        frame=partial(frame, parts.sources),
        expose=Exposing(parts.sources, latest, parts.redact, parts.settings.process_name),
        redact=parts.redact,
        entry=Entry(bound.token, codes, origins),
        origins=origins,
        metrics_open=bound.key == "METRICS_PORT" and not bound.token,
    )

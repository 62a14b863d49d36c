"""Runtime → the sources of a support bundle, each with what it reads."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

from cogs.debug.app.runtime import Runtime
from services.debugcog.answers.config import ConfigAnswer
from services.debugcog.answers.gateway import gateway
from services.debugcog.answers.incidents import incidents
from services.debugcog.answers.log_extract import log_extract
from services.debugcog.answers.loop import loop
from services.debugcog.answers.memory import memory
from services.debugcog.answers.metrics import metrics
from services.debugcog.answers.overview import overview
from services.debugcog.answers.tasks import tasks
from services.debugcog.bundle.collect import Source
from services.debugcog.bundle.part import Part, chart_parts, json_part, text_part
from services.debugcog.bundle.series import export
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.diagnosis.findings import Check
from services.debugcog.diagnosis.runner import run
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.sentences import place, title
from services.debugcog.logfile.filter import LogFilter
from services.debugcog.tasks.loop_row import Loops
from services.debugcog.threads import in_thread
from services.debugcog.units import utc_time
from services.debugcog.version import __version__
from services.debugcog.windows import Window

PACKAGES = ("discord.py", "aiohttp", "matplotlib", "psutil", "python-dotenv", "pyinstrument")
GROUPS_MAX = 50
CRASHES_MAX = 20
SERIES_BYTES = 4 * 1024 * 1024
"""Of the metrics, before they are packed."""


class Bundling:
    """Makes the sources.

    Args:
        runtime: started.
        loops: of the bot.
        checks: of /debug diagnose.
        config: reads what is in force.
    """

    def __init__(
        self,
        runtime: Runtime,
        loops: Loops,
        checks: Callable[[], Sequence[Check]],
        config: Callable[[], Awaitable[ConfigAnswer]],
    ) -> None:
        self._runtime = runtime
        self._loops = loops
        self._checks = checks
        self._config = config

    def sources(self, window: Window) -> tuple[Source, ...]:
        """List the sources, the most important first."""
        it = self._runtime
        sources, publisher = it.sources, it.publisher
        return (
            Source("Versions and environment", self._environment),
            Source(
                "Overview",
                partial(
                    self._answer, "overview", lambda: overview(sources, publisher.now(), window)
                ),
            ),
            Source("Settings", partial(self._answer, "settings", self._config)),
            Source(
                "Rules and incidents",
                partial(self._answer, "incidents", lambda: incidents(sources, publisher.now())),
            ),
            Source("Errors", self._errors),
            Source("Crashes", partial(self._answer, "crashes", self._crashes)),
            Source("Log", self._log),
            Source("Findings", partial(self._answer, "findings", self._findings)),
            Source("Tasks and loops", partial(self._answer, "tasks", self._tasks)),
            Source(
                "Gateway",
                partial(
                    self._answer,
                    "gateway",
                    lambda: gateway(sources, it.upkeep.sources, publisher.now(), window),
                ),
            ),
            Source("Charts", partial(self._charts, window)),
            Source("Metrics", partial(self._metrics, window)),
        )

    async def _answer(self, name: str, ask: Callable[[], Awaitable[object]]) -> Sequence[Part]:
        found, redact = await ask(), self._runtime.redact
        return (await in_thread(partial(json_part, name, name.capitalize(), found, redact)),)

    async def _environment(self) -> Sequence[Part]:
        it = self._runtime
        uptime, guilds = it.process.uptime, len(it.bot.guilds)

        def work() -> Sequence[Part]:
            told = {
                "DebugCog": __version__,
                "Python": sys.version,
                "platform": platform.platform(),
                "release of the bot": it.settings.release,
                "uptime in seconds": round(uptime),
                "servers": guilds,
                "packages": dict(_versions()),
            }
            return (json_part("environment", "Versions and environment", told, it.redact),)

        return await in_thread(work)

    async def _errors(self) -> Sequence[Part]:
        groups, redact = await self._runtime.errors.store.groups(GROUPS_MAX), self._runtime.redact
        texts = map(_error, groups)
        return (
            await in_thread(lambda: text_part("errors", "Errors, the latest first", texts, redact)),
        )

    async def _crashes(self) -> object:
        return await self._runtime.alerting.service.crashes(CRASHES_MAX)

    async def _log(self) -> Sequence[Part]:
        reading = self._runtime.log_reading
        found = await reading(partial(log_extract, reading.source(), LogFilter()))
        whole = "Log" if found.is_whole else "Log, its last lines"
        return (Part("log.txt", whole, found.text),)

    async def _findings(self) -> object:
        return await run(self._checks(), lambda _: None)

    async def _tasks(self) -> object:
        upkeep = self._runtime.upkeep
        return await tasks(upkeep.watch, await self._loops.rows(), upkeep.files)

    async def _charts(self, window: Window) -> Sequence[Part]:
        it = self._runtime
        sources, published = it.sources, it.publisher.now()
        charts: dict[str, ChartSpec] = {
            "response_time": (await metrics(sources, published, window)).chart,
            "memory": (await memory(sources, published, window)).chart,
            "event_loop": (await loop(sources, published, window)).chart,
            "gateway": (await gateway(sources, it.upkeep.sources, published, window)).chart,
        }
        return await in_thread(partial(chart_parts, charts, it.redact))

    async def _metrics(self, window: Window) -> Sequence[Part]:
        it = self._runtime
        work = partial(export, it.metrics, window, "json", it.redact, SERIES_BYTES)
        found = await in_thread(work)
        cut = f", without {', '.join(found.left_out)}" if found.left_out else ""
        return (Part("metrics.json", f"Metrics{cut}", found.text),)


def _versions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            yield package, "not installed"


def _error(group: ErrorGroup) -> str:
    """Write a group with its last event."""
    head = (
        f"{group.id} {group.state} · {title(group)} · {place(group)}\n"
        f"{group.count:,} from {utc_time(group.first_seen, with_day=True)}"
        f" to {utc_time(group.last_seen, with_day=True)}\n"
    )
    if group.event is None:
        return f"{head}\n"
    lines = "\n".join(group.event.breadcrumbs)
    return f"{head}{group.event.traceback}\n{lines}\n\n"

"""Runtime → the checks of /debug diagnose, each with what it looks at."""

from __future__ import annotations

import importlib.metadata
import logging
import platform
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from cogs.debug.app.command_compare import same
from cogs.debug.app.runtime import Runtime
from cogs.debug.app.troubles import in_utc, troubles
from cogs.debug.features.diagnose.checks.background import background
from cogs.debug.features.diagnose.checks.connection import connection
from cogs.debug.features.diagnose.checks.delivery import delivery
from cogs.debug.features.diagnose.checks.hooks import hooks
from cogs.debug.features.diagnose.checks.intents import intents
from cogs.debug.features.diagnose.checks.permissions import permissions
from cogs.debug.features.diagnose.checks.refusals import refusals
from cogs.debug.features.diagnose.checks.registered_commands import registered_commands
from services.debugcog import settings as configuration
from services.debugcog.answers.gateway import disconnect_rows, verdict_of
from services.debugcog.answers.memory import leak
from services.debugcog.diagnosis.clock_skew import clock_skew
from services.debugcog.diagnosis.disk import free_disk
from services.debugcog.diagnosis.double_lines import double_lines
from services.debugcog.diagnosis.env_file import env_file
from services.debugcog.diagnosis.findings import Check, Finding
from services.debugcog.diagnosis.high_memory import high_memory
from services.debugcog.diagnosis.limits import limits
from services.debugcog.diagnosis.loop_blocked import loop_blocked
from services.debugcog.diagnosis.missing_logs import missing_logs
from services.debugcog.diagnosis.modes import debug_mode, metrics_off
from services.debugcog.diagnosis.slow_responses import slow_responses
from services.debugcog.diagnosis.state import state_file
from services.debugcog.diagnosis.tts_errors import tts_errors
from services.debugcog.diagnosis.versions import known_faults
from services.debugcog.errors.sentences import place, title
from services.debugcog.logfile.no_file import is_file
from services.debugcog.logs import current
from services.debugcog.tasks.loop_row import Loops
from services.debugcog.threads import in_thread

Found = Iterable[Finding]
HOUR, DAY = 3600.0, 86_400.0
TTS = ("TTS", "RVC", "Kokoro")
ELSEWHERE = ("No rule is evaluated", "State file:", "Error forum")
"""How troubles begin that have checks of their own."""


class Diagnosis:
    """Makes the checks.

    Args:
        runtime: started.
        loops: of the bot.
        ours: name of the cog's command.
    """

    def __init__(self, runtime: Runtime, loops: Loops, ours: str) -> None:
        self._runtime = runtime
        self._loops = loops
        self._ours = ours

    def checks(self) -> tuple[Check, ...]:
        """List the checks: the most usual troubles first."""
        it, bot, settings = self._runtime, self._runtime.bot, self._runtime.settings
        seen = it.upkeep.sources
        return (
            Check("Slow responses", self._slow_responses),
            Check("High memory", self._high_memory),
            Check("Missing logs", self._missing_logs),
            Check("TTS errors", self._tts_errors),
            Check("Event loop", _now(lambda: loop_blocked(it.stalls.summary(HOUR)))),
            Check("Loops and tasks", self._background),
            Check("Intents", _now(lambda: intents(bot))),
            Check("Channel permissions", lambda: permissions(bot, settings)),
            Check(
                "Refused by Discord",
                _now(lambda: refusals(bot, seen.responses.refusals(time.time() - DAY))),
            ),
            Check("Registered commands", lambda: registered_commands(bot, same, self._ours)),
            Check("Gateway", self._connection),
            Check("Discord's limits", self._limits),
            Check("Alert delivery", self._delivery),
            Check("Double log lines", _now(double_lines)),
            Check(".env file", lambda: in_thread(lambda: tuple(self._env_file()))),
            Check(
                "Debug mode",
                _now(lambda: debug_mode(settings, logging.root.level, it.levels.overrides())),
            ),
            Check("Metrics", _now(lambda: metrics_off(settings))),
            Check("State file", _now(lambda: state_file(settings.state_file, it.database.trouble))),
            Check("Free disk", lambda: in_thread(lambda: tuple(free_disk(self._paths())))),
            Check("Clock", _now(lambda: clock_skew(*seen.responses.date))),
            Check("Hooks", self._hooks),
            Check("Versions", self._versions),
        )

    async def _slow_responses(self) -> Found:
        it = self._runtime
        published, files = it.publisher.now(), it.log_reading.source().files
        tokens = it.metrics.summary("tokens_input", HOUR)
        mean = tokens.mean if tokens.count else None

        def work() -> Found:
            report = it.process.report(published.tasks)
            return tuple(slow_responses(published.rules, mean, report, files))

        return await in_thread(work)

    async def _high_memory(self) -> Found:
        it = self._runtime
        published = it.publisher.now()
        files = it.metrics.summary("temp_files_mb", DAY)
        env_path = it.settings.env_file

        def work() -> Found:
            trend = leak(it.sources, it.process.report(published.tasks))
            temporary = files.last if files.count else None
            return tuple(
                high_memory(
                    published.rules, trend, temporary, configuration.given(env_file=env_path)
                )
            )

        return await in_thread(work)

    async def _missing_logs(self) -> Found:
        settings, logs = self._runtime.settings, current()
        dropped, put_back = (logs.dropped, logs.put_back) if logs else ({}, 0)
        return await in_thread(lambda: tuple(missing_logs(settings, dropped, put_back)))

    async def _tts_errors(self) -> Found:
        files, since = self._runtime.log_reading.source().files, time.time() - DAY
        found: dict[str, str] = {}
        for text in TTS:
            for group in await self._runtime.errors.store.search(text):
                if group.last_seen >= since:
                    found[group.id] = f"{title(group)} · {place(group)} · {group.id}"
        return await in_thread(lambda: tuple(tts_errors(files, tuple(found.values()))))

    async def _background(self) -> Found:
        return background(await self._loops.rows(), await self._runtime.upkeep.watch.groups())

    async def _connection(self) -> Found:
        it, seen = self._runtime, self._runtime.upkeep.sources
        shards = it.gateway.shards()
        rows = disconnect_rows(seen.connections.disconnects(time.time() - DAY))
        return connection(shards, rows, verdict_of(it.sources, seen, shards))

    async def _limits(self) -> Found:
        seen = self._runtime.upkeep.sources
        starts = await seen.vitals.session_starts()
        met = seen.responses.limits(time.time() - HOUR)
        return limits(starts, seen.vitals.invalid_requests(), met)

    async def _delivery(self) -> Found:
        sender = self._runtime.alerting.sender
        condition = await sender.condition() if sender else None
        told = troubles(self._runtime, in_utc)
        return delivery(condition, [one for one in told if not one.startswith(ELSEWHERE)])

    def _env_file(self) -> Found:
        main = getattr(sys.modules.get("__main__"), "__file__", None)
        here = self._runtime.settings.folder
        others = [*([Path(main).parent] if main else []), *here.parents]
        return env_file(here, others, self._runtime.misspelt)

    def _paths(self) -> Mapping[str, Path]:
        settings = self._runtime.settings
        is_in_file = settings.log_to_file and is_file(settings.log_file)
        log_file = {"log": settings.log_file.parent} if is_in_file else {}
        return {**log_file, "state file": settings.state_file.parent}

    async def _hooks(self) -> Found:
        it = self._runtime
        patches = (*it.errors.hooks.patches, *it.errors.capture.patches, *it.upkeep.patches)
        trace = it.database.path.with_suffix(".crash")
        own = await in_thread(trace.exists)
        return hooks(it.bot, patches, own_trace=own)

    async def _versions(self) -> Found:
        settings = self._runtime.settings
        installed = await in_thread(
            lambda: {name: importlib.metadata.version(name) for name in ("discord.py", "aiohttp")}
        )
        versions = {"Python": platform.python_version(), **installed}
        serves = settings.dashboard_enabled or settings.metrics_port is not None
        return known_faults(versions, serves=serves)


def _now(look: Callable[[], Found]) -> Callable[[], Awaitable[Found]]:
    """Make a check of what is told at once."""

    async def check() -> Found:
        return tuple(look())

    return check

"""Composition root: bot and settings → Runtime, features and responder, fully wired."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from discord.ext import commands

from cogs.debug.app import (
    alerting,
    dashboard_parts,
    features,
    kept,
    publishing,
    state_tables,
    troubles,
    usage,
)
from cogs.debug.app.access import Access
from cogs.debug.app.error_reports import ErrorReports
from cogs.debug.app.handover import close_own, handed_over, own_service, put_to_use
from cogs.debug.app.host_code import CodeOf
from cogs.debug.app.inspecting import Inspecting
from cogs.debug.app.log_reading import LogReading
from cogs.debug.app.optional import dashboard_of, heartbeat_of
from cogs.debug.app.owner import Owner
from cogs.debug.app.run_ends import RunEnds
from cogs.debug.app.runtime import LAG_INTERVAL, Runtime
from cogs.debug.app.suspensions import SuspensionReports
from cogs.debug.app.upkeep import upkeep_of
from cogs.debug.app.usage import usage_of
from cogs.debug.capture import task_loops, vitals
from cogs.debug.capture.bot_state import BotState
from cogs.debug.capture.error_capture import MISTAKES, Capture
from cogs.debug.capture.gateway import GatewaySampler
from services.debugcog import settings as configuration
from services.debugcog.answers import sources as answers_sources
from services.debugcog.answers.published import Publisher
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.host_files import HostFiles
from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.process.own_cost import CostMeter
from services.debugcog.process.procfs import resident_mb
from services.debugcog.process.samplers import LagSampler, ProcessSampler
from services.debugcog.process.suspension import SuspensionWatch
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import Settings
from services.debugcog.stalls import blame
from services.debugcog.stalls.lines import StallLines
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.state.database import Database

if TYPE_CHECKING:
    from cogs.debug.app.alerting import Alerting
    from services.debugcog.answers.published import Published
    from services.debugcog.stalls.stall import Stall

T = TypeVar("T")

Redact = Callable[[str], str]


def build(bot: commands.Bot, settings: Settings) -> Runtime:
    """Build every part of what the settings say and what the host has handed over."""
    cost = CostMeter(lambda: process.thread_seconds(), resident_mb)
    given = handed_over(bot)
    service = given.metrics or own_service(bot, enabled=settings.metrics_enabled)
    service.gauges.every(settings.metrics_collection_interval)
    database = Database(
        settings.state_file,
        lambda: state_tables.SCHEMAS,
        owner=Owner.of(bot, settings).name(bot.application_id),
        take_in=(lambda merge: state_tables.take_in(merge),),
    )
    secrets = configuration.secret_values(settings)
    redact = Redactor(configuration.given(), bot.http.token or settings.discord_token, secrets)
    if settings.release:  # it is stored with each error
        settings = dataclasses.replace(settings, release=redact(settings.release))
    charts = ChartWorker()
    loop = asyncio.get_running_loop()
    code = CodeOf(bot)
    host = HostFiles(Path.cwd(), code=code)

    def off_loop(work: Callable[[], T]) -> Awaitable[T]:
        return runtime.off_loop(work)

    suspensions = SuspensionWatch()
    log_reading = LogReading(redact)
    stall_lines = StallLines()
    stall_log = StallLog(warn=stall_lines.warning)
    stalls = StallWatch(
        stall_log,
        blame.Blame(host, redact, LAG_INTERVAL),
        still=_hangs(lambda: runtime),
        ended=stall_lines.close,
        is_over=loop.is_closed,
    )
    ends = RunEnds(service, redact)

    def make_alerting() -> Alerting:
        return alerting.alerting_of(
            bot,
            settings,
            database,
            service,
            given.rules,
            charts.draw,
            redact,
            stalls,
            ends,
            off_loop,
            features.renderers,
        )

    def in_force(rule: str) -> float | None:
        service = runtime.alerting.service if runtime.is_open else None
        return alerting.warning_in_force(service, rule) if service else None

    def wake() -> None:
        if runtime.is_open:
            runtime.alerting.wake()

    process = ProcessSampler(service)
    gateway = GatewaySampler(bot, service, suspended=suspensions.lost)
    upkeep = upkeep_of(bot, host, redact)
    used = usage_of(settings, database, lambda: runtime.kept.costs, service, given.users, redact)
    sources = answers_sources.Sources(
        metrics=service,
        process=process,
        stalls=stalls.summary,
        stalled=stalls.ongoing,
        loop=stalls,
        query=database.query,
        off_loop=off_loop,
        activity=used.activity,
        models=lambda window: runtime.kept.models(window),
        calls=used.calls.book,
        vitals=upkeep.vitals,
        delivery=None if settings.alert_channel_id is None else lambda: runtime.alerting.delivery(),
        cost=lambda: runtime.own_cost(),
        release=settings.release,
        enabled=settings.metrics_enabled,
        time_scale=settings.alert_time_scale,
    )
    access = Access(bot, settings)
    state = BotState(bot, gateway, access.names)

    def take(last: Published | None) -> Published:
        found = partial(troubles.troubles, runtime, troubles.in_utc)
        return publishing.take(runtime.alerting.service, state, found, last)

    publisher = Publisher(take)
    errors = _errors(bot, code, settings, database, service, redact, wake, used)
    loops = cache(lambda: task_loops.TaskLoops(bot, errors.capture.loop_errors))
    runtime: Runtime = Runtime(
        bot=bot,
        settings=settings,
        access=access,
        misspelt=configuration.misspelt(),
        metrics=service,
        close_metrics=partial(close_own, bot, service) if given.metrics is None else None,
        put_to_use=partial(put_to_use, bot, service),
        database=database,
        warnings=PerformanceWarnings(settings, in_force=in_force),
        redact=redact,
        process=process,
        lag=LagSampler(service, suspended=suspensions.lost, late=used.calls.delays.add),
        stalls=stalls,
        log_reading=log_reading,
        gateway=gateway,
        suspensions=SuspensionReports(
            suspensions,
            lambda note: runtime.alerting.evaluator.act(note),
            scale=settings.alert_time_scale,
        ),
        charts=charts,
        errors=errors,
        upkeep=upkeep,
        cost=cost,
        usage=used,
        ends=ends,
        inspections=Inspecting(host),
        loops=loops,
        make_alerting=make_alerting,
        make_kept=lambda: kept.Kept(settings, database, service, stall_log, used, redact),
        sources=sources,
        publisher=publisher,
        dashboard=dashboard_of(
            settings,
            lambda: dashboard_parts.Parts(
                settings=settings,
                sources=sources,
                publisher=publisher,
                redact=redact,
                logs=log_reading.source,
                users=used.users,
                upkeep=upkeep,
                loops=loops,
                bot_loop=loop,
            ),
        ),
        heartbeat=heartbeat_of(
            settings,
            redact,
            lambda: vitals.Vitals(
                bot,
                loop,
                state,
                lambda: in_force("gateway") or settings.gateway_down_warning_seconds,
            ).illness(),
        ),
    )
    return runtime


def _errors(
    bot: commands.Bot,
    code: CodeOf,
    settings: Settings,
    database: Database,
    service: MetricsService,
    redact: Redact,
    wake: Callable[[], None],
    used: usage.Usage,
) -> ErrorReports:
    store = ErrorStore(
        database,
        redact,
        release=settings.release,
        on_post=wake,
        forum=settings.error_forum_id is not None,
    )
    breadcrumbs = Breadcrumbs()
    reporter = ErrorReporter(
        store.error_buffer,
        breadcrumbs,
        service.increment,
        mistakes=MISTAKES,
        root=Path.cwd(),
        code=code,
    )
    return ErrorReports(
        store=store,
        reporter=reporter,
        hooks=Hooks(reporter, breadcrumbs, store.flush),
        capture=Capture(bot, reporter, used.calls.calls, used.watch),
    )


def _hangs(runtime: Callable[[], Runtime]) -> Callable[[Stall], None]:
    """Make what notes a stall that goes on, once there is a run to note it of."""

    def note(stall: Stall) -> None:
        if runtime().is_open:
            runtime().alerting.evaluator.note_hang(stall)

    return note

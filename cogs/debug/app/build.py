"""Composition root: bot and settings → Runtime, features and responder, fully wired."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from discord.ext import commands

from cogs.debug.app import registration
from cogs.debug.app.access import Access, audit
from cogs.debug.app.alerting import Alerting
from cogs.debug.app.error_reports import ErrorReports
from cogs.debug.app.handover import handed_over, put_to_use
from cogs.debug.app.runtime import LAG_INTERVAL, Runtime
from cogs.debug.app.suspensions import SuspensionReports
from cogs.debug.capture.error_capture import MISTAKES, Capture
from cogs.debug.capture.gateway import GatewaySampler
from cogs.debug.capture.invocations import CommandTimes
from cogs.debug.delivery.links import message_link
from cogs.debug.delivery.message_builder import MessageBuilder, Outgoing, Renderer
from cogs.debug.delivery.transport import DiscordTransport
from cogs.debug.features.alerts import command as alerts
from cogs.debug.features.alerts import incident_card
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.handlers import AlertHandlers
from cogs.debug.features.alerts.suspension_notice import suspension_notice
from cogs.debug.features.errors import command as errors
from cogs.debug.features.errors import reply as error_cards
from cogs.debug.features.errors.handlers import ErrorHandlers
from cogs.debug.features.loglevel import command as loglevel
from cogs.debug.features.loglevel.handlers import LogLevelHandlers
from cogs.debug.features.memory import command as memory
from cogs.debug.features.metrics import command as metrics
from cogs.debug.ui.chart_attachment import ChartAttachments, Draw
from cogs.debug.ui.feature import Feature
from cogs.debug.ui.responder import Responder
from services.debugcog import settings as configuration
from services.debugcog.alerting import incident_store, runs
from services.debugcog.alerting import take_in as alert_take_in
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.host_rules import joined
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import Timing
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.errors import store as error_store
from services.debugcog.errors import take_in as error_take_in
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.host_files import HostFiles
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox import posts as outbox
from services.debugcog.outbox import take_in as outbox_take_in
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.sender import Sender
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.process.samplers import LagSampler, ProcessSampler
from services.debugcog.process.suspension import SuspensionWatch
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import Settings
from services.debugcog.stalls.blame import Blame
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock
from services.debugcog.timeseries import history

SCHEMAS = (
    history.SCHEMA,
    error_store.SCHEMA,
    registration.SCHEMA,
    outbox.SCHEMA,
    incident_store.SCHEMA,
    runs.SCHEMA,
)
TAKE_IN = (
    alert_take_in.mend,
    error_take_in.take_in,
    outbox_take_in.take_in,
    alert_take_in.take_in,
)
"""What is done with a state file that another process has left; posts come before incidents."""
Redact = Callable[[str], str]


def build(bot: commands.Bot, settings: Settings) -> Runtime:
    """Build every part of what the settings say and what the host has handed over."""
    given = handed_over(bot)
    service = given.metrics or MetricsService(enabled=settings.metrics_enabled)
    service.gauges.every(settings.metrics_collection_interval)
    database = Database(settings.state_path, SCHEMAS, owner=_owner(bot, settings), take_in=TAKE_IN)
    redact = Redactor(configuration.given(), bot.http.token or settings.discord_token)
    charts = ChartWorker()
    suspensions = SuspensionWatch()
    stalls = StallWatch(StallLog(), Blame(HostFiles(Path.cwd()), redact, LAG_INTERVAL))
    alerting = _alerting(
        bot, settings, database, service, given.rules, charts.draw, redact, stalls.summary
    )
    return Runtime(
        bot=bot,
        settings=settings,
        access=Access(bot, settings),
        misspelt=configuration.misspelt(),
        metrics=service,
        owns_metrics=given.metrics is None,
        put_to_use=partial(put_to_use, bot, service),
        database=database,
        history=history.History(service, database, redact=redact),
        warnings=PerformanceWarnings(settings, in_force=partial(_warning, alerting.service)),
        redact=redact,
        process=ProcessSampler(service),
        lag=LagSampler(service, suspended=suspensions.lost),
        stalls=stalls,
        gateway=GatewaySampler(bot, service, suspended=suspensions.lost),
        suspensions=SuspensionReports(
            suspensions, alerting.evaluator, scale=settings.alert_time_scale
        ),
        charts=charts,
        errors=_errors(bot, settings, database, service, redact, alerting.wake),
        alerting=alerting,
    )


def _owner(bot: commands.Bot, settings: Settings) -> str:
    """Name the bot as far as it is known before its login, its shards and its channel."""
    shards = getattr(bot, "shard_ids", None) or bot.shard_id
    return f"{bot.application_id} {shards} {settings.alert_channel_id}"


def features(runtime: Runtime, responder: Responder) -> tuple[Feature, ...]:
    """Build the features of /debug; each gets the services that it asks, and no more."""
    alert_service = runtime.alerting.service
    alert_handlers = AlertHandlers(
        alerts=alert_service,
        sender=runtime.alerting.sender,
        charts=ChartSource(runtime.metrics.points, alert_service.charted),
        link=partial(message_link, runtime.bot),
        troubles=runtime.troubles,
    )
    error_handlers = ErrorHandlers(
        store=runtime.errors.store,
        release=runtime.settings.release,
        trouble=lambda: runtime.database.trouble,
    )
    loglevel_handlers = LogLevelHandlers(
        levels=lambda: runtime.levels, note=alert_service.note, audit=audit.name
    )
    return (
        metrics.feature(
            runtime.metrics,
            alert_service,
            runtime.process,
            runtime.stalls.summary,
            responder,
            enabled=runtime.settings.metrics_enabled,
        ),
        memory.feature(
            runtime.process, runtime.metrics, alert_service, runtime.off_loop, responder
        ),
        alerts.feature(alert_handlers, responder),
        errors.feature(error_handlers, responder),
        loglevel.feature(loglevel_handlers, responder),
    )


def responder(runtime: Runtime) -> Responder:
    """Build what answers interactions."""
    return Responder(runtime.access, ChartAttachments(runtime.charts.draw), runtime.redact)


def renderers(source: ChartSource) -> dict[str, Renderer]:
    """Map the first part of a post's subject to what renders it."""
    return {
        "incident": incident_card.AlertReplies(source, time.time).incident,
        "crash": incident_card.crash_notice,
        "suspension": suspension_notice,
        "digest": incident_card.outage_digest,
        "test": incident_card.trial_alert,
        "group": error_cards.group_post,
        "digest-errors": error_cards.digest,
    }


def _alerting(
    bot: commands.Bot,
    settings: Settings,
    database: Database,
    service: MetricsService,
    rules: Sequence[object],
    draw: Draw,
    redact: Redact,
    stalls: Callable[[float], StallSummary],
) -> Alerting:
    watched, rejected = joined(
        default_rules(settings),
        rules,
        scale=settings.alert_time_scale,
        interval=settings.metrics_collection_interval,
        redact=redact,
    )
    evaluator = Evaluator(
        database,
        service,
        watched,
        interval=settings.alert_interval_seconds,
        timing=Timing().scaled(settings.alert_time_scale),
        committed=lambda: alerting.wake(),
        stalls=stalls,
    )
    alert_service = AlertService(evaluator)
    source = ChartSource(service.points, alert_service.charted)
    alerting = Alerting(
        evaluator=evaluator,
        service=alert_service,
        sender=_sender(bot, settings, database, source, draw, redact),
        enabled=settings.metrics_enabled,
        rejected=rejected,
    )
    return alerting


def _warning(alerts: AlertService, name: str) -> float | None:
    """Return the warning threshold of a rule as it is in force."""
    found = (rule.threshold(Severity.WARNING) for rule in alerts.rules if rule.name == name)
    return next(found, None)


def _sender(
    bot: commands.Bot,
    settings: Settings,
    database: Database,
    source: ChartSource,
    draw: Draw,
    redact: Redact,
) -> Sender[Outgoing] | None:
    if settings.alert_channel_id is None:
        return None
    clock = SteadyClock(math.inf)
    return Sender(
        database,
        DiscordTransport(bot, redact=redact),
        MessageBuilder(
            renderers(source), ChartAttachments(draw), redact, settings.alert_ping_role_id
        ),
        Channels(settings.alert_channel_id, settings.alert_fallback_channel_id),
        clock=lambda: clock.read().now,
        jitter=random.Random(),
    )


def _errors(
    bot: commands.Bot,
    settings: Settings,
    database: Database,
    service: MetricsService,
    redact: Redact,
    wake: Callable[[], None],
) -> ErrorReports:
    store = ErrorStore(database, redact, release=settings.release, on_post=wake)
    breadcrumbs = Breadcrumbs()
    reporter = ErrorReporter(
        store.error_buffer, breadcrumbs, service.increment, mistakes=MISTAKES, root=Path.cwd()
    )
    return ErrorReports(
        store=store,
        reporter=reporter,
        hooks=Hooks(reporter, breadcrumbs, store.flush),
        capture=Capture(bot, reporter, CommandTimes(service.timer)),
    )

"""Rule evaluator, alert service and message sender: built, started and closed together."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from discord.ext import commands

from cogs.debug.app.run_ends import RunEnds
from cogs.debug.delivery import message_builder, transport
from cogs.debug.delivery.late import LateMessageBuilder, LateTransport
from cogs.debug.features.alerts import breach_chart
from cogs.debug.ui import chart_attachment
from cogs.debug.ui.later import Later, OffLoop
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.host_rules import joined
from services.debugcog.alerting.rule_status import watches
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import Timing
from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.logfile.text import Redact
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox import channels, sender
from services.debugcog.process.container import usable_mb
from services.debugcog.settings import Settings
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock

if TYPE_CHECKING:
    from cogs.debug.delivery.message_builder import Outgoing, Renderer
    from cogs.debug.features.alerts.breach_chart import ChartSource
    from cogs.debug.ui.chart_attachment import Draw
    from services.debugcog.outbox.records import Condition
    from services.debugcog.outbox.sender import Sender

    Posts = Callable[[ChartSource], Mapping[str, Renderer]]

log = own_logger("debugcog.alerts")


@frozen(kw_only=True)
class Alerting:
    """Everything between a measured value and a message.

    Attributes:
        evaluator: of the rules.
        service: what commands ask.
        sender: None without a channel for alerts.
        enabled: whether the rules are evaluated.
        rejected: rules of the host that were left out, and why, in sentences.
    """

    evaluator: Evaluator
    service: AlertService
    sender: Sender[Outgoing] | None
    enabled: bool
    rejected: Sequence[str] = ()

    def wake(self) -> None:
        """Tell the sender that something was queued; from any thread."""
        if self.sender is not None:
            self.sender.wake()

    async def delivery(self) -> Condition:
        """Tell how posts are doing; asked only where there is a channel."""
        assert self.sender is not None
        return await self.sender.condition()

    def start(self) -> None:
        """Start, once the run has begun; what a former run left is sent at once."""
        for rejection in self.rejected:
            log.warning("Alert rule left out: %s", rejection)
        if self.enabled:
            self.evaluator.start()
        if self.sender is not None:
            self.sender.start()

    async def close(self) -> None:
        """Stop; open incidents stay open, and queued posts stay queued."""
        if self.sender is not None:
            await self.sender.close()
        await self.evaluator.close()


def alerting_of(
    bot: commands.Bot,
    settings: Settings,
    database: Database,
    service: MetricsService,
    rules: Sequence[object],
    draw: Draw,
    redact: Redact,
    stalls: StallWatch,
    ends: RunEnds,
    off_loop: OffLoop,
    posts: Posts,
) -> Alerting:
    """Build the parts."""
    watched, rejected = joined(
        default_rules(settings, usable_mb()),
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
        stalls=stalls.summary,
        vitals=ends.vitals,
    )
    alert_service = AlertService(evaluator)

    def renderers() -> Mapping[str, Renderer]:
        read = partial(service.points, percentiles=False)
        return posts(breach_chart.ChartSource(read, alert_service.charted))

    alerting = Alerting(
        evaluator=evaluator,
        service=alert_service,
        sender=_sender(bot, settings, database, renderers, draw, redact, off_loop),
        enabled=settings.metrics_enabled,
        rejected=rejected,
    )
    return alerting


def warning_in_force(alerts: AlertService, name: str) -> float | None:
    """Return the warning threshold of a rule as it is in force."""
    found = (rule.threshold(Severity.WARNING) for rule in alerts.rules if watches(rule, name))
    return next(found, None)


def _sender(
    bot: commands.Bot,
    settings: Settings,
    database: Database,
    renderers: Callable[[], Mapping[str, Renderer]],
    draw: Draw,
    redact: Redact,
    off_loop: OffLoop,
) -> Sender[Outgoing] | None:
    if settings.alert_channel_id is None:
        return None
    clock = SteadyClock(math.inf)
    return sender.Sender(
        database,
        LateTransport(Later(lambda: transport.DiscordTransport(bot, redact=redact), off_loop)),
        LateMessageBuilder(
            Later(
                lambda: message_builder.MessageBuilder(
                    renderers(),
                    chart_attachment.ChartAttachments(draw),
                    redact,
                    settings.alert_ping_role_id,
                ),
                off_loop,
            )
        ),
        channels.Channels(
            settings.alert_channel_id, settings.alert_fallback_channel_id, settings.error_forum_id
        ),
        clock=lambda: clock.read().now,
        jitter=random.Random(),
    )

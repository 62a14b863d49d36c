"""Settings, metrics and a bot → the alert pipeline: evaluator, outbox, delivery; wired."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Awaitable, Callable, Mapping

import discord

from cogs.debug.delivery.message_builder import MessageBuilder, Renderer
from cogs.debug.delivery.pictures import Pictures
from cogs.debug.delivery.sender import Delivery
from cogs.debug.delivery.transport import DiscordTransport
from cogs.debug.features.alerts import incident_card as replies
from cogs.debug.features.alerts.breach_chart import ChartSource
from services.debugcog.alerting import incident_store, runs
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.host_rules import joined
from services.debugcog.alerting.states import Timing
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox import posts as outbox
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.records import Receipt
from services.debugcog.settings import Settings
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock

log = logging.getLogger("debugcog.alerts")

SCHEMAS = (outbox.SCHEMA, incident_store.SCHEMA, runs.SCHEMA)


class Alerting:
    """Everything between a measured value and a message; started and closed as one.

    Args:
        bot: the host; its token and its proxy are used.
        settings: channel, role, thresholds, intervals.
        database: to be opened, with ``SCHEMAS``, before ``start``.
        metrics: what is watched, and what charts of breaches show.
        draw: ``ChartWorker.draw``.
        redact: every string that is sent goes through it.
        renderers: of other posts than alerts, by the first part of their subject.
        rules: of the host, besides the default ones; what is no rule is left out, with a warning.
    """

    def __init__(
        self,
        bot: discord.Client,
        settings: Settings,
        database: Database,
        metrics: MetricsService,
        draw: Callable[[ChartSpec], Awaitable[bytes]],
        *,
        redact: Callable[[str], str],
        renderers: Mapping[str, Renderer],
        rules: object = (),
    ) -> None:
        self._bot = bot
        watched, self._rejected = joined(
            default_rules(settings),
            rules,
            scale=settings.alert_time_scale,
            interval=settings.metrics_collection_interval,
        )
        self.evaluator = Evaluator(
            database,
            metrics,
            watched,
            interval=settings.alert_interval_seconds,
            timing=Timing().scaled(settings.alert_time_scale),
            committed=self.wake,
        )
        self.service = AlertService(self.evaluator)
        self.delivery: Delivery | None = None
        self._enabled = settings.metrics_enabled
        if settings.alert_channel_id is not None:
            line = SteadyClock(math.inf)
            source = ChartSource(metrics.points, self.service.charted)
            cards = replies.AlertReplies(source, time.time)
            own = {
                "incident": cards.incident,
                "crash": replies.crash_notice,
                "digest": replies.outage_digest,
                "test": replies.trial_alert,
            }
            self.delivery = Delivery(
                database,
                DiscordTransport(bot),
                MessageBuilder(
                    {**renderers, **own}, Pictures(draw), redact, settings.alert_ping_role_id
                ),
                Channels(settings.alert_channel_id, settings.alert_fallback_channel_id),
                clock=lambda: line.read().now,
                jitter=random.Random(),
            )

    def link(self, receipt: Receipt) -> str:
        """Give the address of a message that was sent; empty where its server is not known."""
        channel = self._bot.get_channel(receipt.channel_id or 0)
        guild = getattr(channel, "guild", None)
        if guild is None or receipt.message_id is None:
            return ""
        return f"https://discord.com/channels/{guild.id}/{receipt.channel_id}/{receipt.message_id}"

    def wake(self) -> None:
        """Tell the sender that something was queued; from any thread."""
        if self.delivery is not None:
            self.delivery.wake()

    async def start(self, trace: str = "") -> None:
        """Start; what a former run left is sent at once, and told if it crashed.

        Args:
            trace: what ``faulthandler`` wrote in the last run, redacted.
        """
        for rejection in self._rejected:
            log.warning("Alert rule left out: %s", rejection)
        await self.evaluator.load(trace)
        if self._enabled:
            self.evaluator.start()
        if self.delivery is not None:
            self.delivery.start()

    async def close(self) -> None:
        """Stop; open incidents stay open, and queued posts stay queued."""
        if self.delivery is not None:
            await self.delivery.close()
        await self.evaluator.close()

"""Rule evaluator, alert service and message sender, started and closed together."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cogs.debug.delivery.message_builder import Outgoing
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.outbox.sender import Sender

log = logging.getLogger("debugcog.alerts")


@dataclass(frozen=True, slots=True, kw_only=True)
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

    async def start(self, trace: str = "", log_lines: Sequence[str] = ()) -> None:
        """Start; what a former run left is sent at once, and told if it crashed.

        Args:
            trace: what ``faulthandler`` wrote in the last run, redacted.
            log_lines: the last lines of its log, redacted.
        """
        for rejection in self.rejected:
            log.warning("Alert rule left out: %s", rejection)
        await self.evaluator.load(trace, log_lines)
        if self.enabled:
            self.evaluator.start()
        if self.sender is not None:
            self.sender.start()

    async def close(self) -> None:
        """Stop; open incidents stay open, and queued posts stay queued."""
        if self.sender is not None:
            await self.sender.close()
        await self.evaluator.close()

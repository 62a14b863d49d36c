"""Runtime → what keeps alerts from being made or kept, in sentences."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cogs.debug.app import forum_trouble
from cogs.debug.app.fault_sentences import fault_sentences
from cogs.debug.ui import escaping
from cogs.debug.ui.times import ago
from services.debugcog.units import utc_moment
from services.debugcog.wording import counted

if TYPE_CHECKING:
    from cogs.debug.app.runtime import Runtime


def in_utc(unix_seconds: float) -> str:
    """Write a moment for what does not read Discord's timestamps."""
    return utc_moment(unix_seconds, time.time())


def troubles(runtime: Runtime, when: Callable[[float], str] = ago) -> list[str]:
    """List what keeps alerts from being made or kept, in sentences with `code` in them.

    Args:
        runtime: started.
        when: writes a moment; only Discord can read its own timestamps.
    """
    troubles = [runtime.failure] if runtime.failure else []
    if not runtime.settings.metrics_enabled:
        troubles.append("No rule is evaluated: `METRICS_ENABLED` is false.")
    alerting = runtime.alerting
    if alerting.service.failures:
        failures = counted(alerting.service.failures, "evaluation")
        troubles.append(f"{failures} failed; the log says why.")
    troubles += runtime.suspensions.sentences(when)
    if runtime.database.trouble:
        troubles.append(escaping.plain(f"State file: {runtime.database.trouble}"))
    if runtime.heartbeat is not None and runtime.heartbeat.trouble:
        troubles.append(escaping.plain(runtime.heartbeat.trouble))
    if runtime.settings.error_forum_id is not None:
        troubles += forum_trouble.forum_trouble(runtime.bot, runtime.settings)
    rules, gauges = alerting.evaluator.faults, runtime.metrics.gauges.faults
    return troubles + fault_sentences(rules, gauges, runtime.redact, when)

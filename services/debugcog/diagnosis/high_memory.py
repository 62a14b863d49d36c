"""Check: high memory, and what may cause it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.diagnosis.rules_read import Rules, exceeded, value_text
from services.debugcog.timeseries.trend import Trend
from services.debugcog.units import duration, human

TEMP_FILES_MB = 1024.0
FIX = (
    "Let temporary files be removed (`MEMORY_CLEANUP_ENABLED=true`), keep shorter histories "
    "(`MAX_HISTORY_MESSAGES`), look at `/debug memory`, and restart the bot now and then until "
    "the cause is found."
)


def high_memory(
    rules: Rules, trend: Trend | None, temp_files_mb: float | None, given: Mapping[str, str]
) -> Iterator[Finding]:
    """Look at memory, its trend, temporary files and the usual settings for them.

    Args:
        rules: how each rule stands.
        trend: by which this run's memory leaks, as ``/debug memory`` judges; None if it does not.
        temp_files_mb: what the host has recorded last; None where it records none.
        given: the environment and ``.env``.
    """
    high = exceeded(rules, "memory")
    leak = _leak(trend)
    files = temp_files_mb if (temp_files_mb or 0.0) > TEMP_FILES_MB else None
    if high is None and leak is None and files is None:
        return
    evidence = [value_text(high)] if high else []
    if leak is not None:
        evidence.append(leak)
    if temp_files_mb is not None:
        evidence.append(f"temporary files: {human(temp_files_mb, 'MB')}")
    evidence += _settings(given)
    severity = high.severity if high else Severity.WARNING
    title = "Memory is high" if high else "Memory grows" if leak else "Many temporary files"
    yield Finding(severity, title, tuple(evidence), FIX)


def _leak(trend: Trend | None) -> str | None:
    """Say how fast memory grows at least."""
    if trend is None or not trend.clear or trend.low <= 0:
        return None
    slope = human(trend.low, "MB")
    return f"it grows by at least {slope} per hour, over {duration(trend.seconds)}"


def _settings(given: Mapping[str, str]) -> Iterator[str]:
    cleanup = given.get("MEMORY_CLEANUP_ENABLED")
    if cleanup is not None and cleanup.strip().casefold() not in ("true", "1", "yes", "on"):
        yield "MEMORY_CLEANUP_ENABLED is not true"
    history = given.get("MAX_HISTORY_MESSAGES", "").strip()
    if history.isdecimal():
        yield f"MAX_HISTORY_MESSAGES={history[:12]}"

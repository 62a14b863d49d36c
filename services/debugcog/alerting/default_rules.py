"""Settings → default rules: response time, tokens, memory, error rate, lag, gateway."""

from __future__ import annotations

import math

from services.debugcog.alerting.reads import CounterRatio, SeriesStatistic
from services.debugcog.alerting.rules import DOWN, Fallback, Level, Rule
from services.debugcog.frozen import frozen
from services.debugcog.settings import Settings
from services.debugcog.units import duration, human

MINUTE = 60.0
MIN_SAMPLES = 10
MIN_MESSAGES = 50
MIN_ERRORS = 3
WARNING_SHARE, CRITICAL_SHARE = 0.8, 0.95
"""Of the memory that the process can have, where the usual limits are out of its reach."""
ERRORS = ("errors", "errors_captured")
"""The host's own count and the cog's: one error is in both where the host logs what it counts."""


def default_rules(settings: Settings, usable_mb: float | None = None) -> tuple[Rule, ...]:
    """Make the rules of response time, tokens, memory, error rate, event loop and gateway.

    Every duration is multiplied by ``ALERT_TIME_SCALE``, but for the window of the gauges: it
    has to hold three samples of the process.

    Args:
        settings: of the bot.
        usable_mb: the most memory that the process can have; None where it is not known.
    """
    scale = settings.alert_time_scale
    memory = _memory_levels(settings, usable_mb)
    samples = 3 * settings.metrics_collection_interval

    def level(enter: float, clear: float, for_seconds: float, share: str = "") -> Level:
        return Level(enter, clear * enter, for_seconds * scale, share)

    def over(minutes: float) -> str:
        return f"over {duration(minutes * MINUTE * scale)}"

    return (
        Rule(
            name="response_time",
            title="Response time",
            unit="ms",
            window=5 * MINUTE * scale,
            reads=SeriesStatistic("total_response_time", "mean", MIN_SAMPLES),
            warning=level(settings.response_time_warning_ms, 2.5 / 3, 2 * MINUTE),
            critical=level(settings.response_time_critical_ms, 4.5 / 5, MINUTE),
            keep_firing_for=5 * MINUTE * scale,
            description=f"Average {over(5)} (needs {MIN_SAMPLES} samples)",
            fallback=Fallback(
                SeriesStatistic("command", "mean", MIN_SAMPLES),
                "Response time of commands",
                f"Average time of commands {over(5)} (needs {MIN_SAMPLES} samples), "
                "as this bot records no total_response_time",
            ),
        ),
        Rule(
            name="tokens",
            title="Tokens per request",
            unit="",
            window=10 * MINUTE * scale,
            reads=SeriesStatistic("tokens_input", "mean", MIN_SAMPLES),
            warning=level(settings.tokens_warning, 3000 / 3500, 5 * MINUTE),
            critical=level(settings.tokens_critical, 4500 / 5000, 2 * MINUTE),
            keep_firing_for=10 * MINUTE * scale,
            description=f"Average input per request {over(10)} (needs {MIN_SAMPLES} samples)",
        ),
        Rule(
            name="memory",
            title="Memory",
            unit="MB",
            window=samples,
            reads=SeriesStatistic("memory_usage_mb", "p50"),
            warning=level(memory.warning, 1.35 / 1.5, 2 * MINUTE, memory.warning_share),
            critical=level(memory.critical, 1.85 / 2, 0.5 * MINUTE, memory.critical_share),
            keep_firing_for=5 * MINUTE * scale,
            description="Process memory, median of 3 samples",
            whole=memory.whole,
        ).with_thresholds({}),  # which adds the shares to the description
        Rule(
            name="error_rate",
            title="Error rate",
            unit="%",
            window=5 * MINUTE * scale,
            reads=CounterRatio(ERRORS, "messages_processed", MIN_MESSAGES, MIN_ERRORS),
            warning=level(settings.error_rate_warning_percent, 1.5 / 2, 2 * MINUTE),
            critical=level(settings.error_rate_critical_percent, 4 / 5, MINUTE),
            keep_firing_for=5 * MINUTE * scale,
            description=f"Errors per 100 messages {over(5)} (needs {MIN_MESSAGES} messages)",
        ),
        Rule(
            name="event_loop",
            title="Event loop lag",
            unit="ms",
            window=MINUTE * scale,
            reads=SeriesStatistic("event_loop_lag_ms", "maximum"),
            warning=level(settings.event_loop_lag_warning_ms, 0.5, 0.5 * MINUTE),
            critical=level(settings.event_loop_lag_critical_ms, 1 / 3, 0.0),
            keep_firing_for=2 * MINUTE * scale,
            description=f"Longest delay of the event loop {over(1)}",
        ),
        Rule(
            name="gateway",
            title="Gateway down",
            unit="s",
            window=samples,
            reads=SeriesStatistic(DOWN, "last"),
            warning=level(settings.gateway_down_warning_seconds, 1 / 60, 0.0),
            critical=level(settings.gateway_down_critical_seconds, 1 / 300, 0.0),
            keep_firing_for=MINUTE * scale,
            description="Time without a connection to Discord's gateway",
        ),
    )


@frozen
class _MemoryLevels:
    warning: float
    critical: float
    warning_share: str = ""
    critical_share: str = ""
    whole: str = ""


def _memory_levels(settings: Settings, usable_mb: float | None) -> _MemoryLevels:
    """Lower the usual limits to what the process can reach; one that was set stays as it is."""
    warning, critical = settings.memory_warning_mb, settings.memory_critical_mb
    usual = Settings()
    warning_share = critical_share = ""
    if usable_mb is None:
        return _MemoryLevels(warning, critical)
    if warning == usual.memory_warning_mb > WARNING_SHARE * usable_mb:
        warning = min(float(math.floor(WARNING_SHARE * usable_mb)), critical)
        warning_share = f"{WARNING_SHARE:.0%}"
    if critical == usual.memory_critical_mb > CRITICAL_SHARE * usable_mb:
        critical = max(float(math.floor(CRITICAL_SHARE * usable_mb)), warning)
        critical_share = f"{CRITICAL_SHARE:.0%}"
    whole = f"the {human(usable_mb, 'MB')} that there is"
    return _MemoryLevels(warning, critical, warning_share, critical_share, whole)

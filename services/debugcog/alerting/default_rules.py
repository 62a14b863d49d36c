"""Settings → the rules of the guide's "Key Metrics to RuleState", of event loop and gateway."""

from __future__ import annotations

from collections.abc import Callable

from services.debugcog.alerting.rules import FEW, Level, Rule, Signal, gauge_reader
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Snapshot, Summary

MINUTE = 60.0
MIN_SAMPLES = 10
MIN_MESSAGES = 50
MIN_ERRORS = 3

Reader = Callable[[Snapshot], Signal]


def default_rules(settings: Settings) -> tuple[Rule, ...]:
    """Make the rules of the guide's "Key Metrics to RuleState", the event loop's and the gateway's.

    Every duration is multiplied by ``ALERT_TIME_SCALE``, but for the window of the gauges: it
    has to hold three samples of the process.
    """
    scale = settings.alert_time_scale
    samples = 3 * settings.metrics_collection_interval

    def level(enter: float, clear: float, for_seconds: float) -> Level:
        return Level(enter, clear * enter, for_seconds * scale)

    return (
        Rule(
            name="response_time",
            title="Response time",
            unit="ms",
            metric="total_response_time",
            window=5 * MINUTE * scale,
            read=per_request(lambda summary: summary.mean, "total_response_time"),
            warning=level(settings.response_time_warning_ms, 2.5 / 3, 2 * MINUTE),
            critical=level(settings.response_time_critical_ms, 4.5 / 5, MINUTE),
            keep_firing_for=5 * MINUTE * scale,
            guarded=True,
            words="Average of 5 minutes, from 10 samples on",
        ),
        Rule(
            name="tokens",
            title="Tokens per request",
            unit="",
            metric="tokens_input",
            window=10 * MINUTE * scale,
            read=per_request(lambda summary: summary.mean, "tokens_input"),
            warning=level(settings.tokens_warning, 3000 / 3500, 5 * MINUTE),
            critical=level(settings.tokens_critical, 4500 / 5000, 2 * MINUTE),
            keep_firing_for=10 * MINUTE * scale,
            guarded=True,
            words="Average input tokens a request in 10 minutes, from 10 samples on",
        ),
        Rule(
            name="memory",
            title="Memory",
            unit="MB",
            metric="memory_usage_mb",
            window=samples,
            read=gauge_reader(lambda summary: summary.p50, "memory_usage_mb"),
            warning=level(settings.memory_warning_mb, 1.35 / 1.5, 2 * MINUTE),
            critical=level(settings.memory_critical_mb, 1.85 / 2, 0.5 * MINUTE),
            keep_firing_for=5 * MINUTE * scale,
            words="Memory of the process, median of 3 samples",
            sampled=True,
        ),
        Rule(
            name="error_rate",
            title="Error rate",
            unit="%",
            metric="errors|errors_captured/messages_processed",
            window=5 * MINUTE * scale,
            read=error_rate,
            warning=level(settings.error_rate_warning_percent, 1.5 / 2, 2 * MINUTE),
            critical=level(settings.error_rate_critical_percent, 4 / 5, MINUTE),
            keep_firing_for=5 * MINUTE * scale,
            guarded=True,
            words="Errors per 100 messages in 5 minutes, from 50 messages on",
        ),
        Rule(
            name="event_loop",
            title="Event loop lag",
            unit="ms",
            metric="event_loop_lag_ms",
            window=MINUTE * scale,
            read=gauge_reader(lambda summary: summary.maximum, "event_loop_lag_ms"),
            warning=level(settings.event_loop_lag_warning_ms, 0.5, 0.5 * MINUTE),
            critical=level(settings.event_loop_lag_critical_ms, 1 / 3, 0.0),
            keep_firing_for=2 * MINUTE * scale,
            words="How late the event loop runs, the most in 1 minute",
        ),
        Rule(
            name="gateway",
            title="Gateway down",
            unit="s",
            metric="gateway_down_seconds",
            window=samples,
            read=gauge_reader(lambda summary: summary.last, "gateway_down_seconds"),
            warning=level(settings.gateway_down_warning_seconds, 1 / 60, 0.0),
            critical=level(settings.gateway_down_critical_seconds, 1 / 300, 0.0),
            keep_firing_for=MINUTE * scale,
            words="Time without a connection to Discord's gateway",
            sampled=True,
        ),
    )


def per_request(statistic: Callable[[Summary], float], metric: str) -> Reader:
    """Read a statistic of a series that requests feed; fewer than ten are too few."""

    def read(snapshot: Snapshot) -> Signal:
        summary = snapshot.series.get(metric)
        enough = summary is not None and summary.count >= MIN_SAMPLES
        return Signal(statistic(summary)) if summary and enough else FEW

    return read


def error_rate(snapshot: Snapshot) -> Signal:
    """Read errors per 100 messages; fewer than three errors are no rate to speak of."""
    messages = snapshot.counters.get("messages_processed", 0)
    if messages < MIN_MESSAGES:
        return FEW
    return Signal(snapshot.error_rate if snapshot.errors >= MIN_ERRORS else 0.0)

"""Name and kind of a metric → the family that Prometheus sees: name, unit, bounds and help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from services.debugcog.frozen import frozen
from services.debugcog.patterns import late_pattern
from services.debugcog.timeseries.bounds import COSTS, LAG_SECONDS, RESPONSE_SECONDS, TOKEN_COUNTS
from services.debugcog.timeseries.totals import MetricTotals

PREFIX = "discord_bot_"
Kind = Literal["counter", "gauge", "histogram"]
PER_SECOND, PER_BYTE, PER_ONE = 1000.0, 2.0**-20, 100.0
"""What ms, MB and percent are divided by, to be seconds, bytes and a ratio."""


@frozen
class Export:
    """How one metric is exported.

    Attributes:
        stem: name of the family without its unit, ``discord_bot_response``.
        kind: of the family.
        help: one sentence.
        unit: base unit, the end of the name; empty for a plain number.
        divisor: a value divided by it is in the base unit.
        bounds: of a histogram's buckets, in the base unit.
        newest: whether the newest value is a gauge of its own beside the histogram.
    """

    stem: str
    kind: Kind
    help: str
    unit: str = ""
    divisor: float = 1.0
    bounds: tuple[float, ...] = ()
    newest: bool = False

    @property
    def name(self) -> str:
        """Return the name of the family; a counter's samples add ``_total``."""
        return f"{self.stem}_{self.unit}" if self.unit else self.stem


def _timing(stem: str, what: str) -> Export:
    return Export(
        PREFIX + stem, "histogram", f"Duration of {what}.", "seconds", PER_SECOND, RESPONSE_SECONDS
    )


def _counter(stem: str, what: str) -> Export:
    return Export(PREFIX + stem, "counter", f"{what} since the process started.")


def _tokens(stem: str, what: str) -> Export:
    return Export(PREFIX + stem, "histogram", f"{what} per request.", bounds=TOKEN_COUNTS)


def _level(stem: str, help_text: str, unit: str, divisor: float = 1.0) -> Export:
    return Export(PREFIX + stem, "gauge", help_text, unit, divisor)


KNOWN: Mapping[str, Export] = {
    "total_response_time": _timing("response", "a whole response"),
    "llm_generation": _timing("llm_generation", "a call of a language model"),
    "llm_time_to_first_token": _timing(
        "llm_time_to_first_token", "the wait for the first token of a language model"
    ),
    "tts_generation": _timing("tts_generation", "text to speech"),
    "voice_transcription": _timing("voice_transcription", "a transcription of voice"),
    "command": _timing("command", "a command, by name"),
    "interaction": _timing("interaction", "the handler of a button, menu, form or completion"),
    "acknowledgement": _timing(
        "acknowledgement", "an interaction, from its creation to its acknowledgement"
    ),
    "messages_processed": _counter("messages_processed", "Messages processed"),
    "api_calls": _counter("api_calls", "Calls of other services"),
    "errors": _counter("errors", "Errors that the bot has counted itself"),
    "errors_captured": _counter("errors_captured", "Errors that DebugCog has caught"),
    "cache_hits": _counter("cache_hits", "Lookups that the cache answered"),
    "cache_misses": _counter("cache_misses", "Lookups that the cache did not answer"),
    "tokens_input": _tokens("tokens_input", "Tokens sent to a language model"),
    "tokens_output": _tokens("tokens_output", "Tokens that a language model has answered"),
    "tokens_used": _tokens("tokens_used", "Tokens used, where input and output are not told apart"),
    "tokens_cached": _tokens("tokens_cached", "Tokens that a provider has read from its cache"),
    "llm_cost": Export(
        PREFIX + "llm_cost",
        "histogram",
        "What models cost, in the currency of the prices; the sum counts.",
        bounds=COSTS,
    ),
    "memory_usage_mb": _level("memory", "Resident memory of the process.", "bytes", PER_BYTE),
    "temp_files_mb": _level("temp_files", "Size of the temporary files.", "bytes", PER_BYTE),
    "event_loop_lag_ms": Export(
        PREFIX + "event_loop_lag",
        "histogram",
        "How much later than due the event loop ran.",
        "seconds",
        PER_SECOND,
        LAG_SECONDS,
    ),
    "cpu_percent": _level("cpu", "Use of processors; 1 is one core.", "ratio", PER_ONE),
    "gateway_latency_ms": _level(
        "gateway_latency", "Heartbeat of the slowest connected shard.", "seconds", PER_SECOND
    ),
    "gateway_down_seconds": _level(
        "gateway_down", "How long a shard has been disconnected, the longest.", "seconds"
    ),
    "process_start_time_seconds": _level(
        "process_start_time", "When the process started, in unix time.", "seconds"
    ),
}
"""Our own names; what a host adds is named by ``host_export``."""

OWN = (
    "info",
    "event_loop_lag_max_seconds",
    "values_refused",
    "label_sets_without_ids",
    "active_users",
    "guilds",
    "rule_severity",
    "incidents_open",
    "shard_up",
    "shard_latency_seconds",
)
"""Families, without their prefix, that are made of no metric: no host's metric gets such a name."""

SUFFIXES: Mapping[str, tuple[str, float]] = {
    "us": ("seconds", 1e6),
    "ms": ("seconds", PER_SECOND),
    "seconds": ("seconds", 1.0),
    "minutes": ("seconds", 1 / 60),
    "hours": ("seconds", 1 / 3600),
    "days": ("seconds", 1 / 86_400),
    "bytes": ("bytes", 1.0),
    "kb": ("bytes", 2.0**-10),
    "mb": ("bytes", PER_BYTE),
    "gb": ("bytes", 2.0**-30),
    "percent": ("ratio", PER_ONE),
    "ratio": ("ratio", 1.0),
}
"""How a host's name may end → base unit, and what a value is divided by; 1 kB is 1024 bytes."""

_RESERVED = late_pattern(
    "(_(total|count|sum|bucket|created|info|histogram|gauge|counter|summary|newest))+$"
)


def exports(metrics: Iterable[MetricTotals]) -> tuple[dict[str, Export], tuple[str, ...]]:
    """Name every metric's family, so that no two share a name.

    Known names come first, then a host's as ``totals()`` lists them: of two that would be one, the
    first keeps its name and the other gets a number. So a name that was given stays, and what is
    there at the first scrape is named alike in each process.

    Args:
        metrics: as ``MetricsService.totals`` lists them.

    Returns:
        The export of each metric by its name, and a sentence for each that was renamed.
    """
    chosen: dict[str, Export] = {}
    taken = {PREFIX + name: "DebugCog" for name in OWN}
    renamed = []
    for metric in sorted(metrics, key=lambda metric: metric.name not in KNOWN):
        wanted = KNOWN.get(metric.name) or host_export(metric)
        export, number = wanted, 2
        while any(name in taken for name in series_of(export)):
            export = replace(wanted, stem=f"{wanted.stem}_{number}")
            number += 1
        if export is not wanted:
            first = next(taken[name] for name in series_of(wanted) if name in taken)
            renamed.append(
                f"{metric.name} is exported as {export.name}: {wanted.name} is taken by {first}"
            )
        taken |= dict.fromkeys(series_of(export), metric.name)
        chosen[metric.name] = export
    return chosen, tuple(renamed)


def host_export(metric: MetricTotals) -> Export:
    """Name the family of a host's own metric."""
    stem, unit, divisor = _parts(metric)
    help_text = f"The bot's own metric {metric.name}."
    if metric.counter:
        return Export(stem, "counter", help_text, unit, divisor)
    if not metric.bounds:
        return Export(stem, "gauge", help_text, unit, divisor)
    bounds = tuple(bound / divisor for bound in metric.bounds)
    return Export(stem, "histogram", help_text, unit, divisor, bounds, newest=not metric.timed)


def series_of(export: Export) -> tuple[str, ...]:
    """List the names of the time series that a family has, and of the families beside it."""
    name = export.name
    if export.kind == "histogram":
        beside = (f"{export.stem}_failures", newest_name(export))
        return (name, *(f"{name}{part}" for part in ("_bucket", "_sum", "_count")), *beside)
    return (name, f"{name}_total")


def newest_name(export: Export) -> str:
    """Name the gauge of the newest value."""
    return replace(export, stem=f"{export.stem}_newest").name


def _parts(metric: MetricTotals) -> tuple[str, str, float]:
    """Split a host's name into stem and unit; what Prometheus means by an ending is cut off."""
    name = metric.name
    plain = _RESERVED.sub("", name) or name
    stem, _, suffix = plain.rpartition("_")
    unit, divisor = SUFFIXES.get(suffix, ("", 1.0)) if stem else ("", 1.0)
    if metric.timed:
        unit, divisor = "seconds", PER_SECOND
    rest = stem if stem and suffix in SUFFIXES else plain
    return PREFIX + (_RESERVED.sub("", rest) or rest), unit, divisor

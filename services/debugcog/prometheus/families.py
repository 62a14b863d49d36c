"""Totals, rules and shards of a process → families of samples, as Prometheus counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.prometheus import genai
from services.debugcog.prometheus.label_sets import LabelSet, merged, regrouped
from services.debugcog.prometheus.labels import Labels
from services.debugcog.prometheus.names import KNOWN, PREFIX, Export, Kind, exports, newest_name
from services.debugcog.prometheus.source import Shard, Source
from services.debugcog.timeseries.totals import MetricTotals

LAG, LAG_WINDOW = "event_loop_lag_ms", 60.0
STALE = 900.0
"""Seconds after which the newest value of a host's gauge is no longer told: it cannot be read."""


class Sample(NamedTuple):
    """One line: what is added to the family's name, the labels, the value: int or float itself."""

    suffix: str
    labels: Labels
    value: float


@frozen
class Family:
    """Time series of one name.

    Attributes:
        name: without ``_total``; ends with the unit.
        kind: of the samples.
        help: one sentence.
        unit: base unit, or empty.
        samples: those of one label set together, buckets from low to high.
    """

    name: str
    kind: Kind
    help: str
    unit: str
    samples: tuple[Sample, ...]


def families(source: Source) -> tuple[Family, ...]:
    """Gather everything that there is to export, and tell what had to be changed for it."""
    metrics = source.metrics.totals()
    chosen, renamed = exports(metrics)
    for sentence in renamed:
        source.notices.tell(sentence)
    sets: dict[str, tuple[LabelSet, ...]] = {}
    dropped = 0
    for metric in metrics:
        sets[metric.name], names, count = merged(metric, source.redact)
        dropped += count
        for name in names:
            source.notices.tell(
                f"Label {name} of {metric.name} is not exported: it tells users, channels or "
                "servers apart"
            )
    stale = source.clock() - STALE
    return tuple(
        family
        for part in (
            _metrics(metrics, chosen, sets, stale),
            _conventions(metrics, sets),
            _process(source, dropped),
            _people(source),
            _rules(tuple(source.rules())),
            _shards(tuple(source.shards())),
        )
        for family in part
        if family.samples
    )


def _metrics(
    metrics: Iterable[MetricTotals],
    chosen: Mapping[str, Export],
    sets: Mapping[str, Sequence[LabelSet]],
    stale: float,
) -> Iterator[Family]:
    for metric in metrics:
        export, label_sets = chosen[metric.name], sets[metric.name]
        if export.kind == "counter":
            samples = [
                Sample("_total", one.labels, one.total / export.divisor) for one in label_sets
            ]
            yield _family(export, samples)
        elif export.kind == "gauge":
            fresh = [one for one in label_sets if metric.name in KNOWN or one.last_at > stale]
            yield _family(export, _newest(fresh, export.divisor))
        else:
            yield _family(export, _histogram(metric, export, label_sets))
            yield from _beside(metric, export, label_sets)


def _beside(
    metric: MetricTotals, export: Export, label_sets: Sequence[LabelSet]
) -> Iterator[Family]:
    """Export what a histogram does not tell."""
    if metric.timed:
        failed = tuple(Sample("_total", one.labels, one.failed) for one in label_sets)
        help_text = f"Timed blocks of {metric.name} that ended with an exception."
        yield Family(f"{export.stem}_failures", "counter", help_text, "", failed)
    if export.newest:
        newest = tuple(_newest(label_sets, export.divisor))
        help_text = f"Newest value of {metric.name}."
        yield Family(newest_name(export), "gauge", help_text, export.unit, newest)


def _family(export: Export, samples: Iterable[Sample]) -> Family:
    return Family(export.name, export.kind, export.help, export.unit, tuple(samples))


def _newest(label_sets: Iterable[LabelSet], divisor: float) -> Iterator[Sample]:
    return (
        Sample("", one.labels, one.last / divisor) for one in label_sets if one.last is not None
    )


def _histogram(
    metric: MetricTotals, export: Export, label_sets: Iterable[LabelSet]
) -> Iterator[Sample]:
    """Write the buckets up to each bound; the metric may have counted at more bounds than these.

    A sum that can fall is left out, as the format asks: values below zero were among it.
    """
    counted = [bound / export.divisor for bound in metric.bounds]
    places = [(("le", f"{bound:.12g}"), counted.index(bound)) for bound in export.bounds]
    places.append((("le", "+Inf"), len(counted)))
    for one in label_sets:
        up_to = tuple(accumulate(one.buckets))
        for le, place in places:
            yield Sample("_bucket", (*one.labels, le), up_to[place])
        if one.minimum >= 0:
            yield Sample("_count", one.labels, one.count)
            yield Sample("_sum", one.labels, one.total / export.divisor)


def _conventions(
    metrics: Iterable[MetricTotals], sets: Mapping[str, Sequence[LabelSet]]
) -> Iterator[Family]:
    """Export model calls by OpenTelemetry's names too, once there are some."""
    found: dict[Export, list[Sample]] = {}
    for metric in metrics:
        convention = genai.CONVENTIONS.get(metric.name)
        if convention is None:
            continue
        with_values = [one for one in sets[metric.name] if one.count]
        label_sets = regrouped(with_values, partial(genai.attributes, convention.token_type))
        samples = found.setdefault(convention.export, [])
        samples += _histogram(metric, convention.export, label_sets)
    for export, samples in found.items():
        yield _family(export, samples)


def _gauge(
    name: str, help_text: str, samples: Iterable[tuple[Labels, float]], unit: str = ""
) -> Family:
    found = tuple(Sample("", labels, value) for labels, value in samples)
    return Family(PREFIX + name, "gauge", help_text, unit, found)


def _process(source: Source, dropped: int) -> Iterator[Family]:
    info = (("python", source.python), ("release", source.release))
    yield _gauge("info", "Versions of the bot and of Python; always 1.", [(info, 1)])
    lag = source.metrics.summary(LAG, LAG_WINDOW)
    yield _gauge(
        "event_loop_lag_max_seconds",
        "The longest delay of the event loop in the last minute.",
        [((), lag.maximum / 1000)] if lag.count else [],
        "seconds",
    )
    refused = (Sample("_total", (), source.metrics.refused),)
    help_text = "Values that were refused because of their name or what they were."
    yield Family(f"{PREFIX}values_refused", "counter", help_text, "", refused)
    yield _gauge(
        "label_sets_without_ids",
        "Label sets that lost a label here because it tells users, channels or servers apart.",
        [((), dropped)],
    )


def _people(source: Source) -> Iterator[Family]:
    for name, help_text, count in (
        ("active_users", "Users who did something lately.", source.active_users()),
        ("guilds", "Servers that the bot is in.", source.guilds()),
    ):
        yield _gauge(name, help_text, [] if count is None else [((), count)])


def _rules(statuses: Sequence[RuleStatus]) -> Iterator[Family]:
    yield _gauge(
        "rule_severity",
        "State of each alert rule of DebugCog: 0 is OK, 1 warning, 2 critical.",
        [((("rule", one.rule.name),), one.state.severity.value) for one in statuses],
    )
    open_now = [one.incident.severity for one in statuses if one.incident]
    yield _gauge(
        "incidents_open",
        "Open incidents of DebugCog by severity.",
        [
            ((("severity", severity.word),), open_now.count(severity))
            for severity in (Severity.WARNING, Severity.CRITICAL)
            if statuses
        ],
    )


def _shards(shards: Sequence[Shard]) -> Iterator[Family]:
    labels: list[Labels] = [(("shard", str(one.id or 0)),) for one in shards]
    yield _gauge(
        "shard_up",
        "Whether a shard is connected to Discord's gateway.",
        zip(labels, (float(one.down_seconds is None) for one in shards), strict=True),
    )
    yield _gauge(
        "shard_latency_seconds",
        "Latency of a shard's last heartbeat.",
        [
            (label, one.latency_ms / 1000)
            for label, one in zip(labels, shards, strict=True)
            if one.latency_ms is not None
        ],
        "seconds",
    )

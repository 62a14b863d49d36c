"""Summary of one metric → its figures, rows by label, and how they compare with another time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from services.debugcog.alerting.reads import SeriesStatistic
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.answers.figure import Figure, severity_of
from services.debugcog.frozen import frozen
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.metric_names import OTHER
from services.debugcog.timeseries.snapshot import Summary
from services.debugcog.timeseries.stretch import Kind

UNITS = {"_ms": "ms", "_seconds": "s", "_mb": "MB", "_percent": "%"}
"""How a metric's name ends → its unit."""
STATISTICS: Mapping[Kind, tuple[str, ...]] = {
    "counter": (),
    "timer": ("mean", "p50", "p95", "p99", "maximum", "last"),
    "level": ("last", "mean", "minimum", "p95", "maximum"),
    "value": ("mean", "p50", "p95", "p99", "maximum", "last", "total"),
}
"""What is told of each kind, besides how many."""
COMPARED: Mapping[Kind, tuple[str, ...]] = {
    "counter": ("rate",),
    "timer": ("rate", "mean", "p95"),
    "level": ("mean", "maximum"),
    "value": ("rate", "mean", "p95"),
}
"""What can be compared of two times that are not equally long."""
WORST: Mapping[Kind, Callable[[Summary], float]] = {
    "counter": lambda one: one.count,
    "timer": lambda one: one.p95,
    "level": lambda one: one.last or 0.0,
    "value": lambda one: one.total,
}
"""By what rows are sorted: the slowest, or the most."""
MINUTE = 60.0
WITHOUT = "(without)"
"""Stands for what was recorded without a label that others have."""


@frozen
class Statistic:
    """One figure of a metric: its name, such as ``p95``, and what it is."""

    name: str
    figure: Figure


@frozen(kw_only=True)
class LabelRow:
    """What has one value of a label.

    Attributes:
        value: of the label.
        count: values, or the amount of a counter.
        failed: of timed blocks.
        share: of all that is in the window, percent.
        mean, p50, p95, maximum, last, total: in the metric's unit; no values for a counter.
    """

    value: str
    count: Figure
    failed: Figure
    share: Figure
    mean: Figure
    p50: Figure
    p95: Figure
    maximum: Figure
    last: Figure
    total: Figure


@frozen
class Compared:
    """One statistic of two times.

    Attributes:
        name: of the statistic.
        now: in the window.
        before: in the other time.
        difference: between them; without a value where one of them has none.
        percent: of what was before; no value where that is zero.
    """

    name: str
    now: Figure
    before: Figure
    difference: Figure
    percent: Figure


def unit_of(name: str, kind: Kind) -> str:
    """Return the unit of a metric's values, as its name or its timer tells."""
    if kind == "counter":
        return ""
    suffix = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    return "ms" if kind == "timer" else suffix


def statistics(
    summary: Summary, kind: Kind, unit: str, seconds: float, statuses: Mapping[str, RuleStatus]
) -> Iterator[Statistic]:
    """Make the figures of a window, each with the mark of the rule that reads it.

    Args:
        summary: of the window.
        kind: of the metric.
        unit: of its values.
        seconds: for which the bot ran.
        statuses: rules, by the statistic that they read.
    """
    if kind != "level":
        yield Statistic("count", Figure(summary.count))
        yield Statistic("rate", _rate(summary, seconds))
    if kind == "timer":
        yield Statistic("failed", Figure(summary.failed))
    for name in STATISTICS[kind]:
        severity = severity_of(statuses.get(name))
        value = getattr(summary, name) if summary.count else None
        yield Statistic(name, Figure(value, unit, severity))


def compared(
    now: tuple[Summary, float], before: tuple[Summary, float], kind: Kind, unit: str
) -> Iterator[Compared]:
    """Compare two times; each is a summary, and the seconds for which the bot ran in it."""
    for name in COMPARED[kind]:
        values = [_statistic(name, *one) for one in (now, before)]
        of = "" if name == "rate" else unit
        difference = percent = None
        if values[0] is not None and values[1] is not None:
            difference = values[0] - values[1]
            percent = 100.0 * difference / abs(values[1]) if values[1] else None
        yield Compared(
            name=name,
            now=Figure(values[0], of),
            before=Figure(values[1], of),
            difference=Figure(difference, of),
            percent=Figure(percent, "%"),
        )


def rows_of(groups: Mapping[str, Summary], kind: Kind, unit: str) -> tuple[LabelRow, ...]:
    """Make a row of each value of a label: the slowest, or the most, first."""
    whole = sum(_amount(one, kind) for one in groups.values())
    ordered = sorted(groups.items(), key=lambda pair: (-WORST[kind](pair[1]), pair[0]))
    return tuple(_row(value, one, kind, unit, whole) for value, one in ordered)


def value_of(label: str) -> Callable[[str], str]:
    """Make what tells the value that a label has in a label set."""

    def group(key: str) -> str:
        return OTHER if key == OTHER else labels_of(key).get(label, WITHOUT)

    return group


def by_statistic(name: str, rules: Mapping[str, RuleStatus]) -> dict[str, RuleStatus]:
    """Map each statistic of a metric to the rule that reads it, the worst where several do."""
    reading = sorted(rules.values(), key=lambda status: (status.known, status.severity))
    return {
        status.rule.reads.statistic: status
        for status in reading
        if isinstance(status.rule.reads, SeriesStatistic) and status.rule.reads.series == name
    }


def _row(value: str, one: Summary, kind: Kind, unit: str, whole: float) -> LabelRow:
    def figure(number: float | None) -> Figure:
        return Figure(None if kind == "counter" or not one.count else number, unit)

    return LabelRow(
        value=value,
        count=Figure(one.count),
        failed=Figure(one.failed),
        share=Figure(100.0 * _amount(one, kind) / whole if whole else None, "%"),
        mean=figure(one.mean),
        p50=figure(one.p50),
        p95=figure(one.p95),
        maximum=figure(one.maximum),
        last=figure(one.last),
        total=figure(one.total),
    )


def _amount(one: Summary, kind: Kind) -> float:
    return one.count if kind == "counter" else one.total


def _rate(summary: Summary, seconds: float) -> Figure:
    return Figure(MINUTE * summary.count / seconds if seconds else None)


def _statistic(name: str, summary: Summary, seconds: float) -> float | None:
    if name == "rate":
        return _rate(summary, seconds).value
    value: float = getattr(summary, name)
    return value if summary.count else None

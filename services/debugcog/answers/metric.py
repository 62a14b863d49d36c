"""Name of a metric → MetricAnswer: its figures, rules, rows by label, other times, and chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Literal

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Rule
from services.debugcog.answers.charts import line
from services.debugcog.answers.incidents import RuleLine, rule_line
from services.debugcog.answers.markers import Timeline
from services.debugcog.answers.metric_parts import (
    Compared,
    LabelRow,
    Statistic,
    by_statistic,
    compared,
    rows_of,
    statistics,
    unit_of,
    value_of,
)
from services.debugcog.answers.published import Published
from services.debugcog.answers.rates import per_minute
from services.debugcog.answers.reads import Read, read
from services.debugcog.answers.series_charts import LAG, timeline
from services.debugcog.answers.sources import Sources
from services.debugcog.charting.chart_spec import ChartSpec, Line
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED
from services.debugcog.timeseries.series import LONGEST
from services.debugcog.timeseries.snapshot import EMPTY, Point
from services.debugcog.timeseries.stretch import Kind, Stretch
from services.debugcog.units import as_unit
from services.debugcog.windows import WINDOWS, Window

DAY = 86_400.0
LINES_MAX = 5
"""Values of a label that the chart has a line of."""
PICKS: Mapping[Kind, Sequence[str]] = {
    "counter": ("mean",),
    "timer": ("p50", "p95", "maximum"),
    "level": ("mean", "maximum"),
    "value": ("mean", "p95", "maximum"),
}
"""What is drawn, the one first that another time is drawn with."""
WORDS = {"mean": "average", "maximum": "max"}

Other = Literal["none", "before", "yesterday"]
TITLES: Mapping[Other, str] = {"before": "before", "yesterday": "yesterday"}


@frozen
class OtherTime:
    """A time that the window is compared with.

    Attributes:
        what: the window before, or the same time yesterday.
        start: unix seconds, as are its figures, which are kept by buckets; None without any.
        end: likewise.
        compared: its statistics beside those of the window.
        missing: why there are none, in a sentence; empty where there are.
    """

    what: Other
    start: float | None
    end: float | None
    compared: tuple[Compared, ...]
    missing: str


@frozen(kw_only=True)
class MetricAnswer:
    """One metric in a window.

    Attributes:
        name: of the metric.
        kind: of its values.
        unit: of its values.
        window: of all figures.
        statistics: as fits the kind.
        rules: that read it, the worst first.
        others: times that it is compared with.
        labels: names of the labels that it has.
        by: the label of the rows; empty without.
        rows: one for each value of the label, the slowest or the most first.
        has_values: whether there is something in the window.
        recorded: whether it has ever had a value.
        chart: of the metric.
        trouble: says what is missing and why; None when all is well.
    """

    name: str
    kind: Kind
    unit: str
    window: Window
    statistics: tuple[Statistic, ...]
    rules: tuple[RuleLine, ...]
    others: tuple[OtherTime, ...]
    labels: tuple[str, ...]
    by: str
    rows: tuple[LabelRow, ...]
    has_values: bool
    recorded: bool
    chart: ChartSpec
    trouble: str | None = None


async def metric(
    sources: Sources,
    published: Published,
    window: Window,
    name: str,
    by: str = "",
    compare: Other = "none",
) -> MetricAnswer | None:
    """Answer from the numbers, the state file, and what the bot's thread published.

    Args:
        sources: of the figures.
        published: has the rules.
        window: of all figures.
        name: of the metric.
        by: name of a label whose values are told apart; empty for none.
        compare: a time that the chart shows, too.

    Returns:
        None where there is no such metric.
    """
    work = partial(events_since, start=sources.clock() - WINDOWS[window][0])
    found = await read(sources.query, "Marks in charts", work)
    wanted = name, by, compare
    return await sources.off_loop(partial(_answer, sources, published, window, wanted, found))


def _answer(
    sources: Sources,
    published: Published,
    window: Window,
    wanted: tuple[str, str, Other],
    found: Read[ChartEvents],
) -> MetricAnswer | None:
    """Sum up the numbers: some milliseconds."""
    name, by, compare = wanted
    told = sources.metrics.describe(name)
    if told is None or name == STARTED:
        return None
    it = _Asked(sources.metrics, name, told.kind, WINDOWS[window][0], sources.clock())
    statuses = by_statistic(name, published.rules)
    groups = it.metrics.grouped(name, value_of(by), it.seconds) if by in told.labels else {}
    rows = rows_of(groups, it.kind, it.unit)
    starts = it.metrics.points(STARTED, it.seconds, percentiles=False)
    points = {name: it.metrics.points(name, it.seconds), LAG: it.alive, STARTED: starts}
    shared = timeline(points, it.seconds, it.now, sources.process.started, found.value or NO_EVENTS)
    lines = it.by_label(by, rows, shared.restarts) if rows else it.lines(points[name], shared)
    if compare != "none":
        shared = replace(shared, start=it.now - it.seconds)
        lines = (*lines[:LINES_MAX], *it.earlier(compare))
    title = f"{name} per minute" if it.kind == "counter" else name
    watching = max(statuses.values(), key=lambda status: status.severity, default=None)
    return MetricAnswer(
        name=name,
        kind=it.kind,
        unit=it.unit,
        window=window,
        statistics=tuple(statistics(it.summary, it.kind, it.unit, it.ran, statuses)),
        rules=tuple(_rules(name, published.rules.values())),
        others=tuple(it.other(what) for what in TITLES),
        labels=told.labels,
        by=by if by in told.labels else "",
        rows=rows,
        has_values=bool(it.summary.count or it.summary.failed),
        recorded=it.metrics.recorded(name),
        chart=shared.chart(
            f"{title}, by {by}" if rows else title, as_unit(it.unit), lines, watching
        ),
        trouble=found.trouble,
    )


class _Asked:
    """One metric in one window, and in other times."""

    def __init__(
        self, metrics: MetricsService, name: str, kind: Kind, seconds: float, now: float
    ) -> None:
        self.metrics = metrics
        self.name = name
        self.kind = kind
        self.unit = unit_of(name, kind)
        self.seconds = seconds
        self.now = now
        self.alive = metrics.points(LAG, seconds, percentiles=False)
        self.summary = metrics.summary(name, seconds)
        self.ran = min(sum(min(one.width, now - one.time) for one in self.alive), seconds)

    def lines(self, points: Sequence[Point], shared: Timeline) -> tuple[Line, ...]:
        """Draw the metric itself."""
        if self.kind == "counter":
            points = per_minute(points, self.alive, self.now)
        return tuple(
            line(WORDS.get(pick, pick), points, attrgetter(pick), shared.restarts)
            for pick in PICKS[self.kind]
        )

    def by_label(
        self, by: str, rows: Sequence[LabelRow], restarts: tuple[float, ...]
    ) -> tuple[Line, ...]:
        """Draw the first values of a label: their averages, or their rates."""
        groups = self.metrics.grouped_points(self.name, value_of(by), self.seconds)
        lines = []
        for row in rows[:LINES_MAX]:
            points: Sequence[Point] = groups.get(row.value, ())
            if self.kind == "counter":
                points = per_minute(points, self.alive, self.now)
            lines.append(line(row.value, points, attrgetter("mean"), restarts))
        return tuple(lines)

    def earlier(self, what: Other) -> tuple[Line, ...]:
        """Draw another time in the place of this one; no line where there is none."""
        found, alive = self._stretch(self.name, what), self._stretch(LAG, what)
        if found is None or alive is None:
            return ()
        points: Sequence[Point] = found.points
        if self.kind == "counter":
            points = per_minute(points, alive.points, alive.end)
        shift = self._shift(what)
        drawn = line(TITLES[what], points, attrgetter(PICKS[self.kind][0]))
        moved = ((time + shift, value) for time, value in drawn.points)
        return (replace(drawn, points=tuple(moved)),)

    def other(self, what: Other) -> OtherTime:
        """Compare with another time."""
        if self._shift(what) + self.seconds > LONGEST:
            return OtherTime(what, None, None, (), "History is kept for 7 days.")
        alive = self._stretch(LAG, what)
        if alive is None:
            when = "yesterday" if what == "yesterday" else "of the window before"
            return OtherTime(what, None, None, (), f"No data {when}.")
        found = self._stretch(self.name, what)
        before = found.summary if found else EMPTY, alive.seconds
        pairs = compared((self.summary, self.ran), before, self.kind, self.unit)
        return OtherTime(what, alive.start, alive.end, tuple(pairs), "")

    def _stretch(self, name: str, what: Other) -> Stretch | None:
        end = self.now - self._shift(what)
        return self.metrics.stretch(name, end - self.seconds, end)

    def _shift(self, what: Other) -> float:
        return DAY if what == "yesterday" else self.seconds


def _rules(name: str, statuses: Iterable[RuleStatus]) -> Iterator[RuleLine]:
    found = [one for one in statuses if _reads(one.rule, name)]
    return map(rule_line, sorted(found, key=lambda status: -status.severity))


def _reads(rule: Rule, name: str) -> bool:
    """Tell whether a rule reads a metric, or a chart shows it in the place of a function."""
    return any(name in one.names for one in (rule.reads, rule.chart) if one is not None)

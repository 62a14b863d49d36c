"""Starts, changes and incidents of a window → Timeline: what all charts of an answer share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from services.debugcog.alerting.chart_events import NO_EVENTS, Breach, ChartEvents
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.charts import marks, thresholds_of
from services.debugcog.charting.chart_spec import MAX_SPANS, ChartSpec, Line, Span
from services.debugcog.frozen import frozen
from services.debugcog.units import Unit


@frozen
class Timeline:
    """What all charts of an answer have in common.

    Attributes:
        start: left edge, unix seconds.
        end: right edge, unix seconds.
        restarts: when the process started again, unix seconds.
        events: what happened to the bot.
    """

    start: float
    end: float
    restarts: tuple[float, ...] = ()
    events: ChartEvents = NO_EVENTS

    def chart(
        self, title: str, unit: Unit, lines: Iterable[Line], status: RuleStatus | None = None
    ) -> ChartSpec:
        """Make a chart, with thresholds and changes of the rule that watches what it shows."""
        rule = status.rule if status else None
        changes = self.events.changes_of(rule.name if rule else "")
        return ChartSpec(
            title=title,
            unit=unit,
            lines=tuple(lines),
            thresholds=thresholds_of(rule),
            spans=tuple(_spans(self.events.breaches, self.start, self.end)),
            start=self.start,
            end=self.end,
            marks=marks(changes, self.start, self.end, self.restarts),
        )


def _spans(breaches: Sequence[Breach], start: float, end: float) -> Iterator[Span]:
    """Shade what lies between two unix times; the latest where there are too many."""
    for breach in sorted(breaches[:MAX_SPANS], key=lambda one: one.since):
        begin = max(breach.since, start)
        over = end if breach.ended is None else min(breach.ended, end)
        if begin <= over and breach.peak > Severity.OK:
            yield Span(begin, over, "critical" if breach.peak is Severity.CRITICAL else "warning")

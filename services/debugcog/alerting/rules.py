"""Rule: a value with severity thresholds and durations; ``rule()`` makes a host's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

from services.debugcog.alerting.reads import Drawable, HostFunction, Reads, SeriesStatistic
from services.debugcog.alerting.rule_bounds import check_texts, check_times
from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt

if TYPE_CHECKING:
    from services.debugcog.timeseries.snapshot import Snapshot

THRESHOLD_MAX = 1e100
"""No value of a metric is larger; "never" is a level that is left out."""

DATA_MISSING = "data_missing."
"""What the name of the rule begins with that watches whether another one has a value."""
CRASH_LOOP = "crash_loop"
DOWN = "gateway_down_seconds"
"""The metric whose value is how long the breach has lasted."""
LAG = "event_loop_lag_ms"
"""The metric whose rules are about stalls of the event loop."""


class Severity(IntEnum):
    """How bad it is; the order counts."""

    OK = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """Give the name as it is shown."""
        return self.name.lower()

    @property
    def mark(self) -> str:
        """Give the mark; each has a shape of its own, for those who cannot tell the colours."""
        return ("✅", "⚠️", "🔴")[self]


@frozen
class Level:
    """One severity of a rule: entered at ``>= enter`` for ``for_seconds``, left below ``clear``.

    Between the two nothing changes (dead band). ``share`` says what its threshold is of the rule's
    ``whole``, such as ``80%``; empty where it is none.
    """

    enter: float
    clear: float
    for_seconds: float
    share: str = dataclasses.field(default="", repr=False)

    def moved(self, enter: float) -> Level:
        """Copy the level with another threshold and the same relative dead band."""
        share = self.share if enter == self.enter else ""
        return Level(enter, enter * self.clear / self.enter, self.for_seconds, share)


@frozen
class Fallback:
    """What a rule reads in a bot that has never recorded what it should read."""

    reads: SeriesStatistic
    title: str
    description: str


@frozen
class Rule:
    """One thing that is watched.

    Args:
        name: stable key, also in the database: ``memory``.
        title: in words: ``Memory``.
        unit: ``ms``, ``MB``, ``%``, ``s`` or empty.
        window: seconds of metrics that are read.
        reads: the value; None when the evaluator itself counts it.
        warning: level, or None.
        critical: level, or None.
        keep_firing_for: seconds below the clear value after which a level is left.
        description: what the value is: ``Median of 3 samples of the process's memory``; with the
            shares of its levels, if they are some.
        chart: what a chart of it shows, where that is not what it reads.
        fallback: what it reads where nothing of ``reads`` has ever been recorded.
        whole: what the shares of its levels are of.
    """

    name: str
    title: str
    unit: str
    window: float
    reads: Reads | None
    warning: Level | None
    critical: Level | None
    keep_firing_for: float
    description: str = ""
    chart: Drawable | None = None
    fallback: Fallback | None = None
    whole: str = ""

    @property
    def guarded(self) -> bool:
        """Tell whether it notices that there is too little traffic to judge."""
        return self.reads is not None and self.reads.guarded

    @property
    def sampled(self) -> bool:
        """Tell whether a gauge feeds it, so that its window has to hold some samples."""
        return isinstance(self.reads, SeriesStatistic) and not self.reads.guarded

    @property
    def about_lag(self) -> bool:
        """Tell whether a stall of the event loop is what it fires for."""
        return isinstance(self.reads, SeriesStatistic) and self.reads.series == LAG

    @property
    def measures_breach(self) -> bool:
        """Tell whether its value is how long the breach has lasted, in seconds."""
        return isinstance(self.reads, SeriesStatistic) and self.reads.series == DOWN

    @property
    def charted(self) -> Drawable | None:
        """Return what a chart of it shows; None when nothing is known to draw."""
        return self.chart or (None if isinstance(self.reads, HostFunction) else self.reads)

    def is_recorded(self, recorded: Callable[[str], bool]) -> bool:
        """Tell whether what it judges by traffic was ever recorded; of a gauge, it should be."""
        reads = self.reads
        return not (self.guarded and isinstance(reads, Drawable)) or recorded(reads.required)

    def as_recorded(self, recorded: Callable[[str], bool]) -> Rule:
        """Return the rule with its fallback, where only that was ever recorded.

        Args:
            recorded: whether a metric has ever had a value.
        """
        other = self.fallback
        if other is None or self.is_recorded(recorded) or not recorded(other.reads.series):
            return self
        return dataclasses.replace(
            self, reads=other.reads, title=other.title, description=other.description
        )

    def threshold(self, severity: Severity) -> float | None:
        """Return the value at which a severity is entered; None when the rule has no such level."""
        level = self.level(severity)
        return level.enter if level else None

    @property
    def thresholds(self) -> dict[Severity, float]:
        """Map each severity that the rule has to the value at which it is entered."""
        return {
            severity: level.enter
            for severity, level in (
                (Severity.WARNING, self.warning),
                (Severity.CRITICAL, self.critical),
            )
            if level is not None
        }

    def level(self, severity: Severity) -> Level | None:
        """Return a level by its severity; None when the rule has no such level."""
        return self.critical if severity is Severity.CRITICAL else self.warning

    def severity_of(self, value: float) -> Severity:
        """Return the highest severity whose threshold a value has reached, at once."""
        for severity in (Severity.CRITICAL, Severity.WARNING):
            enter = self.threshold(severity)
            if enter is not None and value >= enter:
                return severity
        return Severity.OK

    def with_thresholds(self, enter: Mapping[Severity, float]) -> Rule:
        """Copy the rule with other thresholds.

        Raises:
            ValueError: a value is not above zero and ``THRESHOLD_MAX`` at most, the rule has no
                such level, or critical would be below warning.
        """
        changed = {severity: self._moved(severity, value) for severity, value in enter.items()}
        warning = changed.get(Severity.WARNING, self.warning)
        critical = changed.get(Severity.CRITICAL, self.critical)
        if warning and critical and critical.enter < warning.enter:
            raise ValueError(f"{self.name}: critical must not be below warning")
        made = dataclasses.replace(self, warning=warning, critical=critical)
        if not self.whole:
            return made
        description = self.description.removesuffix(_shares(self)) + _shares(made)
        return dataclasses.replace(made, description=description)

    def _moved(self, severity: Severity, enter: float) -> Level:
        level = self.level(severity)
        if level is None or not 0 < enter <= THRESHOLD_MAX:
            raise ValueError(f"{self.name} takes no {severity.word} threshold of {enter:g}")
        return level.moved(enter)


def _shares(rule: Rule) -> str:
    levels = (("warning", rule.warning), ("critical", rule.critical))
    named = [f"{name} at {one.share}" for name, one in levels if one and one.share]
    return f"; {', '.join(named)} of {rule.whole}" if named else ""


def rule(
    name: str,
    read: Callable[[Snapshot], float] | None = None,
    *,
    gauge: str = "",
    warning: float,
    critical: float | None = None,
    title: str = "",
    unit: str = "",
    metric: str = "",
    window: float = 300.0,
    for_seconds: float = 60.0,
    keep_firing_for: float = 300.0,
    description: str = "",
    hold: float | None = None,
    keep: float | None = None,
    words: str | None = None,
) -> Rule:
    """Make a host's own rule in one line.

    ``rule("queue", lambda snapshot: queue.qsize(), warning=100, critical=500)`` or, of a gauge or
    any other recorded value, ``rule("queue", gauge="queue_length", warning=100)``.

    Args:
        name: lower-case letters, digits and underscores, 40 at most; one of a default rule
            replaces that rule.
        read: the value to evaluate; called on the bot's event loop at every evaluation, and every
            5 s where the dashboard is enabled, so it must return at once.
        gauge: instead of ``read``: the metric whose newest value is evaluated.
        warning: value from which on it warns.
        critical: value from which on it is critical; None for a rule that only warns.
        title: in words; made of ``name`` when left out.
        unit: ``ms``, ``MB``, ``%``, ``s`` or empty.
        metric: what the chart of a breach shows; ``gauge`` when left out.
        window: seconds of metrics that ``read`` gets.
        for_seconds: seconds of unbroken breach before it fires.
        keep_firing_for: seconds of the opposite before it ends.
        description: what the value is, for the cards.
        hold: the older name of ``for_seconds``.
        keep: the older name of ``keep_firing_for``.
        words: the older name of ``description``.

    Raises:
        ValueError: something is out of bounds, or both or neither of ``read`` and ``gauge`` given.
    """
    if (read is None) is (not gauge):
        raise ValueError(f"rule {name!r}: give either a function or gauge=")
    for_seconds = for_seconds if hold is None else hold
    description = _text(description if words is None else words)
    made = Rule(
        name=name,
        title=_text(title) or str(name).replace("_", " ").capitalize(),
        unit=_text(unit),
        window=float(window),
        reads=SeriesStatistic(gauge, "last") if read is None else HostFunction(read),
        warning=_level(warning, for_seconds),
        critical=None if critical is None else _level(critical, for_seconds),
        keep_firing_for=float(keep_firing_for if keep is None else keep),
        description=description or (f"Newest value of {gauge}" if gauge else ""),
        chart=SeriesStatistic(metric, "maximum") if metric else None,
    )
    check(made)
    return made


def _text(value: object) -> str:
    """Return a text of the host's that can be stored; none where making it raises."""
    return attempt(lambda: storable(str(value or "")), "")


def _level(enter: float, for_seconds: float) -> Level:
    """Make a level of numbers of any type: they are multiplied, stored and shown as floats."""
    return Level(float(enter), 0.9 * float(enter), float(for_seconds))


def check(rule: Rule) -> None:
    """Refuse a rule that cannot be evaluated or shown.

    Raises:
        ValueError: says what is wrong, and what is allowed.
    """
    check_texts(rule.name, rule.unit)
    levels = [one for one in (rule.warning, rule.critical) if one]
    if not levels:
        raise ValueError(f"rule {rule.name}: give a warning or a critical threshold")
    rule.with_thresholds(rule.thresholds)
    seconds = (level.for_seconds for level in levels)
    check_times(rule.name, rule.window, rule.keep_firing_for, *seconds)

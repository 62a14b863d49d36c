"""Alert rule → what it reads and when it fires, in PromQL."""

from __future__ import annotations

from services.debugcog.alerting.reads import CounterRatio, SeriesStatistic
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.frozen import frozen
from services.debugcog.prometheus.names import KNOWN, PER_BYTE, PER_ONE, PER_SECOND, PREFIX

BY = "job, instance, process"
"""What tells processes apart; every rule is about one of them, as the cog's own is."""

DIVISORS = {"ms": PER_SECOND, "MB": PER_BYTE, "%": PER_ONE}
"""Unit of a rule → what its thresholds are divided by, to be in the unit of the expression."""

STATISTICS = {"mean": "mean", "maximum": "max", "p50": "median", "p95": "p95", "last": "last"}


class NotExpressibleError(ValueError):
    """A rule reads what is not exported, such as a function of the host's."""


@frozen
class Expressions:
    """One rule in PromQL.

    Attributes:
        records: names of what is recorded, and its expressions; each may read those before it. The
            last one is the rule's value, in base units: nothing where too little traffic is there.
    """

    records: tuple[tuple[str, str], ...]

    @property
    def value(self) -> str:
        """Return the name under which the rule's value is recorded."""
        return self.records[-1][0]

    def breach(self, level: Level, unit: str, alert: str, severity: Severity) -> str:
        """Write when a level is breached: from its threshold on, until below its clear value.

        Between the two it depends on whether the alert fires, which Prometheus tells by ``ALERTS``.
        """
        divisor = DIVISORS.get(unit, 1.0)
        firing = f'ALERTS{{alertname="{alert}", severity="{severity.word}", alertstate="firing"}}'
        return (
            f"{self.value} >= {_number(level.enter / divisor)}\n"
            f"or ({self.value} >= {_number(level.clear / divisor)} and on ({BY}) {firing})"
        )


def expressions(rule: Rule) -> Expressions:
    """Write what a rule reads.

    Raises:
        NotExpressibleError: it reads what is not exported.
    """
    window = seconds(rule.window)
    if isinstance(rule.reads, CounterRatio):
        return Expressions(_ratio(rule.reads, window))
    if not isinstance(rule.reads, SeriesStatistic):
        raise NotExpressibleError(rule.name)
    value = _statistic(rule.reads, window)
    if rule.fallback is not None:
        count = f"{KNOWN[rule.reads.series].name}_count"
        other = _statistic(rule.fallback.reads, window)
        value = f"({value})\nor on ({BY})\n({other}\nunless on ({BY}) {_sum(count)} > 0)"
    statistic = STATISTICS[rule.reads.statistic]
    return Expressions(((f"process:{KNOWN[rule.reads.series].name}:{statistic}{window}", value),))


def seconds(value: float) -> str:
    """Write a duration as Prometheus reads it, in whole units: ``5m``, ``2500ms``."""
    for unit, size in (("h", 3600.0), ("m", 60.0), ("s", 1.0)):
        if value >= size and value % size == 0:
            return f"{value / size:.0f}{unit}"
    return f"{max(1.0, value * 1000):.0f}ms" if value else "0s"


def _statistic(reads: SeriesStatistic, window: str) -> str:
    if reads.series not in KNOWN:
        raise NotExpressibleError(reads.series)
    name = KNOWN[reads.series].name
    if reads.statistic == "mean":
        count = f"{_sum(f'increase({name}_count[{window}])')} >= {reads.min_samples}"
        mean = f"{_sum(f'rate({name}_sum[{window}])')} / {_sum(f'rate({name}_count[{window}])')}"
        return f"{mean}\nand {count}"
    if reads.series == "event_loop_lag_ms" and reads.statistic == "maximum":
        return f"max by ({BY}) ({PREFIX}event_loop_lag_max_seconds)"  # of the last minute already
    if KNOWN[reads.series].kind == "gauge" and reads.statistic == "p50":
        return f"max by ({BY}) (quantile_over_time(0.5, {name}[{window}]))"
    if KNOWN[reads.series].kind == "gauge" and reads.statistic == "last":
        return f"max by ({BY}) ({name})"
    raise NotExpressibleError(repr(reads))


def _ratio(reads: CounterRatio, window: str) -> tuple[tuple[str, str], ...]:
    """Record the largest of the counters first: it is needed more than once."""
    first, *others = (_increase(name, window) for name in reads.over)
    largest = first
    for other in others:
        largest = f"({largest})\n>= ({other})\nor ({other})"
    family = KNOWN[reads.over[0]].name
    over = f"process:{family}:increase{window}"
    under = f"{_increase(reads.under, window)} >= {max(1, reads.min_under)}"
    ratio = f"({over} >= {reads.min_over} or {over} * 0)\n/ ({under})"
    return ((over, largest), (f"process:{family}:ratio{window}", ratio))


def _increase(name: str, window: str) -> str:
    return _sum(f"increase({KNOWN[name].name}_total[{window}])")


def _sum(expression: str) -> str:
    return f"sum by ({BY}) ({expression})"


def _number(value: float) -> str:
    return f"{value:.12g}"

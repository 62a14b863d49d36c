"""Rule and Snapshot → the Signal that the rule reads from it; a host's own rule in one line."""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from services.timeseries.snapshot import Snapshot

log = logging.getLogger("debugcog.rules")


class Severity(IntEnum):
    """How bad it is; the order counts."""

    OK = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """Give the name as it is shown."""
        return self.name.lower()


class Quality(Enum):
    """What a value is worth: use it, too few samples behind it, or no value at all."""

    GOOD = "good"
    FEW = "few"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Signal:
    """What a rule reads at one moment."""

    value: float
    quality: Quality = Quality.GOOD


FEW = Signal(0.0, Quality.FEW)
MISSING = Signal(math.nan, Quality.MISSING)


@dataclass(frozen=True, slots=True)
class Level:
    """One severity of a rule: entered at ``>= enter`` for ``hold`` seconds, left below ``clear``.

    Between the two nothing changes (dead band).
    """

    enter: float
    clear: float
    hold: float

    def moved(self, enter: float) -> Level:
        """Copy the level with another threshold and the same relative dead band."""
        return Level(enter, enter * self.clear / self.enter, self.hold)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is watched.

    Args:
        name: stable key, also in the database: ``memory``.
        title: in words: ``Memory``.
        unit: ``ms``, ``MB``, ``%``, ``s`` or empty.
        metric: the series that a chart of the breach shows; ``a/b`` is a ratio of two counters.
        window: seconds of metrics that ``read`` gets.
        read: the rule's statistic of a snapshot.
        warning: level, or None.
        critical: level, or None.
        keep: seconds below the clear value after which a level is left.
        guarded: ``read`` tells by ``Quality.FEW`` when there is too little traffic to judge.
    """

    name: str
    title: str
    unit: str
    metric: str
    window: float
    read: Callable[[Snapshot], Signal]
    warning: Level | None
    critical: Level | None
    keep: float
    guarded: bool = False

    def threshold(self, severity: Severity) -> float | None:
        """Return the value at which a severity is entered; None when the rule has no such level."""
        level = self.critical if severity is Severity.CRITICAL else self.warning
        return level.enter if level else None

    def with_thresholds(self, enter: Mapping[Severity, float]) -> Rule:
        """Copy the rule with other thresholds.

        Raises:
            ValueError: a value is not positive and finite, the rule has no such level, or critical
                would be below warning.
        """
        changed = {severity: self._moved(severity, value) for severity, value in enter.items()}
        warning = changed.get(Severity.WARNING, self.warning)
        critical = changed.get(Severity.CRITICAL, self.critical)
        if warning and critical and critical.enter < warning.enter:
            raise ValueError(f"{self.name}: critical must not be below warning")
        return dataclasses.replace(self, warning=warning, critical=critical)

    def _moved(self, severity: Severity, enter: float) -> Level:
        level = self.critical if severity is Severity.CRITICAL else self.warning
        if level is None or not (math.isfinite(enter) and enter > 0):
            raise ValueError(f"{self.name} takes no {severity.word} threshold of {enter:g}")
        return level.moved(enter)


def measure(rule: Rule, snapshot: Snapshot) -> Signal:
    """Read a rule's signal; NaN, infinity and an exception of the rule count as missing."""
    try:
        signal = rule.read(snapshot)
    except Exception:
        log.exception("Rule not readable: %s", rule.name)
        return MISSING
    return signal if math.isfinite(signal.value) else MISSING


def rule(
    name: str,
    read: Callable[[Snapshot], float],
    *,
    warning: float,
    critical: float | None = None,
    title: str = "",
    unit: str = "",
    metric: str = "",
    window: float = 300.0,
    hold: float = 60.0,
    keep: float = 300.0,
) -> Rule:
    """Make a host's own rule in one line.

    ``rule("queue", lambda snapshot: queue.qsize(), warning=100, critical=500)``
    """
    return Rule(
        name=name,
        title=title or name.replace("_", " ").capitalize(),
        unit=unit,
        metric=metric,
        window=window,
        read=lambda snapshot: Signal(read(snapshot)),
        warning=Level(warning, 0.9 * warning, hold),
        critical=None if critical is None else Level(critical, 0.9 * critical, hold),
        keep=keep,
    )

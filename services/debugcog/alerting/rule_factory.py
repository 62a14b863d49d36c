"""A host's own rule, made in one line: what ``debugcog.rule()`` is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.debugcog.alerting.reads import HostFunction, SeriesStatistic
from services.debugcog.alerting.rules import Level, Rule, check
from services.debugcog.exceptions import storable
from services.debugcog.guard import attempt

if TYPE_CHECKING:
    from services.debugcog.timeseries.snapshot import Snapshot


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

"""WaterfallSpec: frozen description of calls along one axis of time, and its alt text."""

from __future__ import annotations

import json
from typing import Any

from services.debugcog.charting.chart_spec import MAX_ALT_TEXT, MAX_TEXT, check_count, one_line
from services.debugcog.frozen import frozen
from services.debugcog.units import human
from services.debugcog.wording import counted

MAX_BARS = 30
MAX_DEPTH = 8
MAX_MS = 1e9


@frozen
class Bar:
    """One call of a trace.

    Attributes:
        label: what was called.
        start_ms: ms after the start of its trace.
        duration_ms: ms that it took.
        depth: 0 for the whole trace, 1 for what it called, up to 8.
        slowest: whether it is the part to look at.
        failed: whether it raised.
        group: number of its trace; bars of a trace stand one below the other.
    """

    label: str
    start_ms: float
    duration_ms: float
    depth: int = 0
    slowest: bool = False
    failed: bool = False
    group: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.start_ms <= MAX_MS and 0 <= self.duration_ms <= MAX_MS):
            times = f"{self.start_ms!r}, {self.duration_ms!r}"
            raise ValueError(f"a bar must have times of 0 to {MAX_MS:g} ms, not {times}")
        if not 0 <= self.depth <= MAX_DEPTH:
            raise ValueError(f"the depth of a bar must be 0 to {MAX_DEPTH}, not {self.depth!r}")

    @property
    def end_ms(self) -> float:
        """Return the ms after the start of its trace at which it ended."""
        return self.start_ms + self.duration_ms


@frozen
class WaterfallSpec:
    """Calls, each from its start to its end; those that ran at once stand beside each other.

    Attributes:
        title: drawn above; shortened where it does not fit.
        rows: from top to bottom, 30 at most.

    Raises:
        ValueError: if something is out of bounds, or not a real number.
    """

    title: str
    rows: tuple[Bar, ...]

    def __post_init__(self) -> None:
        check_count("bars", len(self.rows), MAX_BARS)

    @property
    def total_ms(self) -> float:
        """Return the length of the longest trace, in ms."""
        return max((bar.end_ms for bar in self.rows), default=0.0)


def encode(spec: WaterfallSpec) -> bytes:
    """Write a spec as JSON."""
    rows = [
        [
            *(bar.label[:MAX_TEXT], bar.start_ms, bar.duration_ms),
            *(bar.depth, bar.slowest, bar.failed, bar.group),
        ]
        for bar in spec.rows
    ]
    return json.dumps({"title": spec.title[:MAX_TEXT], "rows": rows}).encode()


def decode(fields: Any) -> WaterfallSpec:
    """Read the JSON that ``encode`` wrote."""
    return WaterfallSpec(fields["title"], tuple(Bar(*values) for values in fields["rows"]))


def alt_text(spec: WaterfallSpec) -> str:
    """Say in words what the picture shows: the slowest part, what failed, then each call."""
    traces = len({bar.group for bar in spec.rows})
    title = one_line(spec.title, 100)
    if not spec.rows:
        return f"{title}: no calls yet."
    parts = [f"{title}: {counted(traces, 'trace')}, {human(spec.total_ms, 'ms')}."]
    parts += [
        f"Slowest: {one_line(bar.label, 40)}, {human(bar.duration_ms, 'ms')}."
        for bar in spec.rows
        if bar.slowest
    ]
    failed = [one_line(bar.label, 40) for bar in spec.rows if bar.failed]
    if failed:
        parts.append(f"Failed: {', '.join(failed)}.")
    parts += [
        f"{one_line(bar.label, 40)} from {human(bar.start_ms, 'ms')} to {human(bar.end_ms, 'ms')}."
        for bar in spec.rows
    ]
    return one_line(" ".join(parts), MAX_ALT_TEXT)

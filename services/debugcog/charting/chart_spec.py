"""ChartSpec: frozen description of a chart, with its JSON form and alt text."""

from __future__ import annotations

import base64
import json
import math
import struct
from typing import Any, Literal, get_args

from services.debugcog.charting.scales import clock_time
from services.debugcog.frozen import frozen
from services.debugcog.units import Unit, human
from services.debugcog.wording import clip, counted

Severity = Literal["warning", "critical"]

MAX_LINES = 6
MAX_POINTS = 600
MAX_THRESHOLDS = 4
MAX_SPANS = 50
MAX_MARKS = 20
MAX_TEXT = 200
MAX_VALUE = 1e300
MAX_WINDOW = 366 * 86_400.0  # seconds
MAX_TIME = 253_402_300_799.0  # unix seconds; the end of the year 9999
MAX_ALT_TEXT = 1024  # Discord's limit for the description of an attachment


@frozen
class Line:
    """One line of a chart.

    Attributes:
        label: a word or two, drawn at the line's end.
        points: (unix seconds, value) in the order of time; None is a gap.
    """

    label: str
    points: tuple[tuple[float, float | None], ...]

    def __post_init__(self) -> None:
        check_count("points of a line", len(self.points), MAX_POINTS)
        before = 0.0
        for time, value in self.points:
            if not before <= time <= MAX_TIME:
                raise ValueError(f"times of a line must be in order and real, not {time!r}")
            if value is not None and not -MAX_VALUE <= value <= MAX_VALUE:
                raise ValueError(f"a value of a line must be a real number, not {value!r}")
            before = time

    @property
    def values(self) -> tuple[float, ...]:
        """Return the values without the gaps."""
        return tuple(value for _, value in self.points if value is not None)


@frozen
class Threshold:
    """A limit; ``label`` is a word such as ``warning``, the value is drawn behind it."""

    label: str
    value: float
    severity: Severity

    def __post_init__(self) -> None:
        check_severity(self.severity)
        if not -MAX_VALUE <= self.value <= MAX_VALUE:
            raise ValueError(f"a threshold must be a real number, not {self.value!r}")


@frozen
class Span:
    """An incident to shade, from ``start`` to ``end`` in unix seconds."""

    start: float
    end: float
    severity: Severity

    def __post_init__(self) -> None:
        check_severity(self.severity)
        if not 0 <= self.start <= self.end <= MAX_TIME:
            raise ValueError(f"a span must end after its start: {self.start!r}, {self.end!r}")


@frozen
class Mark:
    """Something that happened at ``time``, in unix seconds; ``label`` is a word such as restart."""

    time: float
    label: str

    def __post_init__(self) -> None:
        if not 0 <= self.time <= MAX_TIME:
            raise ValueError(f"a mark must have a real time, not {self.time!r}")


@frozen
class ChartSpec:
    """Everything that a picture of numbers over time shows.

    Attributes:
        title: drawn above the chart; shortened where it does not fit.
        unit: unit of all values; drawn as s, min, GB and the like where they are large.
        lines: few, the most important first.
        thresholds: limits, drawn across the chart.
        spans: incidents, shaded.
        start: left edge, unix seconds.
        end: right edge, unix seconds; 1 s to 366 days after ``start``.
        marks: what happened, in the order of time, drawn from top to bottom.

    Raises:
        ValueError: if something is out of bounds, or not a real number.
    """

    title: str
    unit: Unit
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]
    spans: tuple[Span, ...]
    start: float
    end: float
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise ValueError(f"unit must be one of {get_args(Unit)}, not {self.unit!r}")
        check_count("lines", len(self.lines), MAX_LINES)
        check_count("thresholds", len(self.thresholds), MAX_THRESHOLDS)
        check_count("spans", len(self.spans), MAX_SPANS)
        check_count("marks", len(self.marks), MAX_MARKS)
        if not (0 <= self.start <= MAX_TIME - MAX_WINDOW):
            raise ValueError(f"start must be a unix time in seconds, not {self.start!r}")
        if not 1 <= self.end - self.start <= MAX_WINDOW:
            raise ValueError("a chart must show 1 second to 366 days")


def encode(spec: ChartSpec) -> bytes:
    """Write a spec as JSON; points are packed, which spares the event loop a millisecond."""
    document = {
        "title": spec.title[:MAX_TEXT],
        "unit": spec.unit,
        "lines": [[line.label[:MAX_TEXT], pack(line.points)] for line in spec.lines],
        "thresholds": [[t.label[:MAX_TEXT], t.value, t.severity] for t in spec.thresholds],
        "spans": [[s.start, s.end, s.severity] for s in spec.spans],
        "marks": [[mark.time, mark.label[:MAX_TEXT]] for mark in spec.marks],
        "start": spec.start,
        "end": spec.end,
    }
    return json.dumps(document).encode()


def decode(fields: Any) -> ChartSpec:
    """Read the JSON that ``encode`` wrote."""
    return ChartSpec(
        title=fields["title"],
        unit=fields["unit"],
        lines=tuple(Line(label, unpack(packed)) for label, packed in fields["lines"]),
        thresholds=tuple(Threshold(*values) for values in fields["thresholds"]),
        spans=tuple(Span(*values) for values in fields["spans"]),
        start=fields["start"],
        end=fields["end"],
        marks=tuple(Mark(*values) for values in fields["marks"]),
    )


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """Put text of unknown origin on one line of printable characters, shortened to ``limit``."""
    text = text[: 8 * limit]  # the rest could only be shown after thousands of blanks
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clip(line, limit)


def alt_text(spec: ChartSpec) -> str:
    """Say in words what the picture shows: the last and highest value of each line, and limits."""
    window = spec.end - spec.start
    start, end = clock_time(spec.start, window), clock_time(spec.end, window)
    parts = [f"{one_line(spec.title, 100)}, {start} to {end} UTC."]
    parts += [_describe_line(line, spec.unit) for line in spec.lines]
    if not any(line.values for line in spec.lines):
        parts[1:] = ["No data yet."]
    parts += [f"{one_line(t.label, 40)} at {human(t.value, spec.unit)}." for t in spec.thresholds]
    for severity in get_args(Severity):
        count = sum(span.severity == severity for span in spec.spans)
        if count:
            parts.append(f"{counted(count, f'{severity} incident')}.")
    for mark in spec.marks:
        time = clock_time(mark.time, window)
        parts.append(f"Marked at {time} UTC: {one_line(mark.label, 40)}.")
    return one_line(" ".join(parts), MAX_ALT_TEXT)


def _describe_line(line: Line, unit: str) -> str:
    values = line.values
    label = one_line(line.label, 40)
    if not values:
        return f"{label}: no data."
    return f"{label}: last {human(values[-1], unit)}, highest {human(max(values), unit)}."


def pack(points: tuple[tuple[float, float | None], ...]) -> str:
    """Write all times, then all values, as doubles; NaN is a gap."""
    times = [time for time, _ in points]
    values = [math.nan if value is None else value for _, value in points]
    return base64.b64encode(struct.pack(f"<{2 * len(points)}d", *times, *values)).decode()


def unpack(packed: str) -> tuple[tuple[float, float | None], ...]:
    """Read what ``pack`` wrote."""
    numbers = [number for (number,) in struct.iter_unpack("<d", base64.b64decode(packed))]
    times, values = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    gapped = (None if math.isnan(value) else value for value in values)
    return tuple(zip(times, gapped, strict=True))


def check_count(what: str, count: int, most: int) -> None:
    """Raise ValueError if there are too many."""
    if count > most:
        raise ValueError(f"at most {most} {what}, not {count}")


def check_severity(severity: str) -> None:
    """Raise ValueError if it is none."""
    if severity not in get_args(Severity):
        raise ValueError(f"severity must be one of {get_args(Severity)}, not {severity!r}")

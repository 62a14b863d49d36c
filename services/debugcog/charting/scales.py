"""Values and times of a chart → pixel positions, axis ticks and tick labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from services.debugcog.frozen import frozen
from services.debugcog.units import MONTHS, ZERO, scale

NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
DAY = 86_400
TIME_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10_800, 21_600, 43_200),
    *(DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY),
)
REACH = 3.0  # a limit above so many times the highest value would squeeze the lines flat
HEADROOM = 0.1  # of the height, free above the highest value


@frozen
class Frame:
    """A plot's rectangle in pixels, and the times (unix seconds) and values at its edges."""

    left: float
    bottom: float
    right: float
    top: float
    start: float
    end: float
    low: float
    high: float

    def x(self, time: float) -> float:
        """Return the pixel of a time; outside the rectangle if it is outside the window."""
        return self.left + (time - self.start) / (self.end - self.start) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the pixel of a value."""
        return self.bottom + (value - self.low) / (self.high - self.low) * (self.top - self.bottom)


def value_range(values: Sequence[float], limits: Sequence[float]) -> tuple[float, float]:
    """Choose the lowest and highest value to show: from zero, and with the limits in reach."""
    peak = max(values)
    if limits and min(limits) <= REACH * peak:
        peak = max([peak, *(limit for limit in limits if limit <= 2 * REACH * peak)])
    low, high = min(0.0, *values), max(0.0, peak)
    if high - low < ZERO:
        return 0.0, 5.0
    headroom = HEADROOM * (high - low)
    return low - headroom * (low < 0), high + headroom


def value_ticks(low: float, high: float, unit: str, most: int = 6) -> tuple[tuple[float, str], ...]:
    """Choose round values between ``low`` and ``high``, all in one unit, with their labels."""
    size, suffix = scale(max(abs(low), abs(high)), unit)
    step = _nice_step((high - low) / size / most)
    first, last = math.ceil(low / size / step), math.floor(high / size / step)
    decimals = next((d for d in range(9) if math.isclose(round(step, d), step)), 9)
    return tuple(
        (index * step * size, _tick_label(index * step, decimals, suffix))
        for index in range(first, last + 1)
    )


def time_ticks(start: float, end: float, most: int = 6) -> tuple[tuple[float, str], ...]:
    """Choose round times (UTC) between two unix times in seconds, with their labels."""
    few = max(1, most - 2)  # times with seconds are wider
    fitting = (s for s in TIME_STEPS if (end - start) / s <= (most if s >= 60 else few))
    step = next(fitting, TIME_STEPS[-1])
    times = range(math.ceil(start / step) * step, math.floor(end) + 1, step)
    return tuple((float(time), _time_label(time, step)) for time in times)


def clock_time(time: float, window: float) -> str:
    """Write a unix time in UTC, with the day where the window is longer than one."""
    moment = datetime.fromtimestamp(time, UTC)
    day = f"{moment.day} {MONTHS[moment.month - 1]} " if window > DAY else ""
    return f"{day}{moment:%H:%M}"


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> tuple[float, ...]:
    """Move centres of labels as little as needed, so that all are ``gap`` apart in low … high.

    Where they do not fit, they share the room evenly. The order of ``wanted`` is kept.
    """
    if len(wanted) > 1:
        gap = min(gap, (high - low) / (len(wanted) - 1))
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return tuple(placed)


def alone(ys: Sequence[float]) -> Iterator[int]:
    """Find the points between two gaps: a line of one point would be invisible."""
    padded = [math.nan, *ys, math.nan]
    for index, y in enumerate(ys):
        if not math.isnan(y) and math.isnan(padded[index]) and math.isnan(padded[index + 2]):
            yield index


def _nice_step(raw: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(raw))
    return next(nice * magnitude for nice in NICE if nice * magnitude >= raw * 0.999)


def _tick_label(number: float, decimals: int, suffix: str) -> str:
    if number == 0:
        return "0"
    plain = abs(number) < 1e5
    return (f"{number:,.{decimals}f}" if plain else f"{number:.1e}".replace("+", "")) + suffix


def _time_label(time: int, step: int) -> str:
    moment = datetime.fromtimestamp(time, UTC)
    if step >= DAY or (step >= 10_800 and time % DAY == 0):
        return f"{moment.day} {MONTHS[moment.month - 1]}"
    return f"{moment:%H:%M}" if step >= 60 else f"{moment:%H:%M:%S}"

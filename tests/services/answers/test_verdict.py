"""Is it leaking? A word and a sentence, from the memory of a run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.debugcog.answers.growth import growth
from services.debugcog.answers.verdict import EARLY, Verdict, verdict
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import fit
from tests.services.answers.world import RULES

START = 1_800_000_000.0
REPORT = MemoryReport(
    rss_mb=400.0,
    uss_mb=None,
    peak_mb=None,
    system_total_mb=800.0,
    system_available_mb=400.0,
    contained=True,
    threads=1,
    descriptors=None,
    tasks=1,
    collections=(),
    uncollectable=0,
    uptime=7200.0,
)


def run(memory: Callable[[float], float], minutes: int) -> list[Point]:
    """Make a value a minute; ``memory`` is given the minute."""
    noise = (0.0, 0.4, -0.3, 0.1, -0.2)
    return [
        Point(START + 60 * minute, 6, value, value, value, value)
        for minute in range(minutes)
        for value in (memory(minute) + noise[minute % len(noise)],)
    ]


def judged(memory: Callable[[float], float], minutes: int) -> Verdict:
    points = run(memory, minutes)
    trend = fit(points)
    return verdict(trend, growth(trend, REPORT, RULES["memory"]), points)


@pytest.mark.parametrize(
    ("memory", "minutes", "expected"),
    [
        (
            lambda minute: 200.0 + 2.0 * minute,
            60,
            Verdict(
                "leak",
                "+120 MB/h over the last 59 min (99% sure: +120 MB/h to +120 MB/h); "
                "reaches the container's limit in about 3 h 20 min",
            ),
        ),
        (
            lambda minute: 200.0 + min(120.0, 6.0 * minute),
            60,
            Verdict("cache", "grew by 114 MB, then flat for 40 min"),
        ),
        (lambda minute: 200.0, 60, Verdict("steady", "no trend over the last 59 min")),
        (
            lambda minute: 200.0 + (80.0 if minute // 7 % 2 else 0.0),
            60,
            Verdict(
                "unknown",
                "wanders between 200 MB and 280 MB over the last 59 min, without a trend so far",
            ),
        ),
        (
            lambda minute: 200.0 + 5.0 * (minute % 10),
            60,
            Verdict(
                "unknown",
                "wanders between 200 MB and 245 MB over the last 59 min, without a trend so far",
            ),
        ),
        (
            lambda minute: 100.0 + (350.0 if minute == 4 else 0.0) + (300.0 if minute > 39 else 0),
            60,
            Verdict("cache", "grew by 300 MB, then flat for 19 min"),
        ),
        (lambda minute: 200.0, 5, Verdict("unknown", EARLY)),
    ],
    ids=["leak", "cache", "steady", "wanders", "saw-tooth", "spike, then step", "too few"],
)
def test_it_is_judged_by_its_values(
    memory: Callable[[float], float], minutes: int, expected: Verdict
) -> None:
    assert judged(memory, minutes) == expected

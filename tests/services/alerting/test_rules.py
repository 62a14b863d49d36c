"""Rules read snapshots: the guide's own, and a host's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.diagnosis import UNKNOWN, diagnose
from services.debugcog.alerting.rules import (
    FEW,
    MISSING,
    Level,
    Rule,
    Severity,
    Signal,
    measure,
    rule,
)
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Snapshot, Summary

RULES = {one.name: one for one in default_rules(Settings())}


def snapshot(
    series: Mapping[str, Summary] | None = None, counters: Mapping[str, int] | None = None
) -> Snapshot:
    return Snapshot(0.0, 300.0, 0.0, series or {}, {}, counters or {}, {})


def summary(count: int = 10, value: float = 0.0, **more: float) -> Summary:
    fields = {"maximum": value, "p50": value, "last": value, **more}
    return Summary(count=count, total=count * value, **fields)  # type: ignore[arg-type]  # floats


def read(name: str, series: Summary) -> Signal:
    return measure(RULES[name], snapshot({RULES[name].metric: series}))


@pytest.mark.parametrize(
    ("name", "window", "warning", "critical", "keep"),
    [
        ("response_time", 300, (3000, 2500, 120), (5000, 4500, 60), 300),
        ("tokens", 600, (3500, 3000, 300), (5000, 4500, 120), 600),
        ("memory", 180, (1536, 1382.4, 120), (2048, 1894.4, 30), 300),
        ("error_rate", 300, (2, 1.5, 120), (5, 4, 60), 300),
        ("event_loop", 60, (500, 250, 30), (3000, 1000, 0), 120),
        ("gateway", 180, (60, 1, 0), (300, 1, 0), 60),
    ],
)
def test_the_default_rules_are_the_guides(
    name: str,
    window: float,
    warning: tuple[float, float, float],
    critical: tuple[float, float, float],
    keep: float,
) -> None:
    found = RULES[name]
    assert found.warning
    assert found.critical
    assert (found.window, found.keep_firing_for) == (window, keep)
    for level, expected in ((found.warning, warning), (found.critical, critical)):
        assert (level.enter, level.clear, level.for_seconds) == pytest.approx(expected)


def test_a_time_scale_shortens_every_duration_of_the_rules() -> None:
    rules = default_rules(Settings(alert_time_scale=0.1, metrics_collection_interval=1.0))
    response, memory = rules[0], rules[2]
    assert response.warning == Level(3000, 3000 * (2.5 / 3), 12.0)
    assert (response.window, response.keep_firing_for) == (30.0, 30.0)
    assert memory.window == 3.0, "three samples, whatever the scale"


def test_averages_need_ten_requests() -> None:
    assert read("response_time", summary(9, 9000.0)) == FEW
    assert read("response_time", summary(10, 9000.0)) == Signal(9000.0)
    assert read("tokens", summary(20, 100.0)) == Signal(100.0)


def test_gauges_read_their_own_statistic_and_miss_without_a_sample() -> None:
    several = Summary(count=3, total=6.0, maximum=3.0, p50=2.0, last=1.0)
    assert read("memory", several) == Signal(2.0)
    assert read("event_loop", several) == Signal(3.0)
    assert read("gateway", several) == Signal(1.0)
    assert read("gateway", Summary()) == MISSING
    assert measure(RULES["memory"], snapshot()) == MISSING


@pytest.mark.parametrize(
    ("messages", "errors", "signal"),
    [
        (49, 40, FEW),
        (50, 2, Signal(0.0)),
        (50, 3, Signal(6.0)),
        (1000, 0, Signal(0.0)),
        (0, 0, FEW),
    ],
)
def test_the_error_rate_needs_fifty_messages_and_three_errors(
    messages: int, errors: int, signal: Signal
) -> None:
    counters = {"messages_processed": messages, "errors": errors, "errors_captured": 0}
    assert measure(RULES["error_rate"], snapshot(counters=counters)) == signal
    assert measure(RULES["error_rate"], snapshot()) == FEW


def test_a_hosts_own_rule_takes_one_line() -> None:
    queue = rule("queue_depth", lambda _: 7.0, warning=100, critical=500)
    assert (queue.title, queue.warning, queue.critical) == (
        "Queue depth",
        Level(100, 90, 60),
        Level(500, 450, 60),
    )
    assert measure(queue, snapshot()) == Signal(7.0)
    assert rule("x", lambda _: 0.0, warning=1, title="X rays").critical is None
    assert rule("x", lambda _: 0.0, warning=1, title="X rays").title == "X rays"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "many", [1], 1j, 10**400])
def test_what_is_no_finite_number_is_missing(value: Any) -> None:
    assert measure(rule("x", lambda _: value, warning=1), snapshot()).quality is MISSING.quality


@pytest.mark.parametrize("value", [Decimal(5), Fraction(5), True + 4])
def test_any_number_is_taken_as_a_float(value: Any) -> None:
    signal = measure(rule("x", lambda _: value, warning=1), snapshot())
    assert (type(signal.value), signal) == (float, Signal(5.0))


def test_a_rule_that_raises_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    broken = rule("x", lambda _: 1 / 0, warning=1)
    assert measure(broken, snapshot()).quality is MISSING.quality
    assert "Rule not readable: x" in caplog.text


def test_thresholds_move_with_their_dead_band() -> None:
    memory: Rule = RULES["memory"]
    moved = memory.with_thresholds({Severity.WARNING: 1000.0, Severity.CRITICAL: 2000.0})
    assert moved.warning
    assert moved.warning.clear == pytest.approx(900.0)
    assert moved.threshold(Severity.WARNING) == 1000.0
    assert moved.threshold(Severity.CRITICAL) == 2000.0


def test_a_rule_without_the_level_takes_no_threshold_for_it() -> None:
    with pytest.raises(ValueError, match="x takes no critical threshold of 5"):
        rule("x", lambda _: 0.0, warning=1).with_thresholds({Severity.CRITICAL: 5.0})


def test_the_guides_troubleshooting_is_told_by_rule() -> None:
    assert diagnose("response_time").causes == (
        "LLM provider latency",
        "Large context size (> 3000 tokens)",
        "Network issues",
        "CPU/memory constraints",
    )
    assert all(diagnose(name) is not UNKNOWN for name in RULES)
    assert diagnose("a host's own") is UNKNOWN

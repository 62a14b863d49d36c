"""Rules read metrics: the cog's own, and a host's."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.debugcog.alerting.advice import Advice, advice_for
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.readings import measure, rule_faults
from services.debugcog.alerting.readings import read as read_rules
from services.debugcog.alerting.reads import (
    FEW,
    MISSING,
    CounterRatio,
    HostFunction,
    SeriesStatistic,
    Signal,
)
from services.debugcog.alerting.rules import Level, Rule, Severity, rule
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Snapshot, Summary

RULES = {one.name: one for one in default_rules(Settings())}


def snapshot() -> Snapshot:
    return Snapshot(0.0, 300.0, 0.0, {}, {}, {}, {})


def signal_of(rule: Rule, summaries: Mapping[str, Summary] | None = None) -> Signal:
    return measure(rule, summaries or {}, snapshot, rule_faults())


def summary(count: int = 10, value: float = 0.0, **more: float) -> Summary:
    fields = {"maximum": value, "p50": value, "last": value, **more}
    return Summary(count=count, total=count * value, **fields)  # type: ignore[arg-type]  # floats


def read(name: str, series: Summary) -> Signal:
    reads = RULES[name].reads
    assert isinstance(reads, SeriesStatistic)
    return signal_of(RULES[name], {reads.series: series})


def memory_rule(usable_mb: float | None, **settings: float) -> Rule:
    rules = default_rules(Settings(**settings), usable_mb)  # type: ignore[arg-type]  # floats
    return next(one for one in rules if one.name == "memory")


@pytest.mark.parametrize(
    ("usable_mb", "settings", "warning", "critical"),
    [
        (None, {}, 1536.0, 2048.0),
        (8192.0, {}, 1536.0, 2048.0),
        (2000.0, {}, 1536.0, 1900.0),
        (512.0, {}, 409.0, 486.0),
        (512.0, {"memory_warning_mb": 300.0}, 300.0, 486.0),
        (512.0, {"memory_warning_mb": 600.0}, 600.0, 600.0),
        (512.0, {"memory_warning_mb": 300.0, "memory_critical_mb": 350.0}, 300.0, 350.0),
        (512.0, {"memory_critical_mb": 4096.0}, 409.0, 4096.0),
    ],
)
def test_memory_is_judged_by_what_the_process_can_have_unless_a_threshold_was_set(
    usable_mb: float | None, settings: dict[str, float], warning: float, critical: float
) -> None:
    made = memory_rule(usable_mb, **settings)
    assert made.threshold(Severity.WARNING) == warning
    assert made.threshold(Severity.CRITICAL) == critical


def test_the_rule_for_memory_says_what_its_thresholds_are_shares_of() -> None:
    usual = "Process memory, median of 3 samples"
    assert memory_rule(8192.0).description == usual
    lowered = f"{usual}; warning at 80%, critical at 95% of the 512 MB that there is"
    assert memory_rule(512.0).description == lowered
    half = f"{usual}; critical at 95% of the 512 MB that there is"
    assert memory_rule(512.0, memory_warning_mb=300.0).description == half


def test_a_threshold_that_was_changed_is_no_share_any_more() -> None:
    lowered = memory_rule(512.0)
    both = lowered.with_thresholds({Severity.WARNING: 250.0, Severity.CRITICAL: 300.0})
    assert both.description == "Process memory, median of 3 samples"
    one = lowered.with_thresholds({Severity.WARNING: 250.0})
    assert one.description == (
        "Process memory, median of 3 samples; critical at 95% of the 512 MB that there is"
    )
    same = lowered.with_thresholds({Severity.WARNING: 409.0})
    assert same.description == lowered.description


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
    assert response.description == "Average over 30 s (needs 10 samples)"


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
    assert signal_of(RULES["memory"]) == MISSING


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
    rule = RULES["error_rate"]
    for own, caught in ((errors, 0), (0, errors), (errors, errors)):
        counts = {"messages_processed": messages, "errors": own, "errors_captured": caught}
        summaries = {name: Summary(count=count) for name, count in counts.items()}
        assert signal_of(rule, summaries) == signal
    assert signal_of(rule) == FEW


def test_the_numbers_of_a_rule_may_be_of_any_type() -> None:
    odd: Any = Decimal(100), Fraction(500), Decimal(60)
    queue = rule("queue", lambda _: 7.0, warning=odd[0], critical=odd[1], for_seconds=odd[2])
    assert (queue.warning, queue.critical) == (Level(100, 90, 60), Level(500, 450, 60))
    assert queue.warning
    assert type(queue.warning.enter) is type(queue.warning.for_seconds) is float


def test_a_hosts_own_rule_takes_one_line() -> None:
    queue = rule("queue_depth", lambda _: 7.0, warning=100, critical=500)
    assert (queue.title, queue.warning, queue.critical) == (
        "Queue depth",
        Level(100, 90, 60),
        Level(500, 450, 60),
    )
    assert signal_of(queue) == Signal(7.0)
    assert rule("x", lambda _: 0.0, warning=1, title="X rays").critical is None
    assert rule("x", lambda _: 0.0, warning=1, title="X rays").title == "X rays"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, ValueError])
def test_a_title_or_unit_that_cannot_be_made_a_text_costs_only_itself(
    error: type[BaseException],
) -> None:
    class Broken(str):
        def __str__(self) -> str:
            raise error

    odd: Any = Broken("odd")
    made = rule("x_ray", lambda _: 0.0, warning=1, title=odd, unit=odd, description=odd)
    assert (made.title, made.unit, made.description) == ("X ray", "", "")


def test_the_older_names_of_a_rules_durations_are_taken() -> None:
    older = rule("queue", gauge="queue_length", warning=100.0, hold=30.0, keep=90.0)
    assert (older.warning, older.keep_firing_for) == (Level(100.0, 90.0, 30.0), 90.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "many", [1], 1j, 10**400])
def test_what_is_no_finite_number_is_missing(value: Any) -> None:
    assert signal_of(rule("x", lambda _: value, warning=1)).quality is MISSING.quality


@pytest.mark.parametrize("value", [Decimal(5), Fraction(5), True + 4])
def test_any_number_is_taken_as_a_float(value: Any) -> None:
    signal = signal_of(rule("x", lambda _: value, warning=1))
    assert (type(signal.value), signal) == (float, Signal(5.0))


def test_a_rule_that_raises_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    broken = rule("x", lambda _: 1 / 0, warning=1)
    assert signal_of(broken).quality is MISSING.quality
    assert "Rule not readable: x" in caplog.text


def test_a_host_may_say_what_its_value_is_worth() -> None:
    assert signal_of(Rule("x", "X", "", 300.0, HostFunction(lambda _: FEW), None, None, 0.0)) == FEW


def test_a_chart_shows_what_a_rule_reads_or_what_its_host_names() -> None:
    assert RULES["memory"].charted == SeriesStatistic("memory_usage_mb", "p50")
    assert RULES["error_rate"].charted == CounterRatio(
        ("errors", "errors_captured"), "messages_processed", 50, 3
    )
    assert rule("x", lambda _: 0.0, warning=1).charted is None
    named = SeriesStatistic("queue_length", "maximum")
    assert rule("x", lambda _: 0.0, warning=1, metric="queue_length").charted == named
    assert rule("x", gauge="y", warning=1, metric="queue_length").charted == named


def test_what_requests_feed_is_guarded_and_what_a_sampler_feeds_is_sampled() -> None:
    assert [name for name, one in RULES.items() if one.guarded] == [
        "response_time",
        "tokens",
        "error_rate",
    ]
    assert [name for name, one in RULES.items() if one.sampled] == [
        "memory",
        "event_loop",
        "gateway",
    ]


class TestReadings:
    @pytest.fixture
    def metrics(self) -> MetricsService:
        metrics = MetricsService(fold_interval=None)
        metrics.record("queue_length", 7.0)
        metrics.increment("messages_processed", 60)
        metrics.increment("errors", 6)
        return metrics

    def test_every_rule_is_read_in_its_own_window(self, metrics: MetricsService) -> None:
        rules = (
            RULES["error_rate"],
            rule("depth", gauge="queue_length", warning=5, window=60.0),
            rule("messages", lambda now: now.counters["messages_processed"], warning=5),
            rule("window", lambda now: now.window, warning=5, window=60.0),
        )
        assert read_rules(metrics, rules, rule_faults()) == {
            "error_rate": Signal(10.0),
            "depth": Signal(7.0),
            "messages": Signal(60.0),
            "window": Signal(60.0),
        }

    def test_only_the_series_that_are_named_are_read(self, metrics: MetricsService) -> None:
        asked: list[tuple[set[str], float, bool]] = []

        class Watched(MetricsService):
            def summaries(
                self, names: Iterable[str], window: float = 300.0, *, percentiles: bool = True
            ) -> dict[str, Summary]:
                if found := set(names):
                    asked.append((found, window, percentiles))
                return {}

            def lazy_snapshot(self, window: float = 300.0) -> Snapshot:
                raise AssertionError("no rule asked for one")

        read_rules(Watched(), default_rules(Settings()), rule_faults())
        counters = {"errors", "errors_captured", "messages_processed"}
        assert asked == [
            ({"event_loop_lag_ms"}, 60.0, False),
            ({"gateway_down_seconds"}, 180.0, False),
            ({"memory_usage_mb"}, 180.0, True),
            ({"total_response_time", *counters}, 300.0, False),
            ({"tokens_input"}, 600.0, False),
        ]

    def test_functions_of_one_window_share_a_snapshot(self, metrics: MetricsService) -> None:
        seen: list[Snapshot] = []

        def read(snapshot: Snapshot) -> float:
            seen.append(snapshot)
            return 0.0

        read_rules(metrics, [rule(name, read, warning=1) for name in ("a", "b")], rule_faults())
        assert seen[0] is seen[1]


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
    assert advice_for("response_time", lambda metric: True).causes == (
        "LLM provider latency",
        "Large context size (> 3000 tokens)",
        "Network issues",
        "CPU/memory constraints",
    )
    assert all(advice_for(name, lambda metric: False).causes for name in RULES)
    assert advice_for("a host's own", lambda metric: True) == Advice()


@pytest.mark.parametrize("name", RULES)
def test_the_advice_for_a_bot_without_ai_names_no_part_of_one(name: str) -> None:
    advice = advice_for(name, {"tokens_input": name == "tokens"}.get)
    if name != "tokens":  # that rule has no value without a model
        text = " ".join((*advice.causes, *advice.fixes))
        assert not re.search("LLM|TTS|RVC|model|token|history|conversation", text, re.IGNORECASE)

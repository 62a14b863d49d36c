"""Metric values become the lines that the commands of docs/logs.md look for."""

from __future__ import annotations

import logging

import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.settings import Settings
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(0.0)


@pytest.fixture
def lines(clock: Clock, caplog: pytest.LogCaptureFixture) -> PerformanceWarnings:
    caplog.set_level(logging.INFO)
    return PerformanceWarnings(Settings(), clock)


def written(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"[{record.levelname}] {record.getMessage()}" for record in caplog.records]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("llm_generation", 5200.0, "[WARNING] Slow LLM response: 5.2s (expected < 3s)"),
        ("tts_generation", 3100.0, "[WARNING] Slow TTS response: 3.1s (expected < 3s)"),
        ("tokens_input", 4200, "[WARNING] Large context: 4200 tokens (recommended < 2500)"),
        ("memory_usage_mb", 1843.2, "[WARNING] High memory usage: 1.8 GB (threshold: 1.5 GB)"),
    ],
)
def test_a_value_is_told_in_the_guides_words(
    lines: PerformanceWarnings, caplog: pytest.LogCaptureFixture, name: str, value: float, line: str
) -> None:
    lines.write(name, [value])
    assert written(caplog) == [line]


def test_the_thresholds_are_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(response_time_warning_ms=500, tokens_target=10, memory_warning_mb=102.4)
    lines = PerformanceWarnings(settings)
    lines.write("llm_generation", [510])
    lines.write("tokens_input", [11])
    lines.write("memory_usage_mb", [205])
    assert caplog.messages == [
        "Slow LLM response: 0.51s (expected < 0.5s)",
        "Large context: 11 tokens (recommended < 10)",
        "High memory usage: 0.2 GB (threshold: 0.1 GB)",
    ]


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("llm_generation", 3040.0, "Slow LLM response: 3.04s (expected < 3s)"),
        ("llm_generation", 3000.4, "Slow LLM response: 3.0004s (expected < 3s)"),
        ("tokens_input", 2500.5, "Large context: 2500.5 tokens (recommended < 2500.0)"),
        ("memory_usage_mb", 1560.0, "High memory usage: 1.52 GB (threshold: 1.50 GB)"),
    ],
)
def test_a_value_and_its_threshold_never_read_the_same(
    lines: PerformanceWarnings, caplog: pytest.LogCaptureFixture, name: str, value: float, line: str
) -> None:
    lines.write(name, [value])
    assert caplog.messages == [line]


def test_a_threshold_that_was_changed_since_counts_as_it_is_in_force(
    caplog: pytest.LogCaptureFixture,
) -> None:
    in_force = {"response_time": 8000.0}
    lines = PerformanceWarnings(Settings(), in_force=in_force.get)
    lines.write("llm_generation", [5200.0])
    lines.write("memory_usage_mb", [1843.2])
    in_force["memory"] = 4096.0
    lines.write("memory_usage_mb", [3072.0])
    lines.write("tts_generation", [8100.0])
    assert caplog.messages == [
        "High memory usage: 1.8 GB (threshold: 1.5 GB)",
        "Slow TTS response: 8.1s (expected < 8s)",
    ]


def test_a_value_at_its_threshold_and_an_unknown_metric_say_nothing(
    lines: PerformanceWarnings, caplog: pytest.LogCaptureFixture
) -> None:
    lines.write("llm_generation", [3000.0, 1.0])
    lines.write("api_calls", [1e9])
    assert written(caplog) == []


def test_a_storm_is_one_line_in_ten_seconds_that_counts_the_others(
    lines: PerformanceWarnings, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    lines.write("llm_generation", [5200.0, 4000.0, 10.0])
    for _ in range(9):
        clock.now += 1
        lines.write("llm_generation", [4000.0])
    lines.write("tokens_input", [4200])
    clock.now = 10
    lines.write("llm_generation", [6000.0])
    assert written(caplog) == [
        "[WARNING] Slow LLM response: 5.2s (expected < 3s), and 1 more",
        "[WARNING] Large context: 4200 tokens (recommended < 2500)",
        "[WARNING] Slow LLM response: 6.0s (expected < 3s), and 9 more",
    ]


def test_it_follows_the_metrics_until_it_is_closed(
    lines: PerformanceWarnings, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = MetricsService(fold_interval=None)
    lines.watch(metrics)
    metrics.record("llm_generation", 5200.0)
    metrics.fold()
    lines.close()
    clock.now = 60.0
    metrics.record("llm_generation", 9900.0)
    metrics.fold()
    assert written(caplog) == ["[WARNING] Slow LLM response: 5.2s (expected < 3s)"]

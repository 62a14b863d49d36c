from __future__ import annotations

import os

import psutil
import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import MB, LagSampler, ProcessSampler


@pytest.fixture
def metrics() -> MetricsService:
    return MetricsService(fold_interval=None)


def test_a_sample_records_the_real_memory_of_this_process(metrics: MetricsService) -> None:
    ProcessSampler(metrics).sample()
    measured = metrics.summary("memory_usage_mb", 300).last
    actual = psutil.Process().memory_info().rss / MB
    assert measured is not None
    assert measured == pytest.approx(actual, rel=0.2)
    assert metrics.summary("cpu_percent", 300).count == 1


def test_memory_that_is_taken_shows_in_the_next_sample(metrics: MetricsService) -> None:
    sampler = ProcessSampler(metrics)
    sampler.sample()
    before = metrics.summary("memory_usage_mb", 300).last
    block = bytearray(os.urandom(MB)) * 64
    sampler.sample()
    after = metrics.summary("memory_usage_mb", 300).last
    assert before is not None
    assert after is not None
    assert after - before > 50
    assert sampler.report(tasks=0).peak_mb >= after
    assert len(block) == 64 * MB


def test_a_report_tells_the_process_and_the_machine(metrics: MetricsService) -> None:
    report = ProcessSampler(metrics).report(tasks=7)
    assert report.tasks == 7
    assert report.rss_mb > 10
    assert report.peak_mb == report.rss_mb
    assert report.uss_mb is None or 0 < report.uss_mb <= report.rss_mb * 1.5
    assert report.system_total_mb > report.system_available_mb > 0
    assert report.threads >= 1
    assert report.descriptors >= 1
    assert len(report.collections) == 3
    assert report.uptime > 0


def test_lag_is_how_much_later_than_due_a_tick_runs(metrics: MetricsService) -> None:
    times = iter((10.0, 10.25, 10.9, 11.0))
    sampler = LagSampler(metrics, clock=lambda: next(times))
    for _ in range(4):
        sampler.sample(0.25)
    lag = metrics.summary("event_loop_lag_ms", 300)
    assert (lag.count, lag.minimum, round(lag.maximum), lag.last) == (3, 0.0, 400, 0.0)

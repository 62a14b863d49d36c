from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import MB, LagSampler, ProcessSampler
from tests.clock import Clock

START = 1_800_000_000.0
NOWHERE = Path("/nowhere")


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
    assert (sampler.run.peak_mb or 0.0) >= after
    assert len(block) == 64 * MB


def test_a_report_tells_the_process_and_the_machine(metrics: MetricsService) -> None:
    report = ProcessSampler(metrics).report(tasks=7)
    assert report.tasks == 7
    rss_mb, total = report.rss_mb or 0.0, report.system_total_mb or 0.0
    assert rss_mb > 10
    assert (report.peak_mb or 0.0) >= rss_mb
    assert report.uss_mb is None or 0 < report.uss_mb <= rss_mb * 1.5
    assert total > (report.system_available_mb or 0.0) > 0
    assert report.threads >= 1
    assert (report.descriptors or 0) >= 1
    assert len(report.collections) == 3
    assert report.uptime > 0


class Denied:
    """The real process, of which the system does not tell some figures."""

    def __init__(self, *names: str, error: Exception | None = None) -> None:
        self._real = psutil.Process()
        self._names = names
        self._error = error or psutil.AccessDenied(self._real.pid)

    def __getattr__(self, name: str) -> Any:
        if name in self._names:
            return self._deny
        return getattr(self._real, name)

    def _deny(self) -> None:
        raise self._error


def sampler(metrics: MetricsService, process: Any, **system: Any) -> ProcessSampler:
    return ProcessSampler(metrics, process, **system)


@pytest.mark.parametrize(
    "error", [psutil.AccessDenied(1), psutil.NoSuchProcess(1), NotImplementedError(), OSError()]
)
def test_a_sample_has_what_the_system_tells(metrics: MetricsService, error: Exception) -> None:
    sampler(metrics, Denied("memory_info", error=error)).sample()
    assert metrics.summary("memory_usage_mb").count == 0
    assert metrics.summary("cpu_percent").count == 1
    sampler(metrics, Denied("cpu_percent", error=error)).sample()
    assert metrics.summary("memory_usage_mb").count == 1
    assert metrics.summary("cpu_percent").count == 1


@pytest.mark.parametrize(
    ("denied", "missing"),
    [
        (("memory_info",), {"rss_mb"}),
        (("memory_full_info",), {"uss_mb"}),
        (("num_fds", "num_handles"), {"descriptors"}),
        (("create_time",), set()),
    ],
)
def test_a_denied_figure_costs_that_figure_only(
    metrics: MetricsService, denied: tuple[str, ...], missing: set[str]
) -> None:
    usual = ProcessSampler(metrics).report(tasks=7)
    report = sampler(metrics, Denied(*denied)).report(tasks=7)
    for name in ("rss_mb", "uss_mb", "descriptors", "system_total_mb", "uptime"):
        told = name not in missing and getattr(usual, name) is not None
        assert (getattr(report, name) is not None) is told


def test_where_the_system_tells_nothing_a_report_has_what_python_knows(
    metrics: MetricsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise psutil.AccessDenied(1)

    for name in ("Process", "virtual_memory"):
        monkeypatch.setattr(psutil, name, refuse)
    blind = ProcessSampler(metrics, root=NOWHERE)
    blind.sample()
    report = blind.report(tasks=7)
    assert (report.rss_mb, report.system_total_mb, report.descriptors) == (None, None, None)
    assert (report.tasks, len(report.collections)) == (7, 3)
    assert blind.thread_seconds() is None
    assert report.uptime >= 0
    assert metrics.snapshot().recorded == set()


@pytest.mark.parametrize("shift", [-3600.0, 3600.0, -1e9])
def test_uptime_does_not_follow_a_clock_that_is_set(metrics: MetricsService, shift: float) -> None:
    wall, steady = Clock(), Clock(100.0)
    run = sampler(metrics, psutil.Process(), clock=wall, monotonic=steady)
    before = run.uptime
    wall.turn(shift)
    steady.turn(30)
    assert run.uptime == pytest.approx(before + 30)
    assert run.report(tasks=0).uptime == run.run.uptime == run.uptime


def test_where_only_the_wall_clock_tells_the_age_it_is_asked_once(metrics: MetricsService) -> None:
    class Started:
        pid = 0

        def create_time(self) -> float:
            return START - 60

    wall, steady = Clock(START), Clock(100.0)
    run = sampler(metrics, Started(), clock=wall, monotonic=steady, root=NOWHERE)
    wall.turn(-86_400)
    steady.turn(5)
    assert run.uptime == 65.0
    wall.now = START - 3600  # a process cannot be younger than now
    assert sampler(metrics, Started(), clock=wall, monotonic=steady, root=NOWHERE).uptime == 0.0


def test_the_start_of_the_process_is_recorded_for_charts(metrics: MetricsService) -> None:
    wall, steady = Clock(START), Clock(100.0)
    run = sampler(metrics, psutil.Process(), clock=wall, monotonic=steady)
    age = run.uptime
    steady.turn(50)
    run.sample_start()
    assert metrics.summary("process_start_time_seconds").last == pytest.approx(START - age)


def test_lag_is_how_much_later_than_due_a_tick_runs(metrics: MetricsService) -> None:
    times = iter((10.0, 10.25, 10.9, 11.0))
    sampler = LagSampler(metrics, clock=lambda: next(times))
    for _ in range(4):
        sampler.sample(0.25)
    lag = metrics.summary("event_loop_lag_ms", 300)
    assert (lag.count, lag.minimum, round(lag.maximum), lag.last) == (3, 0.0, 400, 0.0)

"""Names, labels, values and gauges that raise whatever they are asked cost themselves alone."""

from __future__ import annotations

import threading

import pytest

from services.debugcog.exceptions import type_name
from services.debugcog.metrics import MetricsService
from tests.hostile import RAISED, odd, raising

SECONDS = 10.0
ERRORS = pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)


@ERRORS
def test_whatever_a_name_a_label_or_a_value_raises_the_hosts_call_returns(
    error: BaseException,
) -> None:
    metrics, strange = MetricsService(fold_interval=None), odd(error)
    for _ in range(2):
        metrics.record(strange, 1.0)
        metrics.increment(strange)
        metrics.record("tokens_used", 5.0, user=strange)
        metrics.increment("api_calls", 1, user=strange)
        metrics.record("tokens_used", strange)
        metrics.increment("api_calls", strange)
        metrics.record("tokens_used", 7.0)
        metrics.increment("api_calls", 3)
        for name, labels in ((strange, {}), ("command", {"user": strange})):
            with metrics.timer(name, **labels):
                pass
    assert metrics.summary("tokens_used").mean == 7.0
    assert metrics.snapshot().counters["api_calls"] == 6
    assert metrics.refused == 16


@ERRORS
def test_whatever_a_listener_raises_the_others_hear_the_values(error: BaseException) -> None:
    metrics, heard = MetricsService(fold_interval=None), list[float]()
    metrics.subscribe("tokens_used", raising(error))
    metrics.subscribe("tokens_used", heard.extend)
    for value in (1.0, 2.0):
        metrics.record("tokens_used", value)
        metrics.fold()
    assert heard == [1.0, 2.0]


def test_a_listener_runs_on_no_thread_that_asks_and_one_that_hangs_holds_up_nobody() -> None:
    metrics, threads, free = MetricsService(fold_interval=0.01), set[str](), threading.Event()
    asked = threading.Event()

    def hang(values: object) -> None:
        threads.add(threading.current_thread().name)
        asked.set()
        free.wait(30)

    metrics.subscribe("tokens_used", hang)
    metrics.record("tokens_used", 1.0)
    assert asked.wait(30)
    for value in (2.0, 3.0):
        metrics.record("tokens_used", value)
        assert metrics.summary("tokens_used").last == value
        metrics.snapshot()
        metrics.get_stats()
        metrics.closed_since(0.0)
    metrics.settle()
    metrics.close()
    free.set()
    assert threads == {"debugcog-metrics"}


@ERRORS
def test_whatever_a_gauge_raises_the_others_are_read_and_it_is_listed(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    metrics, reads, enough = MetricsService(fold_interval=None), iter(range(5)), threading.Event()

    def good() -> float:
        value = next(reads, None)
        if value is None:
            enough.set()
        return value or 0.0

    metrics.gauges.every(0.001)
    metrics.gauge("job", raising(error))
    metrics.gauge("good", good)
    assert enough.wait(SECONDS)
    (fault,) = metrics.gauges.faults
    assert (fault.name, fault.type) == ("job", type_name(type(error)))
    metrics.close()
    assert metrics.gauges.failed >= 5
    told = [one.getMessage() for one in caplog.records if one.name == "debugcog.metrics"]
    assert told == ["Gauge not readable: job"]


def test_a_gauge_that_works_again_or_is_taken_away_is_listed_no_more() -> None:
    metrics, fails = MetricsService(fold_interval=None), [True]
    end = metrics.gauge("gone", raising(KeyboardInterrupt()))
    metrics.gauge("job", lambda: raising(RuntimeError())() if fails else 1.0)
    for names in ({"gone", "job"}, {"job"}, set[str]()):
        assert metrics.gauges._thread.flush(SECONDS)
        assert {fault.name for fault in metrics.gauges.faults} == names
        end() if len(names) == 2 else fails.clear()
    metrics.close()


def test_a_gauge_that_does_not_return_is_listed_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.debugcog.timeseries.gauges.HANGS", 0.0)
    metrics, called, free = MetricsService(fold_interval=None), threading.Event(), threading.Event()

    def hang() -> float:
        called.set()
        free.wait(SECONDS)
        return 1.0

    metrics.gauge("stuck", hang)
    assert called.wait(SECONDS)
    (fault,) = metrics.gauges.faults
    assert (fault.name, fault.text) == (
        "stuck",
        "it does not return, and the other gauges wait for it",
    )
    free.set()
    assert metrics.gauges._thread.flush(SECONDS)
    assert metrics.gauges.faults == ()
    metrics.close()


def test_where_no_thread_can_be_started_each_value_is_folded_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    metrics, heard = MetricsService(), list[float]()
    metrics.subscribe("tokens_used", heard.extend)
    for value in (1.0, 2.0, 3.0):
        metrics.record("tokens_used", value)
        metrics.record("tokens_used", value, user=7)
    assert heard == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]

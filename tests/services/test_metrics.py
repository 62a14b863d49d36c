from __future__ import annotations

import gc
import logging
import math
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries import recorder as module
from services.debugcog.timeseries.intake import CROWD
from services.debugcog.timeseries.metric_names import COUNTERS
from services.debugcog.timeseries.registry import MAX_METRICS
from services.debugcog.timeseries.snapshot import EMPTY, Snapshot, Summary
from tests.clock import Clock

START = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics(clock: Clock) -> MetricsService:
    return MetricsService(clock=clock, fold_interval=None, monotonic=clock)


@pytest.fixture
def threaded() -> Iterator[MetricsService]:
    service = MetricsService(fold_interval=0.001)
    yield service
    service.close()


def thread_of(metrics: MetricsService) -> threading.Thread | None:
    assert metrics._folder is not None
    return metrics._folder._thread


class TestTheGuide:
    def test_its_example_works_as_printed(self) -> None:
        metrics = MetricsService()
        response = "That's a great question!"
        with metrics.timer("llm_generation"):
            pass
        metrics.record("tokens_used", len(response))
        metrics.increment("api_calls")
        stats = metrics.get_stats()
        assert f"Avg response time: {stats['avg_response_time']}ms" == "Avg response time: 0.0ms"
        assert stats["avg_llm_generation"] > 0
        assert (stats["tokens_used"], stats["tokens_total"], stats["api_calls"]) == (24, 24, 1)
        metrics.close()

    def test_its_threshold_works_as_printed(self, metrics: MetricsService) -> None:
        metrics.record("total_response_time", 2500)
        metrics.record("response_time", 4500)
        assert metrics.get_avg("response_time") == 3500.0
        assert metrics.get_avg("total_response_time") == 3500.0

    def test_every_metric_it_lists_is_known_from_the_start(self, metrics: MetricsService) -> None:
        stats = metrics.get_stats()
        timings = ("llm_generation", "tts_generation", "total_response_time", "voice_transcription")
        for name in (*timings, "response_time", "tokens_input", "tokens_output"):
            for figure in ("avg", "p50", "p95", "p99"):
                assert stats[f"{figure}_{name}"] == 0.0
        for name in ("messages_processed", "api_calls", "errors", "cache_hits", "cache_misses"):
            assert stats[name] == 0
        for name in ("temp_files_mb", "error_rate", "cache_hit_rate"):
            assert stats[name] == 0.0
        assert stats["tokens_total"] == 0
        assert all(metrics.get_avg(name) == 0.0 for name in (*timings, "no_such_metric", "Bad!"))

    def test_every_value_is_a_line_that_its_grep_commands_average(
        self, metrics: MetricsService, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "debugcog.metrics")
        metrics.record("total_response_time", 1234.5)
        metrics.record("response_time", 2000, command="ask")
        metrics.record("memory_usage_mb", 512.34)
        metrics.record("llm_generation", 7)
        assert not caplog.messages  # not in the hot path
        metrics.fold()
        assert [(r.name, r.levelname, r.getMessage()) for r in caplog.records] == [
            ("debugcog.metrics", "INFO", "total_response_time 1234.5"),
            ("debugcog.metrics", "INFO", "total_response_time 2000.0"),
            ("debugcog.metrics", "INFO", "memory_usage_mb 512.3"),
        ]


class TestQueries:
    def test_a_snapshot_freezes_everything(self, metrics: MetricsService, clock: Clock) -> None:
        metrics.increment("messages_processed", 3)
        metrics.record("queue", 4.0)
        metrics.fold()
        clock.now += 400
        metrics.increment("messages_processed")
        metrics.record("queue", 6.0, shard=1)
        metrics.record("tokens_input", 100)
        metrics.record("queue", "no number")  # type: ignore[arg-type]  # what hosts do
        zero = dict.fromkeys(COUNTERS, 0)
        six = Summary(1, 0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0)
        snapshot = metrics.snapshot(300)
        used = {name: summary for name, summary in snapshot.series.items() if summary != EMPTY}
        assert used == {
            "queue": six,
            "tokens_input": Summary(1, 0, *[100.0] * 7),
        }
        assert snapshot == Snapshot(
            taken_at=START + 400,
            window=300,
            uptime=400.0,
            series=snapshot.series,
            labelled={"queue": {"shard=1": six}},
            counters=zero | {"messages_processed": 1},
            totals=zero
            | {"messages_processed": 4, "tokens_input": 100, "tokens_output": 0, "tokens_used": 0},
            refused=1,
            recorded={"messages_processed", "queue", "tokens_input"},
        )

    def test_a_lazy_snapshot_has_the_same_figures(
        self, metrics: MetricsService, clock: Clock
    ) -> None:
        for _ in range(2):
            metrics.increment("messages_processed", 3)
            metrics.record("queue", 4.0)
            metrics.record("queue", "no number")  # type: ignore[arg-type]  # what hosts do
            metrics.record("tokens_used", 9)
            metrics.fold()
            clock.now += 400
        frozen, lazy = metrics.snapshot(3600, with_labels=False), metrics.lazy_snapshot(3600)
        assert frozen == Snapshot(
            lazy.taken_at,
            lazy.window,
            lazy.uptime,
            dict(lazy.series),
            {},
            dict(lazy.counters),
            dict(lazy.totals),
            lazy.refused,
            {"messages_processed", "queue", "tokens_used"},
        )
        assert set(lazy.recorded) == frozen.recorded
        assert "queue" in lazy.recorded
        assert "errors" not in lazy.recorded
        assert (len(lazy.series), len(lazy.counters)) == (len(frozen.series), len(frozen.counters))

    def test_a_lazy_snapshot_looks_only_at_what_is_asked_for(
        self, metrics: MetricsService, clock: Clock
    ) -> None:
        metrics.record("queue", 4.0)
        metrics.increment("jobs", 2)
        lazy = metrics.lazy_snapshot()
        assert (lazy.series["queue"].last, lazy.counters["jobs"], lazy.errors) == (4.0, 2, 0)
        assert (lazy.series.get("jobs"), lazy.counters.get("queue")) == (None, None)
        assert "nowhere" not in lazy.series
        assert len(metrics._registry.metric("api_calls", counter=True).intake.pending) == 0
        metrics.increment("api_calls")
        assert lazy.totals["jobs"] == 2
        assert len(metrics._registry.metric("api_calls", counter=True).intake.pending) == 1

    def test_some_metrics_are_summarised_at_once(self, metrics: MetricsService) -> None:
        metrics.record("queue", 4.0)
        metrics.increment("jobs", 2)
        found = metrics.summaries(("queue", "jobs", "nowhere", "No Name"))
        assert {name: (one.count, one.last) for name, one in found.items()} == {
            "queue": (1, 4.0),
            "jobs": (2, None),
            "nowhere": (0, None),
            "No Name": (0, None),
        }

    def test_percentiles_that_are_not_wanted_are_no_numbers(self, metrics: MetricsService) -> None:
        metrics.record("queue", 4.0)
        metrics.record("queue", 6.0)
        queue = metrics.summaries(("queue",), percentiles=False)["queue"]
        assert (queue.mean, queue.minimum, queue.maximum, queue.last) == (5.0, 4.0, 6.0, 6.0)
        assert math.isnan(queue.p50 + queue.p95 + queue.p99)

    def test_figures_are_of_the_window_and_totals_since_start(
        self, metrics: MetricsService, clock: Clock
    ) -> None:
        metrics.record("llm_generation", 100.0)
        metrics.increment("errors")
        metrics.increment("messages_processed", 10)
        metrics.fold()
        clock.now += 3000
        metrics.record("llm_generation", 300.0)
        metrics.increment("messages_processed", 10)
        recent, hour = metrics.get_stats(), metrics.get_stats(window=3600)
        assert (recent["avg_llm_generation"], hour["avg_llm_generation"]) == (300.0, 200.0)
        assert (recent["error_rate"], hour["error_rate"]) == (0.0, 5.0)
        assert (recent["errors"], recent["messages_processed"]) == (1, 20)

    def test_memory_is_read_when_asked_unless_a_sampler_has_recorded_it(
        self, metrics: MetricsService, clock: Clock
    ) -> None:
        actual = psutil.Process().memory_info().rss / 1024**2
        assert metrics.get_stats()["memory_usage_mb"] == pytest.approx(actual, rel=0.2)
        metrics.record("memory_usage_mb", 1.5)
        assert metrics.get_stats()["memory_usage_mb"] == 1.5
        clock.now += 400
        assert metrics.get_stats()["memory_usage_mb"] == pytest.approx(actual, rel=0.2)
        assert metrics.summary("memory_usage_mb", 3600).count == 1

    def test_memory_that_the_system_hides_is_zero(
        self, metrics: MetricsService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hidden(_: object) -> None:
            raise psutil.AccessDenied

        monkeypatch.setattr(psutil.Process, "memory_info", hidden)
        assert metrics.get_stats()["memory_usage_mb"] == 0.0

    def test_points_are_for_charts(self, metrics: MetricsService, clock: Clock) -> None:
        for value in (1.0, 3.0):
            metrics.record("queue", value)
        metrics.increment("api_calls", 5)
        metrics.fold()
        clock.now += 25
        metrics.record("queue", 9.0)
        points = metrics.points("queue", 300)
        assert [(p.time, p.count, p.mean, p.maximum) for p in points] == [
            (START, 2, 2.0, 3.0),
            (START + 20, 1, 9.0, 9.0),
        ]
        assert [(p.time, p.count, p.mean) for p in metrics.points("api_calls", 300)] == [
            (START, 5, 0.0)
        ]
        assert metrics.points("no_such_metric", 300) == ()

    def test_a_clock_that_goes_back_gives_no_negative_age(self, clock: Clock) -> None:
        steady = Clock(50.0)
        metrics = MetricsService(clock=clock, fold_interval=None, monotonic=steady)
        steady.turn(10)
        metrics.record("queue", 1.0)
        metrics.fold()
        clock.now -= 7200
        metrics.record("queue", 2.0)
        snapshot = metrics.snapshot(300)
        assert snapshot.uptime == 10.0
        assert snapshot.series["queue"].last == 2.0
        assert [point.time for point in metrics.points("queue", 300)] == [START - 7200]


class TestTimers:
    def test_a_failing_block_is_timed_and_counted_as_failed(self, metrics: MetricsService) -> None:
        with pytest.raises(KeyError), metrics.timer("tts_generation"):
            raise KeyError
        with metrics.timer("tts_generation"):
            pass
        summary = metrics.summary("tts_generation")
        assert (summary.count, summary.failed) == (2, 1)

    async def test_it_decorates_functions_and_coroutines_with_labels(
        self, metrics: MetricsService
    ) -> None:
        @metrics.timer("command", command="ask")
        async def ask() -> str:
            return "yes"

        @metrics.timer("command")
        def say() -> str:
            return "no"

        assert (await ask(), say()) == ("yes", "no")
        snapshot = metrics.snapshot()
        assert snapshot.series["command"].count == 2
        assert snapshot.labelled["command"]["command=ask"].count == 1

    @pytest.mark.parametrize("labels", [{}, {"template": "card"}])
    def test_a_name_that_is_timed_takes_no_value_below_zero(
        self, metrics: MetricsService, labels: dict[str, str]
    ) -> None:
        metrics.record("render", 2.0)  # so its name has a shortcut
        metrics.timer("render", **labels)
        metrics.record("render", -5)
        metrics.record("render", -5, template="card")
        metrics.record("affection", -5)
        summary = metrics.summary("render")
        assert (summary.count, summary.total, metrics.refused) == (1, 2.0, 2)
        assert metrics.get_avg("affection") == -5.0
        metrics.strict = True
        with pytest.raises(ValueError, match="render got -5: it cannot be below zero"):
            metrics.record("render", -5)


class Hostile(str):
    """A text that fails in every way it is asked for itself."""

    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("hostile")

    __hash__ = __str__  # type: ignore[assignment]  # what no host should do


class HostileNumber(float):
    def __float__(self) -> float:
        raise RuntimeError("hostile")

    __lt__ = __gt__ = __radd__ = __float__  # type: ignore[assignment]  # the same


class TestRefusals:
    CALLS: Sequence[tuple[Callable[[Any], object], str]] = (
        (lambda m: m.record("Bad Name", 1), "metric name 'Bad Name' is not allowed"),
        (lambda m: m.record(["x"], 1), "metric name 'list' is not allowed"),
        (lambda m: m.record("x", float("nan")), "x got nan: give a finite number"),
        (lambda m: m.record("x", float("inf"), a=1), "x got inf: give a finite number"),
        (lambda m: m.record("x", "5"), "x got a str: give a number"),
        (lambda m: m.record("llm_generation", -1), "llm_generation got -1: it cannot be below"),
        (lambda m: m.record("errors", 1), r"errors is a counter: use increment\(\)"),
        (lambda m: m.record("x", 1, a=[1]), "label a is a list: give text, a number or None"),
        (lambda m: m.increment("errors", -1), "errors got -1: it cannot be below zero"),
        (lambda m: m.increment("errors", 0.5), "errors got 0.5: count in whole numbers"),
        (lambda m: m.increment("queue_ms", 1, É=1), "metric name 'É' is not allowed"),
        (lambda m: m.increment("tokens_used", 1), r"tokens_used is no counter: use record\(\)"),
        (lambda m: m.record(Hostile("x"), 1), "a name, label or value raised RuntimeError"),
        (lambda m: m.record(Hostile("x"), 1, a=1), "a name, label or value raised RuntimeError"),
        (lambda m: m.record("x", 1, a=Hostile("x")), "a name, label or value raised RuntimeError"),
        (lambda m: m.record("x", HostileNumber()), "a name, label or value raised RuntimeError"),
        (lambda m: m.increment(Hostile("x")), "a name, label or value raised RuntimeError"),
        (lambda m: m.increment({}), "metric name 'dict' is not allowed"),
        (lambda m: m.timer(Hostile("x")).__enter__(), "a name, label or value raised RuntimeError"),
        (lambda m: m.timer("x", a=Hostile("x")), "a name, label or value raised RuntimeError"),
        (lambda m: m.gauge(Hostile("x"), int), "a name, label or value raised RuntimeError"),
        (lambda m: m.timer("Bad Name").__enter__(), "metric name 'Bad Name' is not allowed"),
        (lambda m: m.timer("errors"), "errors is a counter"),
    )

    @pytest.mark.parametrize(("call", "reason"), CALLS)
    def test_debug_mode_raises_at_once_and_says_what_to_do(
        self, call: Callable[[Any], object], reason: str
    ) -> None:
        strict = MetricsService(strict=True, fold_interval=None)
        with pytest.raises(ValueError, match=reason):
            call(strict)
        assert set(strict.snapshot().totals.values()) == {0}
        assert set(strict.snapshot().series.values()) == {EMPTY}

    @pytest.mark.parametrize("call", [call for call, _ in CALLS[:-2]])
    def test_production_counts_them_and_goes_on(
        self, call: Callable[[Any], object], metrics: MetricsService
    ) -> None:
        call(metrics)
        call(metrics)
        assert metrics.get_stats()["refused"] == 2
        assert metrics.refused == 2

    def test_a_timer_with_a_bad_name_runs_the_block_all_the_same(
        self, metrics: MetricsService
    ) -> None:
        with metrics.timer("Bad Name"):
            done = True
        assert done
        assert metrics.refused == 1

    def test_strictness_can_be_switched_while_running(self, metrics: MetricsService) -> None:
        metrics.record("llm_generation", -1)
        metrics.strict = True
        with pytest.raises(ValueError, match="below zero"):
            metrics.record("llm_generation", -1)
        metrics.record("llm_generation", 5.0)
        metrics.strict = False
        metrics.record("llm_generation", -1)
        assert metrics.summary("llm_generation").total == 5.0
        assert (metrics.refused, metrics.strict) == (2, False)

    def test_one_refusal_of_a_kind_is_told_and_the_log_is_not_flooded(
        self, metrics: MetricsService, caplog: pytest.LogCaptureFixture
    ) -> None:
        for attempt in range(1000):
            metrics.record(f"Bad {attempt // 2}", 1)
        assert metrics.refused == 1000
        assert len(caplog.messages) == module.MAX_LOGGED
        assert {record.name for record in caplog.records} == {"debugcog.metrics"}

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["queue", "errors", "llm_generation", "X", ""]),
                st.one_of(st.floats(), st.integers(), st.text(max_size=3), st.none()),
                st.dictionaries(st.sampled_from("ab"), st.one_of(st.text(), st.binary())),
            ),
            max_size=30,
        )
    )
    def test_nothing_a_host_passes_breaks_it(
        self, calls: list[tuple[str, float, dict[str, object]]]
    ) -> None:
        metrics = MetricsService(fold_interval=None)
        for name, value, labels in calls:
            metrics.record(name, value, **labels)
            metrics.increment(name, value, **labels)  # type: ignore[arg-type]  # what hosts do
            with metrics.timer(name, **labels):
                pass
        assert metrics.get_stats()["refused"] <= 3 * len(calls)


class TestBounds:
    def test_too_many_names_are_refused_because_labels_are_for_that(
        self, metrics: MetricsService
    ) -> None:
        for user in range(MAX_METRICS + 50):
            metrics.increment(f"user_{user}")
        assert len(metrics.snapshot().counters) < MAX_METRICS
        assert metrics.refused > 50

    def test_too_many_label_sets_share_other_and_nothing_is_lost(self, clock: Clock) -> None:
        metrics = MetricsService(clock=clock, fold_interval=None, max_label_sets=10)
        for user in range(module.MAX_REMEMBERED + 50):
            metrics.increment("calls", user_id=user)
        sets = metrics.snapshot().labelled["calls"]
        assert len(sets) == 11
        assert sets["other"].count == module.MAX_REMEMBERED + 40
        assert len(metrics._remembered) == 10

    def test_labels_in_another_order_are_the_same_set(self, metrics: MetricsService) -> None:
        metrics.increment("calls", a=1, b=2)
        metrics.increment("calls", b="2", a="1")
        sets = metrics.snapshot().labelled["calls"]
        assert {key: summary.count for key, summary in sets.items()} == {"a=1,b=2": 2}

    def test_a_metric_that_is_overrun_is_folded_by_its_callers(
        self, metrics: MetricsService
    ) -> None:
        count = 5 * CROWD
        metrics.record("queue", 0.0)
        for _ in range(count):
            metrics.record("queue", 1.0)
        metrics.fold()  # finds the crowd
        longest, pending = 0, metrics._registry.metric("queue", counter=False).intake.pending
        for _ in range(count):
            metrics.record("queue", 1.0)
            longest = max(longest, len(pending))
        assert longest <= CROWD + 1
        metrics.fold()
        metrics.fold()  # finds that it is over
        metrics.record("queue", 1.0)
        assert "queue" in metrics._values
        assert metrics.summary("queue").count == 2 * count + 2

    def test_values_go_straight_to_their_list_again_after_the_crowd(
        self, metrics: MetricsService
    ) -> None:
        pending = metrics._registry.metric("calls", counter=True).intake.pending
        for _ in range(CROWD + 1):
            metrics.increment("calls")
        assert metrics._counts["calls"] is pending
        metrics.fold()
        metrics.increment("calls")
        assert metrics._counts["calls"] is not pending
        metrics.fold()
        metrics.increment("calls")
        assert metrics._counts["calls"] is pending
        assert metrics.snapshot().totals["calls"] == CROWD + 3

    @pytest.mark.parametrize("labels", [{}, {"command": "ask"}])
    def test_timers_that_overrun_a_metric_fold_it(
        self, metrics: MetricsService, labels: dict[str, str]
    ) -> None:
        metric = metrics._registry.metric("llm_generation", counter=False)
        intake, longest = metric.labelled("command=ask") if labels else metric.intake, 0
        for _ in range(2):
            for _ in range(CROWD + 1000):
                with metrics.timer("llm_generation", **labels):
                    pass
                longest = max(longest, len(intake.pending))
            metrics.fold()  # finds the crowd
            before, longest = longest, 0
        assert before == CROWD
        assert metrics.summary("llm_generation").count == 2 * (CROWD + 1000)

    def test_in_a_crowd_nobody_waits_for_who_folds_already(self, metrics: MetricsService) -> None:
        told, metric = list[int](), metrics._registry.metric("queue", counter=False)
        metrics.record("queue", 1.0)
        metric.intake.pending.extend([1.0] * CROWD)
        metrics.fold()
        with metric._lock:
            for _ in range(CROWD + 10):
                metrics.record("queue", 1.0)
            told.append(metric.intake.waiting)
        metrics.record("queue", 1.0)
        assert [*told, metric.intake.waiting] == [CROWD + 10, 0]


class TestListeners:
    def test_a_subscriber_gets_the_values_of_each_fold_until_it_leaves(
        self, metrics: MetricsService
    ) -> None:
        told: list[list[float]] = []
        leave = metrics.subscribe("response_time", lambda values: told.append(list(values)))
        metrics.record("total_response_time", 1.0)
        metrics.record("response_time", 2.0)
        assert told == []
        metrics.fold()
        leave()
        leave()
        metrics.record("response_time", 3.0)
        metrics.fold()
        assert told == [[1.0, 2.0]]

    def test_a_subscriber_that_raises_is_dropped_and_never_reaches_the_host(
        self, metrics: MetricsService, caplog: pytest.LogCaptureFixture
    ) -> None:
        calls = []

        def broken(values: Sequence[float]) -> None:
            calls.append(values)
            raise RuntimeError

        leave = metrics.subscribe("queue", broken)
        for _ in range(2):
            metrics.record("queue", 1.0)
            metrics.fold()
        leave()
        assert len(calls) == 1
        assert [record.name for record in caplog.records] == ["debugcog.metrics"]

    def test_a_subscriber_may_ask_and_record_itself(self, metrics: MetricsService) -> None:
        seen: list[float] = []

        def ask(_: Sequence[float]) -> None:
            seen.append(metrics.get_avg("queue"))
            metrics.record("lag", 1.0)

        metrics.subscribe("queue", ask)
        metrics.record("queue", 4.0)
        metrics.fold()
        assert seen == [4.0]
        assert metrics.summary("lag").count == 1

    def test_a_name_that_is_none_is_refused_even_in_production(
        self, metrics: MetricsService
    ) -> None:
        with pytest.raises(ValueError, match="metric name"):
            metrics.subscribe("Bad Name", len)


class TestThreads:
    def test_eight_threads_lose_nothing_while_it_is_folded(self, threaded: MetricsService) -> None:
        rounds, start = 5000, threading.Barrier(8)

        def work(number: int) -> None:
            start.wait()
            for _ in range(rounds):
                threaded.increment("api_calls")
                threaded.record("queue", number)
                threaded.increment("calls", 2, thread=number % 3)
                with threaded.timer("llm_generation"):
                    pass

        workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        snapshot = threaded.snapshot(3600)
        assert snapshot.totals["api_calls"] == snapshot.counters["api_calls"] == 8 * rounds
        assert snapshot.series["queue"].total == 28 * rounds
        assert snapshot.series["llm_generation"].count == 8 * rounds
        assert {key: part.count for key, part in snapshot.labelled["calls"].items()} == {
            "thread=0": 6 * rounds,
            "thread=1": 6 * rounds,
            "thread=2": 4 * rounds,
        }

    def test_its_thread_folds_without_being_asked(self, threaded: MetricsService) -> None:
        told = threading.Event()
        threaded.subscribe("queue", lambda _: told.set())
        threaded.record("queue", 1.0)
        assert told.wait(10)

    def test_no_thread_runs_before_the_first_value_nor_after_the_end(self) -> None:
        metrics = MetricsService(fold_interval=60)
        assert thread_of(metrics) is None
        metrics.record("queue", 1.0)
        thread = thread_of(metrics)
        assert thread is not None
        assert thread.is_alive()
        metrics.close()
        assert not thread.is_alive()

    def test_a_service_that_nobody_holds_takes_its_thread_along(self) -> None:
        metrics = MetricsService(fold_interval=60)
        metrics.record("queue", 1.0)
        thread, reference = thread_of(metrics), weakref.ref(metrics)
        del metrics
        gc.collect()
        assert reference() is None
        assert thread is not None
        thread.join(10)
        assert not thread.is_alive()


class TestOff:
    def test_a_closed_service_answers_but_takes_nothing_more(self, clock: Clock) -> None:
        metrics = MetricsService(clock=clock)
        timer = metrics.timer("llm_generation")
        metrics.record("queue", 1.0)
        metrics.close()
        metrics.close()
        metrics.record("queue", 2.0)
        metrics.record("queue", 2.0, a=1)
        metrics.increment("errors")
        for late in (timer, metrics.timer("llm_generation")):
            with pytest.raises(KeyError), late:
                raise KeyError
        metrics.fold()
        snapshot = metrics.snapshot()
        assert snapshot.series["queue"] == Summary(1, 0, *[1.0] * 7)
        assert snapshot.series["llm_generation"] == EMPTY
        assert snapshot.totals["errors"] == 0

    def test_a_disabled_service_takes_anything_and_keeps_nothing(self) -> None:
        metrics = MetricsService(enabled=False, strict=True)
        for number in range(2 * MAX_METRICS):
            metrics.record(f"Bad name {number}", float("nan"))
        metrics.increment("errors", -1, a=[1])
        with metrics.timer("llm_generation"):
            pass
        assert set(metrics.snapshot().series.values()) == {EMPTY}
        assert set(metrics.snapshot().totals.values()) == {0}
        assert metrics.refused == 0
        assert len(metrics._values) == MAX_METRICS
        metrics.close()


CHILD = """
import os
from services.debugcog.metrics import MetricsService

metrics = MetricsService(fold_interval=60.0)
metrics.record("frames", 1.0)
work = metrics.timer("work")(lambda: None)
work()
child = os.fork()
if child:
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for _ in range(50_000):
    work()
timed = len(metrics._registry.metric("work", counter=False).intake.pending)
for _ in range(50_000):
    metrics.record("frames", 1.0)
frames = len(metrics._registry.metric("frames", counter=False).intake.pending)
print(timed, frames, metrics.summary("work").count, metrics.summary("frames").count, flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_folds_what_it_records_though_it_has_no_thread_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=60, check=True
    )
    timed, frames, *counts = map(int, done.stdout.split())
    assert timed <= CROWD
    assert frames <= CROWD
    assert counts == [50_001, 50_001]

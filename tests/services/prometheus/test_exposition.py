"""What a scrape is answered, in both formats, line by line."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client import exposition as their_text
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as their_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.collector import Collector
from services.debugcog.prometheus.exposition import MissingExtraError, exposition
from services.debugcog.prometheus.source import Source
from tests.clock import Clock
from tests.monitoring import needs

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
ID = 80351110224678912


def service() -> MetricsService:
    return MetricsService(fold_interval=None, clock=Clock())


def source(metrics: MetricsService, process: str = "one") -> Source:
    return Source(metrics=metrics, process=process, python="3.11.7", release="1.2", clock=Clock())


def text(metrics: MetricsService, accept: str = "") -> str:
    return exposition(source(metrics), accept)[0].decode()


def lines(metrics: MetricsService, name: str, accept: str = "") -> list[str]:
    """Return the lines of one family, and what is said about it."""
    return [line for line in text(metrics, accept).splitlines() if name in line]


def busy() -> MetricsService:
    """Record something of every kind."""
    metrics = service()
    metrics.record("total_response_time", 1200)
    metrics.record("llm_generation", 900.5, model="gpt-4o", provider="openai")
    metrics.record("tokens_input", 1847, model='odd "model"\\', provider="openai")
    metrics.record("tokens_output", 120)
    metrics.record("affection", -4)
    metrics.record("memory_usage_mb", 100)
    metrics.record("event_loop_lag_ms", 2.5)
    metrics.increment("messages_processed", 2**60)
    metrics.increment("jobs", kind="a")
    with metrics.timer("upload", kind="b"):
        pass
    return metrics


def test_a_histogram_has_buckets_sum_and_count() -> None:
    metrics = service()
    for milliseconds in (50, 51, 2500, 60_001):
        metrics.record("total_response_time", milliseconds)
    assert lines(metrics, "discord_bot_response_seconds") == [
        "# HELP discord_bot_response_seconds Duration of a whole response.",
        "# TYPE discord_bot_response_seconds histogram",
        'discord_bot_response_seconds_bucket{le="0.05",process="one"} 1',
        'discord_bot_response_seconds_bucket{le="0.1",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="0.25",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="0.5",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="1",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="1.5",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="2",process="one"} 2',
        'discord_bot_response_seconds_bucket{le="2.5",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="3",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="4",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="5",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="7.5",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="10",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="15",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="30",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="60",process="one"} 3',
        'discord_bot_response_seconds_bucket{le="+Inf",process="one"} 4',
        'discord_bot_response_seconds_count{process="one"} 4',
        'discord_bot_response_seconds_sum{process="one"} 62.602',
    ]


def test_counters_and_levels_are_in_base_units() -> None:
    metrics = service()
    metrics.increment("messages_processed", 3)
    metrics.record("memory_usage_mb", 100)
    metrics.record("cpu_percent", 25)
    assert lines(metrics, "discord_bot_messages_processed_total") == [
        "# HELP discord_bot_messages_processed_total Messages processed since the process started.",
        "# TYPE discord_bot_messages_processed_total counter",
        'discord_bot_messages_processed_total{process="one"} 3.0',
    ]
    assert lines(metrics, "discord_bot_memory_bytes{") == [
        'discord_bot_memory_bytes{process="one"} 104857600.0'
    ]
    assert lines(metrics, "discord_bot_cpu_ratio{") == ['discord_bot_cpu_ratio{process="one"} 0.25']


def test_openmetrics_names_a_counter_without_total_and_tells_units() -> None:
    metrics = service()
    metrics.increment("messages_processed", 3)
    assert lines(metrics, "messages_processed", OPENMETRICS) == [
        "# HELP discord_bot_messages_processed Messages processed since the process started.",
        "# TYPE discord_bot_messages_processed counter",
        'discord_bot_messages_processed_total{process="one"} 3.0',
    ]
    assert lines(metrics, "# UNIT discord_bot_response", OPENMETRICS) == [
        "# UNIT discord_bot_response_seconds seconds"
    ]
    assert text(metrics, OPENMETRICS).endswith("\n# EOF\n")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/plain;version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text;q=0", "text/plain; version=0.0.4; charset=utf-8"),
        (OPENMETRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
        (
            "text/plain;q=0.3, Application/OpenMetrics-Text ; version=1.0.0 ; q=0.8",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ),
    ],
)
def test_the_format_is_the_one_that_is_accepted(accept: str, expected: str) -> None:
    assert exposition(source(service()), accept)[1] == expected


def test_prometheus_own_library_reads_and_writes_the_same() -> None:
    """Their writers are slower, so ours are used; what is read from both is the same."""
    asked = source(busy())
    for accept, read, write in (
        ("", read_text, their_text.generate_latest),
        (OPENMETRICS, read_openmetrics, their_openmetrics.generate_latest),
    ):
        registry = CollectorRegistry()
        registry.register(Collector(asked))
        ours: list[Metric] = list(read(exposition(asked, accept)[0].decode()))
        theirs: list[Metric] = list(read(write(registry).decode()))
        assert ours == theirs
        assert len(ours) > 30


def test_promtool_finds_no_fault() -> None:
    needs("promtool")
    done = subprocess.run(
        ("promtool", "check", "metrics"),
        input=exposition(source(busy()), "")[0],
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_processes_can_be_added_up() -> None:
    both = [service(), service()]
    for number, metrics in enumerate(both, start=1):
        for _ in range(number):
            metrics.record("total_response_time", 700)
    found = [
        sample.value
        for number, metrics in enumerate(both)
        for family in read_text(exposition(source(metrics, f"p{number}"), "")[0].decode())
        for sample in family.samples
        if sample.name == "discord_bot_response_seconds_bucket" and sample.labels["le"] == "1"
    ]
    assert found == [1, 2]


def test_a_label_that_tells_users_apart_is_dropped_counted_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metrics = service()
    for user in (ID, ID + 1):
        metrics.record("total_response_time", 700, user_id=user, command="ask")
        metrics.increment("jobs", guild_id=user)
    asked = source(metrics)
    with caplog.at_level(logging.WARNING, "debugcog.prometheus"):
        body = exposition(asked, "")[0].decode()
        exposition(asked, "")
    assert str(ID) not in body
    assert "user_id" not in body
    assert 'discord_bot_response_seconds_count{command="ask",process="one"} 2' in body
    assert 'discord_bot_jobs_total{process="one"} 2.0' in body
    assert 'discord_bot_label_sets_without_ids{process="one"} 4' in body
    told = [record.getMessage() for record in caplog.records]
    why = "is not exported: it tells users, channels or servers apart"
    assert told == [
        f"Label user_id of total_response_time {why}",
        f"Label guild_id of jobs {why}",
    ]


def test_values_below_zero_leave_the_sum_out_as_it_could_fall() -> None:
    metrics = service()
    metrics.record("affection", -4)
    metrics.record("affection", 30)
    found = lines(metrics, "discord_bot_affection")
    assert 'discord_bot_affection_bucket{le="0",process="one"} 1' in found
    assert 'discord_bot_affection_bucket{le="+Inf",process="one"} 2' in found
    assert 'discord_bot_affection_newest{process="one"} 30.0' in found
    assert not [line for line in found if "_sum" in line or "_count" in line]


def test_a_gauge_that_cannot_be_read_any_more_is_not_told() -> None:
    clock = Clock()
    metrics = MetricsService(fold_interval=None, clock=clock)
    metrics.gauge("depth", lambda: 3)
    metrics.gauges.stop()
    metrics.record("depth", 3)
    asked = Source(metrics=metrics, process="one", clock=clock)
    assert b"discord_bot_depth{" in exposition(asked, "")[0]
    clock.turn(901)
    assert b"discord_bot_depth{" not in exposition(asked, "")[0]
    metrics.close()


def test_without_the_extra_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [*sys.modules]:
        if name.startswith("prometheus_client"):
            monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'debugcog\[prometheus\]'"):
        exposition(source(service()), "")


def test_the_library_is_imported_for_a_scrape_only() -> None:
    script = (
        "import sys, services.debugcog.prometheus.exposition;"
        "print([name for name in sys.modules if name.startswith('prometheus_client')])"
    )
    done = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\n", done.stderr

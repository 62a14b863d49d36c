"""Names that a host gives → names that Prometheus has, units and all, and no two alike."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.names import KNOWN, OWN, PREFIX, Export, exports, series_of
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES

TAKEN = "discord_bot_upload_seconds is taken by upload"


def timed(metrics: MetricsService, name: str) -> None:
    with metrics.timer(name):
        pass


def recorded(metrics: MetricsService, name: str) -> None:
    metrics.record(name, 1)


def counted(metrics: MetricsService, name: str) -> None:
    metrics.increment(name)


def sampled(metrics: MetricsService, name: str) -> None:
    metrics.gauge(name, lambda: 1)


def exported(*given: tuple[Callable[[MetricsService, str], None], str]) -> dict[str, Export]:
    metrics = MetricsService(fold_interval=None)
    for use, name in given:
        use(metrics, name)
    metrics.close()
    return exports(metrics.totals())[0]


def test_every_known_name_is_in_the_table() -> None:
    assert set(KNOWN) == {*TIMINGS, *VALUES, *COUNTERS}


@pytest.mark.parametrize(
    ("use", "name", "expected"),
    [
        (counted, "jobs", ("discord_bot_jobs", "counter", 1.0)),
        (counted, "jobs_total", ("discord_bot_jobs", "counter", 1.0)),
        (counted, "sent_kb", ("discord_bot_sent_bytes", "counter", 1 / 1024)),
        (sampled, "queue_length", ("discord_bot_queue_length", "gauge", 1.0)),
        (sampled, "queue_count", ("discord_bot_queue", "gauge", 1.0)),
        (sampled, "disk_gb", ("discord_bot_disk_bytes", "gauge", 2.0**-30)),
        (sampled, "full_percent", ("discord_bot_full_ratio", "gauge", 100.0)),
        (sampled, "age_hours", ("discord_bot_age_seconds", "gauge", 1 / 3600)),
        (timed, "upload", ("discord_bot_upload_seconds", "histogram", 1000.0)),
        (timed, "upload_ms", ("discord_bot_upload_seconds", "histogram", 1000.0)),
        (timed, "upload_seconds", ("discord_bot_upload_seconds", "histogram", 1000.0)),
        (recorded, "query_ms", ("discord_bot_query_seconds", "histogram", 1000.0)),
        (recorded, "affection", ("discord_bot_affection", "histogram", 1.0)),
        (recorded, "ms", ("discord_bot_ms", "histogram", 1.0)),
        (recorded, "total", ("discord_bot_total", "histogram", 1.0)),
    ],
)
def test_a_hosts_name_ends_with_its_base_unit(
    use: Callable[[MetricsService, str], None], name: str, expected: tuple[str, str, float]
) -> None:
    export = exported((use, name))[name]
    assert (export.name, export.kind, export.divisor) == expected


def test_of_two_that_would_be_one_the_second_gets_a_number_and_that_is_told() -> None:
    metrics = MetricsService(fold_interval=None)
    timed(metrics, "upload_seconds")
    timed(metrics, "upload_ms")
    timed(metrics, "upload")
    counted(metrics, "info")
    chosen, told = exports(metrics.totals())
    assert {name: chosen[name].name for name in ("upload", "upload_ms", "upload_seconds")} == {
        "upload": "discord_bot_upload_seconds",
        "upload_ms": "discord_bot_upload_2_seconds",
        "upload_seconds": "discord_bot_upload_3_seconds",
    }
    assert told == (
        "info is exported as discord_bot_info_2: discord_bot_info is taken by DebugCog",
        f"upload_ms is exported as discord_bot_upload_2_seconds: {TAKEN}",
        f"upload_seconds is exported as discord_bot_upload_3_seconds: {TAKEN}",
    )


def test_a_name_that_was_given_stays_whatever_is_recorded_later() -> None:
    metrics = MetricsService(fold_interval=None)
    timed(metrics, "upload_seconds")
    counted(metrics, "jobs_total")
    before = exports(metrics.totals())[0]
    timed(metrics, "upload_ms")
    timed(metrics, "upload")
    counted(metrics, "jobs")
    after, told = exports(metrics.totals())
    assert {name: after[name] for name in before} == before
    assert {name: export.name for name, export in after.items() if name not in before} == {
        "jobs": "discord_bot_jobs_2",
        "upload": "discord_bot_upload_2_seconds",
        "upload_ms": "discord_bot_upload_3_seconds",
    }
    assert told[0] == (
        "jobs is exported as discord_bot_jobs_2: discord_bot_jobs is taken by jobs_total"
    )
    replacing = MetricsService(fold_interval=None)
    replacing.carry(metrics.totals())
    counted(replacing, "job")
    assert {name: exports(replacing.totals())[0][name] for name in after} == after


WORDS = (
    *("a", "b", "queue", "ms", "mb", "seconds", "percent", "2"),
    *("total", "count", "sum", "bucket", "info", "newest", "failures"),
)
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("_".join)


@given(
    st.lists(
        st.tuples(st.sampled_from((timed, recorded, counted)), names),
        max_size=12,
        unique_by=lambda pair: pair[1],
    )
)
def test_no_two_metrics_share_a_series(
    given_names: list[tuple[Callable[[MetricsService, str], None], str]],
) -> None:
    chosen = exported(*given_names)
    series = [name for export in chosen.values() for name in series_of(export)]
    series += [PREFIX + name for name in OWN]
    assert len(series) == len(set(series))
    assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in series)
    assert exported(*reversed(given_names)) == chosen

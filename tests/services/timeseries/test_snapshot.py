from __future__ import annotations

from services.debugcog.timeseries.metric_names import COUNTERS
from services.debugcog.timeseries.snapshot import EMPTY, Snapshot, Summary, stats


def snapshot(
    counters: dict[str, int], series: dict[str, Summary], totals: dict[str, int]
) -> Snapshot:
    return Snapshot(
        taken_at=1000.0,
        window=300.0,
        uptime=60.0,
        series={"total_response_time": EMPTY, "memory_usage_mb": EMPTY, "temp_files_mb": EMPTY}
        | series,
        labelled={},
        counters=dict.fromkeys(COUNTERS, 0) | counters,
        totals={
            "errors": 0,
            "errors_captured": 0,
            "tokens_input": 0,
            "tokens_output": 0,
            "tokens_used": 0,
        }
        | totals,
        refused=2,
    )


RESPONSE = Summary(
    count=4, failed=1, total=2000.0, minimum=1.0, maximum=900.0, p50=500.0, p95=800.0, p99=850.0
)


def test_rates_are_percentages_of_messages_and_of_lookups() -> None:
    busy = snapshot(
        {"messages_processed": 200, "errors": 3, "cache_hits": 30, "cache_misses": 10}, {}, {}
    )
    assert (busy.error_rate, busy.cache_hit_rate) == (1.5, 75.0)


def test_an_error_that_host_and_cog_both_count_is_one() -> None:
    counted = {"messages_processed": 200, "errors": 3, "errors_captured": 4}
    assert (snapshot(counted, {}, {}).errors, snapshot(counted, {}, {}).error_rate) == (4, 2.0)
    assert stats(snapshot({}, {}, {"errors": 9, "errors_captured": 4}))["errors"] == 9


def test_rates_without_traffic_are_zero() -> None:
    idle = snapshot({"errors": 3}, {}, {})
    assert (idle.error_rate, idle.cache_hit_rate) == (0.0, 0.0)


def test_stats_are_flat_and_use_the_guides_names() -> None:
    flat = stats(
        snapshot(
            {"messages_processed": 200, "errors": 3},
            {
                "total_response_time": RESPONSE,
                "memory_usage_mb": Summary(count=2, total=900.0, last=512.5),
            },
            {"errors": 7, "tokens_input": 1000, "tokens_output": 50, "tokens_used": 900},
        )
    )
    assert flat == {
        "avg_total_response_time": 500.0,
        "p50_total_response_time": 500.0,
        "p95_total_response_time": 800.0,
        "p99_total_response_time": 850.0,
        "failed_total_response_time": 1,
        "avg_response_time": 500.0,
        "p50_response_time": 500.0,
        "p95_response_time": 800.0,
        "p99_response_time": 850.0,
        "failed_response_time": 1,
        "avg_memory_usage_mb": 450.0,
        "p50_memory_usage_mb": 0.0,
        "p95_memory_usage_mb": 0.0,
        "p99_memory_usage_mb": 0.0,
        "failed_memory_usage_mb": 0,
        "avg_temp_files_mb": 0.0,
        "p50_temp_files_mb": 0.0,
        "p95_temp_files_mb": 0.0,
        "p99_temp_files_mb": 0.0,
        "failed_temp_files_mb": 0,
        "errors": 7,
        "errors_captured": 0,
        "tokens_input": 1000,
        "tokens_output": 50,
        "tokens_used": 900,
        "tokens_total": 1050,
        "memory_usage_mb": 512.5,
        "temp_files_mb": 0.0,
        "error_rate": 1.5,
        "cache_hit_rate": 0.0,
        "uptime_seconds": 60.0,
        "refused": 2,
    }


def test_tokens_that_are_only_recorded_as_used_are_the_total() -> None:
    assert stats(snapshot({}, {}, {"tokens_used": 156}))["tokens_total"] == 156

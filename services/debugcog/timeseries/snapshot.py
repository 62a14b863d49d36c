"""Windowed series → frozen Summary, Point and Snapshot, all that renderers and rules need."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.debugcog.frozen import frozen


@frozen
class Summary:
    """What one series did inside a window; all zero when nothing was recorded.

    Attributes:
        count: values; of a counter, the sum of its amounts.
        failed: timed blocks among them that ended with an exception.
        total: sum of the values.
        minimum: smallest value, exact.
        maximum: largest value, exact.
        p50: median, within 1 % of a recorded value; so are ``p95`` and ``p99``.
        p95: 95th percentile.
        p99: 99th percentile.
        last: newest value; None without one.
    """

    count: int = 0
    failed: int = 0
    total: float = 0.0
    minimum: float = 0.0
    maximum: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    last: float | None = None

    @property
    def mean(self) -> float:
        """Average of the values; 0.0 without one."""
        return self.total / self.count if self.count else 0.0


EMPTY = Summary()


@frozen
class Point:
    """One bucket of a series, for a chart; a bucket without values has no point.

    Attributes:
        time: start of the bucket, unix seconds.
        count: values in it; of a counter, the sum of its amounts.
        mean: average of the values, 0.0 for a counter; so are the others.
        p50: median.
        p95: 95th percentile.
        maximum: largest value.
        width: seconds of the bucket; 0.0 where nobody has told.
    """

    time: float
    count: int
    mean: float
    p50: float
    p95: float
    maximum: float
    width: float = 0.0


@frozen
class Snapshot:
    """Everything the service knows, at one moment.

    Attributes:
        taken_at: unix seconds.
        window: length of the window in seconds; it ends at ``taken_at``.
        uptime: seconds since the service was made.
        series: summary inside the window of each value metric, its label sets merged.
        labelled: metric → label set as text (``command=ask``, or ``other``) → summary.
        counters: amount inside the window of each counter.
        totals: since start: each counter, and the sum of each metric that counts tokens.
        refused: values refused since start, because of their name or what they were.
        recorded: metrics that have ever had a value, in this run or in the last 7 days.
    """

    taken_at: float
    window: float
    uptime: float
    series: Mapping[str, Summary]
    labelled: Mapping[str, Mapping[str, Summary]]
    counters: Mapping[str, int]
    totals: Mapping[str, int]
    refused: int = 0
    recorded: Collection[str] = frozenset()

    @property
    def errors(self) -> int:
        """Errors inside the window: the host's own count or the cog's, whichever is larger.

        A host that counts ``errors`` and logs the exception too means one error, not two.
        """
        return max(self.counters["errors"], self.counters["errors_captured"])

    @property
    def error_rate(self) -> float:
        """Errors per 100 processed messages inside the window; 0.0 without messages."""
        return _percent(self.errors, self.counters["messages_processed"])

    @property
    def cache_hit_rate(self) -> float:
        """Cache hits per 100 lookups inside the window; 0.0 without lookups."""
        hits = self.counters["cache_hits"]
        return _percent(hits, hits + self.counters["cache_misses"])


def stats(snapshot: Snapshot) -> dict[str, float]:
    """Flatten a snapshot into the dictionary of ``get_stats()``.

    Of every value metric, inside the window: ``avg_<name>``, ``p50_<name>``, ``p95_<name>``,
    ``p99_<name>`` in the metric's own unit (timers: ms) and ``failed_<name>`` (blocks that raised).
    ``total_response_time`` is there as ``…_response_time`` too.

    Of every counter, since start: ``<name>``: ``messages_processed``, ``api_calls``, ``errors``
    (counted by the host, or caught, whichever is more), ``cache_hits``, ``cache_misses`` and the
    host's own.

    And: ``tokens_input``, ``tokens_output``, ``tokens_used`` (tokens since start),
    ``tokens_total`` (input + output, or what was recorded as used where that is more),
    ``memory_usage_mb``, ``temp_files_mb`` (newest value, MB), ``error_rate``, ``cache_hit_rate``
    (percent, inside the window), ``uptime_seconds``, ``refused`` (values since start).
    """
    result: dict[str, float] = {}
    for name, summary in snapshot.series.items():
        result |= _figures(name, summary)
    result |= _figures("response_time", snapshot.series["total_response_time"])
    result |= snapshot.totals
    tokens = snapshot.totals["tokens_input"] + snapshot.totals["tokens_output"]
    result["tokens_total"] = max(tokens, snapshot.totals["tokens_used"])
    for name in ("memory_usage_mb", "temp_files_mb"):
        result[name] = snapshot.series[name].last or 0.0
    result["errors"] = max(snapshot.totals["errors"], snapshot.totals["errors_captured"])
    result["error_rate"] = snapshot.error_rate
    result["cache_hit_rate"] = snapshot.cache_hit_rate
    result["uptime_seconds"] = snapshot.uptime
    result["refused"] = snapshot.refused
    return result


def _figures(name: str, summary: Summary) -> dict[str, float]:
    return {
        f"avg_{name}": summary.mean,
        f"p50_{name}": summary.p50,
        f"p95_{name}": summary.p95,
        f"p99_{name}": summary.p99,
        f"failed_{name}": summary.failed,
    }


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 0.0

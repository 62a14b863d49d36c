"""Metrics in a file: all series of a window, bounded, redacted, and no formulas."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from services.debugcog.bundle.series import HEAD, export
from services.debugcog.metrics import MetricsService
from services.debugcog.redaction.redactor import redact
from tests.clock import Clock

START = 1_800_000_000.0
TOKEN = "ghp_0123456789abcdefghij0123456789abcdef"
SIZE = 1_000_000


@pytest.fixture
def metrics() -> MetricsService:
    made = MetricsService(clock=Clock(START), fold_interval=None)
    made.record("llm_generation", 100.0, model="small", provider="p")
    made.record("llm_generation", 300.0, model="large")
    made.increment("api_calls", 3)
    made.fold()
    return made


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_table_has_each_metric_as_a_whole_and_by_its_labels(metrics: MetricsService) -> None:
    found = export(metrics, "1h", "csv", redact, SIZE)
    at = "2027-01-15T08:00:00Z"
    assert [row[:5] for row in rows(found.text)] == [
        list(HEAD[:5]),
        ["api_calls", "", "", at, "3"],
        ["llm_generation", "", "ms", at, "2"],
        ["llm_generation", "model=small,provider=p", "ms", at, "1"],
        ["llm_generation", "model=large", "ms", at, "1"],
    ]
    assert rows(found.text)[1][5:] == ["", "", "", ""]
    assert rows(found.text)[3][5:] == ["100.0", "", "", "100.0"]
    assert (found.series, found.points, found.left_out) == (4, 4, ())


def test_json_has_the_same_with_labels_apart(metrics: MetricsService) -> None:
    found: Any = json.loads(export(metrics, "1h", "json", redact, SIZE, "llm_generation").text)
    assert found["window"] == "1h"
    assert found["columns"] == ["time", "count", "mean", "p50", "p95", "max"]
    assert found["series"][1] == {
        "name": "llm_generation",
        "kind": "timer",
        "unit": "ms",
        "labels": {"model": "small", "provider": "p"},
        "points": [[START, 1, 100.0, None, None, 100.0]],
    }
    assert [one["labels"] for one in found["series"]][2:] == [{"model": "large"}]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_does_not_fit_is_left_out_and_named(metrics: MetricsService, form: Any) -> None:
    for number in range(90):
        metrics.record("own", 1.0, shard=number)
    metrics.fold()
    found = export(metrics, "1h", form, redact, 6_000)
    assert len(found.text.encode()) <= 6_000
    assert found.left_out == ("own",)
    if form == "json":
        assert json.loads(found.text)["left_out"] == ["own"]


def test_there_is_an_end_to_the_time_that_it_takes(metrics: MetricsService) -> None:
    times = iter([0.0, 1.0, *[99.0] * 9])
    found = export(metrics, "1h", "csv", redact, SIZE, clock=lambda: next(times))
    assert (found.series, found.left_out) == (1, ("llm_generation",))


def test_labels_are_redacted_and_no_spreadsheet_takes_one_for_a_formula(
    metrics: MetricsService,
) -> None:
    metrics.record("own", 1.0, a=TOKEN)
    metrics.record("own", 1.0, b="+1 cmd @x")
    metrics.fold()
    for form in ("csv", "json"):
        assert TOKEN not in export(metrics, "1h", form, redact, SIZE).text
    cells = [cell for row in rows(export(metrics, "1h", "csv", redact, SIZE).text) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_of_nothing_there_is_a_head_alone() -> None:
    bare = MetricsService(fold_interval=None)
    assert rows(export(bare, "1h", "csv", redact, SIZE).text) == [list(HEAD)]
    assert json.loads(export(bare, "1h", "json", redact, SIZE).text)["series"] == []

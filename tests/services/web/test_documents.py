from __future__ import annotations

import json
import math
from typing import Any

import pytest

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.gateway_verdict import Verdict
from services.debugcog.charting.chart_spec import ChartSpec, Line, Mark, Span, Threshold
from services.debugcog.web.documents import document

CHART = ChartSpec(
    title="Memory",
    unit="MB",
    lines=(Line("memory", ((10.0, 512.0), (20.0, None))),),
    thresholds=(Threshold("warning", 1536.0, "warning"),),
    spans=(Span(10.0, 20.0, "critical"),),
    start=0.0,
    end=60.0,
    marks=(Mark(15.0, "deploy"),),
)


def test_a_figure_carries_its_text_and_mark() -> None:
    assert document(Figure(5200.0, "ms", Severity.CRITICAL)) == {
        "value": 5200.0,
        "unit": "ms",
        "severity": "critical",
        "text": "5.2 s",
        "mark": "🔴",
    }
    assert document({"calls": Figure(1200)})["calls"]["text"] == "1,200"


def test_a_chart_is_its_lines_limits_marks_and_spans() -> None:
    assert document(CHART) == {
        "title": "Memory",
        "unit": "MB",
        "lines": [{"label": "memory", "points": [[10.0, 512.0], [20.0, None]]}],
        "thresholds": [{"label": "warning", "value": 1536.0, "severity": "warning"}],
        "spans": [{"start": 10.0, "end": 20.0, "severity": "critical"}],
        "start": 0.0,
        "end": 60.0,
        "marks": [{"time": 15.0, "label": "deploy"}],
    }


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Severity.OK, "ok"),
        (math.nan, None),
        (-math.inf, None),
        (1.5, 1.5),
        (True, True),
        (2**53 - 1, 2**53 - 1),
        (1234567890123456789, "1234567890123456789"),
        (None, None),
        ("text", "text"),
        (frozenset({7}), [7]),
        ({7: (1, 2.0)}, {"7": [1, 2.0]}),
    ],
)
def test_other_values_are_what_json_has_words_for(value: Any, written: Any) -> None:
    found = document(value)
    assert found == written
    assert json.loads(json.dumps(found, allow_nan=False)) == written


def test_what_has_a_text_or_a_mark_of_its_own_carries_it_too() -> None:
    assert document(Verdict("bot", ("a reason",))) == {
        "text": "Looks like the bot",
        "mark": "⚠️",
        "side": "bot",
        "evidence": ["a reason"],
    }


def test_what_is_no_part_of_an_answer_is_refused() -> None:
    with pytest.raises(TypeError):
        document(object())

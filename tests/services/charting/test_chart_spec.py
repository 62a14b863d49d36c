from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.charting.chart_spec import (
    ChartSpec,
    Line,
    Mark,
    Span,
    Threshold,
    alt_text,
    one_line,
)
from services.debugcog.charting.picture_spec import decode, encode

START = 1_700_049_600.0  # 2023-11-15 12:00 UTC
HOUR = 3600.0

RESPONSE_TIME = ChartSpec(
    title="Response time",
    unit="ms",
    lines=(
        Line("p50", ((START, 900.0), (START + 60, None), (START + 120, 850.0))),
        Line("p95", ((START, 5200.0), (START + 60, None), (START + 120, 1300.0))),
    ),
    thresholds=(Threshold("warning", 3000, "warning"), Threshold("critical", 5000, "critical")),
    spans=(Span(START, START + 50, "critical"),),
    start=START,
    end=START + HOUR,
)


def spec(**changed: Any) -> ChartSpec:
    fields = {"title": "", "unit": "", "lines": (), "thresholds": (), "spans": ()}
    return ChartSpec(**{**fields, "start": START, "end": START + HOUR, **changed})


def test_the_alt_text_says_what_the_picture_shows() -> None:
    assert alt_text(RESPONSE_TIME) == (
        "Response time, 12:00 to 13:00 UTC. p50: last 850 ms, highest 900 ms. "
        "p95: last 1.3 s, highest 5.2 s. warning at 3 s. critical at 5 s. 1 critical incident."
    )


def test_the_alt_text_names_what_happened_and_when() -> None:
    marks = (Mark(START + 60, "restart"), Mark(START + 120, "deploy"))
    lines = (Line("in", ((START, 3.0),)),)
    assert alt_text(spec(title="Tokens", lines=lines, marks=marks)) == (
        "Tokens, 12:00 to 13:00 UTC. in: last 3, highest 3. "
        "Marked at 12:01 UTC: restart. Marked at 12:02 UTC: deploy."
    )


def test_marks_come_back_from_json_and_have_a_real_time() -> None:
    marked = spec(marks=(Mark(START + 60, "restart"),))
    assert decode(encode(marked)) == marked
    with pytest.raises(ValueError, match="a mark must have a real time, not nan"):
        Mark(math.nan, "restart")
    with pytest.raises(ValueError, match="at most 20 marks, not 21"):
        spec(marks=(Mark(START, "restart"),) * 21)


def test_the_alt_text_of_a_chart_without_values_says_so() -> None:
    empty = spec(title="Memory", unit="MB", lines=(Line("memory", ((START, None),)),))
    assert alt_text(empty) == "Memory, 12:00 to 13:00 UTC. No data yet."


def test_the_alt_text_names_a_line_without_values_beside_others() -> None:
    lines = (Line("in", ((START, 3.0),)), Line("out", ()))
    spans = (Span(START, START, "warning"), Span(START, START, "warning"))
    assert alt_text(spec(title="Tokens", lines=lines, spans=spans)) == (
        "Tokens, 12:00 to 13:00 UTC. in: last 3, highest 3. out: no data. 2 warning incidents."
    )


@given(st.text(max_size=3000), st.lists(st.text(max_size=300), max_size=6))
def test_the_alt_text_stays_one_line_within_discords_limit(title: str, labels: list[str]) -> None:
    lines = tuple(Line(label, ((START, 1.0),)) for label in labels)
    text = alt_text(spec(title=title, lines=lines))
    assert len(text) <= 1024
    assert text.isprintable()


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("a\nb\r\n\tc\x00\u2028d", 50, "a b c d"),
        ("  abc  ", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("\u202eevil", 50, "evil"),
    ],
)
def test_text_of_unknown_origin_becomes_one_short_line(
    text: str, limit: int, expected: str
) -> None:
    assert one_line(text, limit) == expected


def test_a_spec_comes_back_from_json_as_it_was() -> None:
    document = encode(RESPONSE_TIME)
    assert json.loads(document[1:])["title"] == "Response time"
    assert decode(document) == RESPONSE_TIME


finite = st.floats(-1e300, 1e300)
times = st.lists(st.floats(0, 2e11), max_size=50).map(sorted)
lines = st.builds(
    lambda label, times, values: Line(label, tuple(zip(times, values, strict=False))),
    st.text(max_size=50),
    times,
    st.lists(st.none() | finite, min_size=50, max_size=50),
)


@given(st.text(max_size=50), st.lists(lines, max_size=6), finite)
def test_every_valid_spec_comes_back_from_json(title: str, lines: list[Line], limit: float) -> None:
    original = spec(
        title=title, lines=tuple(lines), thresholds=(Threshold("limit", limit, "critical"),)
    )
    assert decode(encode(original)) == original


def test_endless_text_is_cut_before_it_travels() -> None:
    long = spec(title="x" * 10_000_000, lines=(Line("y" * 10_000_000, ()),))
    assert decode(encode(long)) == spec(title="x" * 200, lines=(Line("y" * 200, ()),))


@pytest.mark.parametrize(
    "document", [b"", b"C", b"C[]", b"C{}", b"Cnull", b"C\xff", b'C{"lines": [["a"]]}']
)
def test_what_is_no_spec_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a picture|Expecting value|codec|unpack"):
        decode(document)


def points(*values: float | None) -> tuple[tuple[float, float | None], ...]:
    return tuple((START + index, value) for index, value in enumerate(values))


def test_a_line_has_at_most_600_points() -> None:
    assert len(Line("p50", points(*[1.0] * 600)).values) == 600
    with pytest.raises(ValueError, match="at most 600 points of a line, not 601"):
        Line("p50", points(*[1.0] * 601))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 2e300])
def test_a_value_that_cannot_be_drawn_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="must be a real number"):
        Line("p50", points(value))
    with pytest.raises(ValueError, match="must be a real number"):
        Threshold("limit", value, "warning")


@pytest.mark.parametrize("times", [(2.0, 1.0), (-1.0,), (math.nan,), (math.inf,), (3e11,)])
def test_times_out_of_order_or_out_of_bounds_are_refused(times: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="times of a line must be in order and real"):
        Line("p50", tuple((time, 1.0) for time in times))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"unit": "furlongs"}, "unit must be one of"),
        ({"lines": (Line("", ()),) * 7}, "at most 6 lines, not 7"),
        ({"thresholds": (Threshold("", 1, "warning"),) * 5}, "at most 4 thresholds, not 5"),
        ({"spans": (Span(1, 2, "warning"),) * 51}, "at most 50 spans, not 51"),
        ({"start": -1.0}, "start must be a unix time"),
        ({"start": math.nan}, "start must be a unix time"),
        ({"end": START}, "1 second to 366 days"),
        ({"end": math.nan}, "1 second to 366 days"),
        ({"end": START + 367 * 86_400}, "1 second to 366 days"),
    ],
)
def test_a_chart_out_of_bounds_is_refused(changed: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        spec(**changed)


def test_a_severity_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="severity must be one of"):
        Threshold("limit", 1, "fatal")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(ValueError, match="severity must be one of"):
        Span(1, 2, "fatal")  # type: ignore[arg-type]  # the point of the test


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="a span must end after its start"):
        Span(2, 1, "warning")

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from services.debugcog.charting.canvas import (
    BACKGROUND,
    BRIGHT,
    EDGE,
    HEIGHT,
    INKS,
    MUTED,
    SIGNALS,
    WIDTH,
)
from services.debugcog.charting.chart_spec import ChartSpec, Line, Mark, Span, Threshold
from services.debugcog.charting.painter import Painter
from tests.chart_pictures import HOUR, START, Picture, busy_chart, chart, decode_png, flat

AMBER, RED = SIGNALS["warning"], SIGNALS["critical"]
SHADED = {"warning": "#4c4331", "critical": "#4e3539"}  # a sixth of the signal on the background
LIMITS = (Threshold("warning", 3000, "warning"), Threshold("critical", 5000, "critical"))
PLOT = (114, 68, 545, 338)  # well inside the plot, whatever the labels are
TIPS = (114, 68, 698, 338)  # the plot beside a short label
MARGIN = (0, 50, 100, 360)  # the labels of the values


@pytest.fixture(name="painter", scope="module")
def _painter() -> Painter:
    return Painter()


def draw(painter: Painter, spec: ChartSpec) -> Picture:
    return decode_png(painter.draw(spec))


def test_a_picture_has_discords_size_and_look_and_few_colours(painter: Painter) -> None:
    picture = draw(painter, chart(flat("p50", 900.0)))
    assert (picture.image.size, picture.mode) == ((800, 400), "P")
    assert picture.at(0, 0) == picture.at(799, 399) == BACKGROUND == "#2b2d31"
    assert len(picture.colours()) <= 64


def test_the_fullest_chart_stays_below_40_kib(painter: Painter) -> None:
    assert len(painter.draw(busy_chart())) <= 40 * 1024


def test_a_line_lies_where_its_value_is(painter: Painter) -> None:
    picture = draw(painter, chart(flat("p50", 2500.0), limits=LIMITS))
    # zero at pixel 340 from above, 5.5 s at 72: 2.5 s at 218
    extent = picture.extent(INKS[0], PLOT)
    assert extent is not None
    assert 215 <= 68 + extent[1] < 68 + extent[3] <= 221
    assert extent[2] - extent[0] == PLOT[2] - PLOT[0]


def test_limits_are_lines_across_the_plot_in_the_colour_of_their_severity(
    painter: Painter,
) -> None:
    picture = draw(painter, chart(flat("p50", 1200.0), limits=LIMITS))
    right_half = (300, 68, 560, 346)
    amber, red = picture.extent(AMBER, right_half), picture.extent(RED, right_half)
    assert amber is not None
    assert red is not None
    assert 68 + red[1] in range(94, 98)  # 5 s
    assert 68 + amber[1] in range(192, 196)  # 3 s
    assert amber[3] - amber[1] <= 3


def test_limits_far_above_the_data_are_named_and_do_not_flatten_it(
    painter: Painter,
) -> None:
    picture = draw(painter, chart(flat("p50", 90.0), limits=LIMITS))
    assert {AMBER, RED} <= picture.colours((590, 50, 800, 120))
    assert not {AMBER, RED} & picture.colours(PLOT)
    extent = picture.extent(INKS[0], PLOT)
    assert extent is not None
    assert extent[1] < 40


def test_limits_that_are_close_are_named_beside_the_chart_without_overlapping(
    painter: Painter,
) -> None:
    close = (Threshold("warning", 1000.0, "warning"), Threshold("critical", 1001.0, "critical"))
    picture = draw(painter, chart(flat("p50", 1000.0), limits=close))
    column = (645, 0, 800, 400)
    rows = [picture.extent(colour, column) for colour in (RED, AMBER, INKS[0])]
    assert all(rows)
    red, amber, blue = ((row[1], row[3]) for row in rows if row)
    assert len({red, amber, blue}) == 3
    assert all(upper[1] <= lower[0] for upper, lower in pairwise(sorted((red, amber, blue))))
    assert not {RED, AMBER} & picture.colours((112, 60, 560, 85)), "no label inside the plot"


def test_a_limit_below_what_is_shown_is_named_at_the_bottom(painter: Painter) -> None:
    picture = draw(painter, chart(flat("p50", 90.0), limits=(Threshold("low", -5, "critical"),)))
    assert RED in picture.colours((590, 300, 800, 350))
    assert RED not in picture.colours((0, 0, 590, 400))


@pytest.mark.parametrize("severity", ["warning", "critical"])
def test_an_incident_is_shaded_for_as_long_as_it_lasted(painter: Painter, severity: str) -> None:
    span = Span(START + HOUR / 4, START + HOUR / 2, severity)  # type: ignore[arg-type]  # a literal of the list
    spec = ChartSpec("", "", (flat("", 7.0),), (), (span,), START, START + HOUR)
    picture = draw(painter, spec)
    extent = picture.extent(SHADED[severity])
    assert extent is not None
    plot_width = 698 - 112  # the least room is left for so short a label
    assert extent[0] == pytest.approx(112 + plot_width / 4, abs=2)
    assert extent[2] == pytest.approx(112 + plot_width / 2, abs=2)


def test_a_short_incident_is_still_seen_and_one_outside_is_not(painter: Painter) -> None:
    spans = (
        Span(START + HOUR, START + HOUR, "critical"),
        Span(START - 60, START - 1, "warning"),
        Span(START + HOUR + 1, START + HOUR + 60, "warning"),
    )
    lines = (flat("p50", 900.0),)
    picture = draw(painter, ChartSpec("", "ms", lines, (), spans, START, START + HOUR))
    extent = picture.extent(SHADED["critical"])
    assert extent is not None
    assert extent[2] - extent[0] in (3, 4, 5)
    assert SHADED["warning"] not in picture.colours()


def test_a_mark_is_a_line_from_top_to_bottom_named_on_its_left(painter: Painter) -> None:
    spec = chart(flat("p50", 900.0))
    plain = draw(painter, spec)
    marked = draw(painter, replace(spec, marks=(Mark(START + HOUR / 2, "restart"),)))
    changed = ImageChops.difference(plain.image, marked.image).getbbox()
    assert changed
    left, top, right, bottom = changed
    assert HEIGHT - top == pytest.approx(328, abs=2)
    assert HEIGHT - bottom == pytest.approx(60, abs=2)
    assert 60 < right - left < 110, "the line and its name"


def test_of_marks_that_are_close_the_newest_is_named(painter: Painter) -> None:
    spec = chart(flat("p50", 900.0))
    close = tuple(Mark(START + HOUR / 2 + 60 * n, "restart") for n in range(3))
    left, _, right, _ = draw(painter, replace(spec, marks=close)).extent(MUTED, TIPS) or (0,) * 4
    assert right - left < 120
    apart = (Mark(START + HOUR / 2, "restart"), Mark(START + HOUR / 2 + 60, "log level"))
    both = draw(painter, replace(spec, marks=apart)).extent(MUTED, TIPS)
    one = draw(painter, replace(spec, marks=apart[1:])).extent(MUTED, TIPS)
    assert both is not None
    assert one is not None
    assert both[0] == one[0], "the older name has a row of its own"
    outside = (Mark(START - 60, "restart"), Mark(START + HOUR + 60, "restart"))
    assert draw(painter, replace(spec, marks=outside)).extent(MUTED, PLOT) is None


@pytest.mark.parametrize("offset", [0, 1, 7])
@pytest.mark.parametrize("window", [1, 10, 60, 80, 100, 200, 300, HOUR, 86_400, 7 * 86_400])
def test_a_time_at_the_left_edge_touches_neither_the_zone_nor_the_next_one(
    painter: Painter, window: float, offset: int
) -> None:
    start = START + offset
    line = Line("p50", ((start, 900.0), (start + window, 900.0)))
    picture = draw(painter, replace(chart(line), start=start, end=start + window))
    assert MUTED in picture.colours((50, 350, 68, 390)), "the end of the zone"
    assert picture.colours((68, 350, 78, 390)) == {BACKGROUND}
    times = picture.extent(MUTED, (0, 350, WIDTH, 390))
    assert times is not None
    assert times[2] <= WIDTH - EDGE


def test_a_gap_stays_a_gap(painter: Painter) -> None:
    points = tuple((START + 60 * i, None if 20 <= i <= 40 else 900.0) for i in range(61))
    picture = draw(painter, chart(Line("p50", points)))
    third = (PLOT[2] - PLOT[0]) // 3
    gap = (PLOT[0] + third + 20, PLOT[1], PLOT[0] + 2 * third - 20, PLOT[3])
    assert INKS[0] not in picture.colours(gap)
    assert INKS[0] in picture.colours((PLOT[0], PLOT[1], PLOT[0] + third - 20, PLOT[3]))
    assert INKS[0] in picture.colours((PLOT[0] + 2 * third + 40, PLOT[1], PLOT[2], PLOT[3]))


def test_single_points_are_visible_as_dots(painter: Painter) -> None:
    values = (None, 700.0, None, 900.0)
    points = tuple((START + 900 * i, value) for i, value in enumerate(values))
    picture = draw(painter, chart(Line("p50", points)))
    first, second = (200, 68, 350, 346), (450, 68, 600, 346)
    for extent in (picture.extent(INKS[0], first), picture.extent(INKS[0], second)):
        assert extent is not None
        assert extent[2] - extent[0] in range(6, 11)
        assert extent[3] - extent[1] in range(6, 11)


def test_what_lies_outside_the_window_is_cut_off(painter: Painter) -> None:
    points = ((START - HOUR, 0.0), (START + HOUR / 2, 900.0), (START + 9 * HOUR, 0.0))
    picture = draw(painter, chart(Line("p50", points)))
    assert INKS[0] not in picture.colours(MARGIN)
    assert INKS[0] in picture.colours(PLOT)


@pytest.mark.parametrize("lines", [(), (Line("p50", ()),), (flat("p50", None),)])
def test_without_a_value_the_picture_says_that_there_is_no_data_yet(
    painter: Painter, lines: tuple[Line, ...]
) -> None:
    picture = draw(painter, chart(*lines, limits=LIMITS))
    assert not {*INKS, AMBER, RED} & picture.colours()
    words = picture.extent(BRIGHT, (200, 150, 600, 200))
    assert words is not None
    assert 150 < words[2] - words[0] < 210  # "No data yet", in large type


@pytest.mark.parametrize("values", [(50.0,) * 6, (0.0,) * 6, (100.0, 1.0, 99.0, 2.0, 98.0, 3.0)])
def test_labels_at_the_ends_of_the_lines_never_overlap(
    painter: Painter, values: tuple[float, ...]
) -> None:
    lines = tuple(flat(f"shard {i}", value) for i, value in enumerate(values))
    picture = draw(painter, chart(*lines))
    rows = []
    for ink in INKS:
        extent = picture.extent(ink, (630, 0, 800, 400))
        assert extent is not None
        rows.append((extent[1], extent[3]))
    assert all(upper[1] <= lower[0] for upper, lower in pairwise(sorted(rows)))


def test_nothing_of_a_chart_before_is_left_in_the_next(painter: Painter) -> None:
    first = painter.draw(chart(flat("p50", 900.0)))
    painter.draw(busy_chart())
    painter.draw(chart())
    assert painter.draw(chart(flat("p50", 900.0))) == first


def test_the_hosts_own_style_does_not_change_the_look(painter: Painter) -> None:
    spec = chart(flat("p50", 900.0))
    before = painter.draw(spec)
    mpl.rcParams.update({"text.usetex": True, "font.size": 40, "lines.linestyle": ":"})
    assert Painter().draw(spec) == before


def border_colours(picture: Picture) -> set[str]:
    edge = int(EDGE) - 10
    return (
        picture.colours((0, 0, WIDTH, edge))
        | picture.colours((0, HEIGHT - 10, WIDTH, HEIGHT))
        | picture.colours((WIDTH - edge, 0, WIDTH, HEIGHT))
    )


hostile_text = st.sampled_from(
    [
        "$\\frac{1}{",
        "$x^2$ " * 60,
        "two\nlines\r\nand\u2028more",
        "W" * 5000,
        "🔥🚒 応答時間 שלום العربية e\u0301\u200d\ufe0f",
        "\x00\x1b[31m\ud800",
        "",
    ]
) | st.text(max_size=300)
extreme = st.sampled_from([0.0, -0.0, 5e-324, 1e-7, 0.999, 1e9, -1e9, 1e300, -1e300]) | st.floats(
    -1e12, 1e12
)


@settings(max_examples=25, deadline=None)
@given(
    texts=st.tuples(hostile_text, hostile_text, hostile_text),
    values=st.lists(extreme, min_size=1, max_size=6),
    unit=st.sampled_from(["ms", "MB", "%", ""]),
    limit=extreme,
    window=st.sampled_from([1.0, 60.0, 1800.0, HOUR, 86_400.0, 7 * 86_400.0, 366 * 86_400.0]),
)
def test_hostile_text_and_extreme_values_neither_warn_nor_run_off_the_canvas(
    painter: Painter,
    texts: tuple[str, str, str],
    values: list[float],
    unit: str,
    limit: float,
    window: float,
) -> None:
    title, label, name = texts
    points = tuple((START + window * i / 5, value) for i, value in enumerate(values))
    limits = (Threshold(name, limit, "warning"), Threshold(name, limit, "critical"))
    lines = (Line(label, points), Line(label * 2, points))
    spec = ChartSpec(title, unit, lines, limits, (), START, START + window)  # type: ignore[arg-type]  # units of the list
    picture = draw(painter, spec)
    assert picture.image.size == (800, 400)
    assert border_colours(picture) == {BACKGROUND}
    assert picture.colours((0, 0, 3, HEIGHT)) == {BACKGROUND}

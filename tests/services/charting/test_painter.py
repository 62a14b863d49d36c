"""Sparklines, waterfalls and flames as pictures: sizes, colours, and where things are."""

from __future__ import annotations

import pytest

from services.debugcog.charting.canvas import BACKGROUND, INKS, MUTED, SIGNALS
from services.debugcog.charting.flame import FlameSpec, Frame
from services.debugcog.charting.painter import Painter
from services.debugcog.charting.picture_spec import Picture as Spec
from services.debugcog.charting.sparklines import SparklinesSpec, Tile
from services.debugcog.charting.waterfall import Bar, WaterfallSpec
from tests.chart_pictures import Picture, chart, decode_png, flat, rising

AMBER, RED = SIGNALS["warning"], SIGNALS["critical"]


@pytest.fixture(name="painter", scope="module")
def _painter() -> Painter:
    return Painter()


def draw(painter: Painter, spec: Spec) -> Picture:
    return decode_png(painter.draw(spec))


def test_a_tile_has_the_colour_of_its_severity_and_one_without_that_of_a_line(
    painter: Painter,
) -> None:
    tiles = (
        Tile("a", "1", "warning", rising(60)),
        Tile("b", "2", "critical", rising(60)),
        Tile("c", "3", None, rising(60)),
        *(Tile("d", "4"),) * 3,
    )
    picture = draw(painter, SparklinesSpec("", tiles))

    assert picture.image.size == (800, 352)
    thirds = [picture.colours((left, 64, left + 240, 188)) for left in (24, 280, 536)]
    signals = [{AMBER, RED, INKS[0]} & colours for colours in thirds]
    assert signals == [{AMBER}, {RED}, {INKS[0]}]
    assert INKS[0] not in picture.colours((0, 196, 800, 352)), "no points, no line"


def test_a_line_that_rises_ends_higher_than_it_began(painter: Painter) -> None:
    picture = draw(painter, SparklinesSpec("", (Tile("a", "1", None, rising(60)),)))
    left = picture.extent(INKS[0], (24, 64, 60, 200))
    right = picture.extent(INKS[0], (340, 64, 400, 200))

    assert left is not None
    assert right is not None
    assert right[1] < left[1]


@pytest.mark.parametrize(("count", "size"), [(1, 212), (4, 352), (5, 352), (18, 912)])
def test_a_grid_is_as_tall_as_its_tiles_need(painter: Painter, count: int, size: int) -> None:
    picture = draw(painter, SparklinesSpec("", (Tile("a", "1"),) * count))

    assert picture.image.size == (800, size)


def test_calls_that_ran_at_once_are_beside_each_other_and_the_slowest_stands_out(
    painter: Painter,
) -> None:
    rows = (
        Bar("/ask", 0, 1000),
        Bar("LLM", 0, 500, 1, slowest=True),
        Bar("TTS", 500, 500, 1, failed=True),
    )
    picture = draw(painter, WaterfallSpec("", rows))
    plot = (290, 60, 700, 180)
    whole, slow, failed = (picture.extent(colour, plot) for colour in (INKS[2], AMBER, RED))

    assert whole is not None
    assert slow is not None
    assert failed is not None
    assert whole[1] < slow[1] < failed[1]
    assert slow[0] == whole[0] == 0
    assert failed[0] == pytest.approx(slow[2], abs=2)


def test_the_shortest_call_is_seen(painter: Painter) -> None:
    picture = draw(painter, WaterfallSpec("", (Bar("a", 0, 1e6), Bar("b", 1e6, 0, 1))))
    extent = picture.extent(INKS[0])

    assert extent is not None
    assert extent[2] - extent[0] == 4


def test_traces_are_divided_by_a_line(painter: Painter) -> None:
    one = (Bar("a", 0, 5), Bar("b", 0, 5))
    two = (Bar("a", 0, 5), Bar("b", 0, 5, group=1))
    heights = [draw(painter, WaterfallSpec("", rows)).image.height for rows in (one, two)]

    assert heights == [200, 218]
    assert MUTED in draw(painter, WaterfallSpec("", two)).colours((30, 100, 40, 118))


def test_the_hosts_functions_have_a_colour_of_their_own_as_wide_as_their_time(
    painter: Painter,
) -> None:
    frames = (Frame("run", 0, 1, 0), Frame("mine", 0.25, 0.5, 1, own=True))
    picture = draw(painter, FlameSpec("", 100, frames))
    body = (0, 60, 800, 134)
    own, other = picture.extent(AMBER, body), picture.extent(picture.at(30, 70), body)

    assert own is not None
    assert other is not None
    assert (own[0], own[2]) == (212, 586)  # 24 + a quarter, and three quarters, of 752
    assert (other[0], other[2]) == (24, 774)


def test_pictures_without_anything_say_so_and_the_next_chart_has_its_own_size(
    painter: Painter,
) -> None:
    empty: tuple[Spec, ...] = (
        SparklinesSpec("", ()),
        WaterfallSpec("", ()),
        FlameSpec("", 0, ()),
    )
    pictures = [draw(painter, spec) for spec in empty]
    after = draw(painter, chart(flat("p50", 900.0)))

    assert [picture.at(0, 0) for picture in pictures] == [BACKGROUND] * 3
    assert MUTED in pictures[1].colours()
    assert after.image.size == (800, 400)


def test_the_fullest_pictures_stay_small(painter: Painter) -> None:
    text = "A name that is longer than its place, 小明 🙂 \u202e $x$"
    tiles = (Tile(text, text, "critical", rising(120)),) * 18
    bars = tuple(Bar(text, n, 30 - n, n % 9, slowest=n == 3, group=n // 10) for n in range(30))
    frames = tuple(Frame(text, n % 25 / 25, 1 / 25, n // 25, own=n % 2 > 0) for n in range(600))
    specs = (SparklinesSpec(text, tiles), WaterfallSpec(text, bars), FlameSpec(text, 5, frames))

    assert [len(painter.draw(spec)) < 120 * 1024 for spec in specs] == [True] * 3

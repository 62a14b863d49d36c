"""Sparklines, waterfalls and flames: their bounds, their way to the chart process, alt texts."""

from __future__ import annotations

import math

import pytest

from services.debugcog.charting.flame import FlameSpec, Frame
from services.debugcog.charting.picture_spec import Picture, alt_text, decode, encode, with_texts
from services.debugcog.charting.sparklines import SparklinesSpec, Tile
from services.debugcog.charting.waterfall import Bar, WaterfallSpec
from tests.chart_pictures import START, chart, flat, rising

SPARKLINES = SparklinesSpec(
    "Ada's bot",
    (
        Tile("Response time", "2.4 s", "warning", rising(60)),
        Tile("Error rate", "6%", "critical", ((START, 6.0), (START + 60, None))),
        Tile("Identifies left", "998"),
    ),
)
WATERFALL = WaterfallSpec(
    "/ask",
    (
        Bar("/ask", 0, 4200),
        Bar("LLM", 60, 3100, 1, slowest=True),
        Bar("TTS", 3170, 990, 1, failed=True),
        Bar("/ask", 0, 900, group=1),
    ),
)
FLAME = FlameSpec(
    "Profile",
    5000,
    (
        Frame("run_forever", 0, 1, 0),
        Frame("Chat.reply", 0, 0.6, 1, own=True),
        Frame("json.loads", 0, 0.5, 2),
        Frame("Chat.reply", 0.7, 0.1, 1, own=True),
        Frame("save", 0.8, 0.05, 1, own=True),
    ),
)
PICTURES = (chart(flat("p50", 900.0)), SPARKLINES, WATERFALL, FLAME)


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_comes_to_the_chart_process_as_it_is(picture: Picture) -> None:
    assert decode(encode(picture)) == picture


@pytest.mark.parametrize(
    "document", [b"", b"X{}", b"S{}", b"W[]", b'F{"title": ""}', b"C{nonsense"]
)
def test_what_is_no_picture_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(document)


def test_the_alt_text_of_sparklines_tells_first_what_to_look_at() -> None:
    assert alt_text(SPARKLINES) == (
        "Ada's bot: 3 figures. To look at: Error rate (critical), Response time (warning). "
        "Response time 2.4 s, rising. Error rate 6%. Identifies left 998."
    )


@pytest.mark.parametrize(
    ("values", "course"),
    [
        (range(100, 140), "rising"),
        (range(140, 100, -1), "falling"),
        ([100, 101] * 20, "steady"),
        ([0] * 8, "steady"),
    ],
)
def test_the_alt_text_of_a_tile_tells_where_its_line_goes(values: list[float], course: str) -> None:
    points = tuple((START + step, float(value)) for step, value in enumerate(values))

    told = alt_text(SparklinesSpec("", (Tile("CPU", "12%", None, points),)))

    assert told == f": 1 figure. CPU 12%, {course}."


def test_the_alt_text_of_a_waterfall_tells_first_what_was_slowest_and_what_failed() -> None:
    assert alt_text(WATERFALL) == (
        "/ask: 2 traces, 4.2 s. Slowest: LLM, 3.1 s. Failed: TTS. /ask from 0 ms to 4.2 s. "
        "LLM from 60 ms to 3.16 s. TTS from 3.17 s to 4.16 s. /ask from 0 ms to 900 ms."
    )
    assert alt_text(WaterfallSpec("/ask", ())) == "/ask: no calls yet."


def test_the_alt_text_of_a_flame_names_the_hosts_functions_that_took_most() -> None:
    assert alt_text(FLAME) == (
        "Profile, 5 s. Of that, in the host's code: Chat.reply 70%, save 5%."
    )
    assert alt_text(FlameSpec("Profile", 5000, FLAME.frames[:1])) == (
        "Profile, 5 s: no code of the host took time."
    )


def test_an_alt_text_is_never_longer_than_discord_takes() -> None:
    long = "x" * 500
    pictures = (
        SparklinesSpec(long, (Tile(long, long, "warning"),) * 18),
        WaterfallSpec(long, (Bar(long, 0, 1, slowest=True, failed=True),) * 30),
        FlameSpec(long, 1, tuple(Frame(f"{n}{long}", 0, 1, 0, own=True) for n in range(20))),
    )
    assert [len(alt_text(picture)) <= 1024 for picture in pictures] == [True] * 3


def test_every_text_of_a_picture_can_be_changed() -> None:
    changed = [str(with_texts(picture, lambda _: "[redacted]")) for picture in PICTURES]

    for text in ("p50", "Ada", "Response", "2.4 s", "/ask", "LLM", "Profile", "run_forever"):
        assert [text in one for one in changed] == [False] * 4
    assert "severity='critical'" in changed[1]


def test_pictures_are_bounded_and_made_of_real_numbers() -> None:
    bar, frame, tile = Bar("", 0, 1), Frame("", 0, 1, 0), Tile("", "")
    with pytest.raises(ValueError, match="at most 30 bars, not 31"):
        WaterfallSpec("", (bar,) * 31)
    with pytest.raises(ValueError, match="at most 600 frames, not 601"):
        FlameSpec("", 1, (frame,) * 601)
    with pytest.raises(ValueError, match="at most 18 tiles, not 19"):
        SparklinesSpec("", (tile,) * 19)
    with pytest.raises(ValueError, match="at most 120 points of a tile, not 121"):
        Tile("", "", None, rising(121))
    for start, duration in ((-1, 1), (0, math.nan), (math.inf, 1), (0, -1)):
        with pytest.raises(ValueError, match="a bar must have times of 0 to"):
            Bar("", start, duration)
    for start, width in ((-0.1, 1), (0.5, 0.6), (math.nan, 0.1), (0, math.nan)):
        with pytest.raises(ValueError, match="a frame must lie in 0 to 1"):
            Frame("", start, width, 0)
    with pytest.raises(ValueError, match="the depth of a frame must be 0 to 24, not 25"):
        Frame("", 0, 1, 25)
    with pytest.raises(ValueError, match="the depth of a bar must be 0 to 8, not 9"):
        Bar("", 0, 1, 9)
    with pytest.raises(ValueError, match="a profile must take 0 to"):
        FlameSpec("", math.nan, ())
    with pytest.raises(ValueError, match="severity must be one of"):
        Tile("", "", "fatal")  # type: ignore[arg-type]  # what is refused

"""What a printed text stands for, and where each of its characters is."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.redaction.notations import reading, squeezed


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        (r"a\nb\tc", "a\nb\tc"),
        (r"\"x\" \'y\' \/", "\"x\" 'y' /"),
        (r"\\\"deep\\\"", '"deep"'),
        (r"\xfc \u00fc \U0001f600 \ud83d\ude00", "ü ü 😀 😀"),
        (r"\xc3\xbc", "ü"),
        (r"\xff\xfe", "ÿþ"),
        ("a%2Fb%c3%bc%2520", "a/bü "),
        ("&lt;&quot;&#39;&#x27;&amp;amp;", "<\"''&"),
        ("100% of it, a&b, C:\\dir", "100% of it, a&b, C:\\dir"),
    ],
)
def test_escapes_of_every_kind_are_read(printed: str, meant: str) -> None:
    assert reading(printed).text == meant


def test_each_character_keeps_its_place() -> None:
    found = reading(r"x \u00fc&amp;%41 y")

    places = [found.text[at] + r"x \u00fc&amp;%41 y"[a:b] for at, (a, b) in enumerate(spans(found))]
    assert places == ["xx", "  ", r"ü\u00fc", "&&amp;", "A%41", "  ", "yy"]


def spans(found: object) -> list[tuple[int, int]]:
    return list(zip(getattr(found, "starts"), getattr(found, "ends"), strict=True))  # noqa: B009


def test_what_a_wrapped_line_adds_is_left_out() -> None:
    assert squeezed(reading("ab-cd\n    ef │\n│ gh=\n+_x")).text == "abcdefgh/x"


@given(st.text(st.characters(exclude_characters="\\%&", exclude_categories=["Cs"])))
def test_json_reads_as_the_text_that_was_written(text: str) -> None:
    assert reading(json.dumps(text)).text == f'"{text}"'


@given(st.text())
def test_places_are_in_order_and_inside_the_text(text: str) -> None:
    found = squeezed(reading(text))

    assert len(found.text) == len(found.starts) == len(found.ends)
    assert list(found.starts) == sorted(found.starts)
    assert all(0 <= start < end <= len(text) for start, end in spans(found))


@pytest.mark.parametrize("piece", ["\\", "%41", "%2525", "&amp;", "&amp;amp;", "\\u00fc", "&#x"])
def test_hostile_text_costs_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.thread_time()

    squeezed(reading(text))

    assert time.thread_time() - started < 3.0  # quadratic would be minutes

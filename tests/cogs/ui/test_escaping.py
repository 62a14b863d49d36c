"""Texts of others as Discord shows them: read as they are, with nothing marked up."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.debug.ui.escaping import cut, notified, plain, prose

ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
MARKED_UP = re.compile(
    r"__((?:\\[\s\S]|[^\\])+?)__(?!_)|_((?:__|\\[\s\S]|[^\\_])+?)_\b"
    r"|\*\*?(?=\S)((?:\\[\s\S]|[^\\*])+?)\*|~~|\|\||`",
    re.ASCII,
)
TEXT = re.compile(r"[\s\S][0-9A-Za-z\s\u00c0-\uffff]*")
"""How Discord's clients take a text apart: an escape, what is marked up, or what is neither."""
WORDS = st.lists(st.sampled_from(["_", "__", "a", "b1", "é", " ", "\\", "*", ".", "…", "·"]))


def read(text: str) -> str | None:
    """Return what a reader sees of a text; None where something in it is marked up."""
    seen, at = "", 0
    while at < len(text):
        if MARKED_UP.match(text, at):
            return None
        found = ESCAPED.match(text, at) or TEXT.match(text, at)
        assert found
        seen += found[found.lastindex or 0]
        at = found.end()
    return seen


@given(WORDS.map("".join))
def test_a_hostile_text_marks_nothing_up_and_is_read_as_it_is(text: str) -> None:
    assert read(prose(text)) == plain(text)
    assert read(notified(text)) == plain(text)


@given(WORDS.map("".join), st.integers(1, 40))
def test_nor_does_one_that_is_cut_off(text: str, limit: int) -> None:
    shown = cut(notified(text), limit)
    assert len(shown) <= limit
    assert read(shown) is not None


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        (
            "KeyError: 'guild_id' · cogs/music_player.py",
            "KeyError: 'guild_id' · cogs/music_player.py",
        ),
        ("TypeError: __init__() missing", r"TypeError: \_\_init\_\_() missing"),
        ("foo__bar__baz", r"foo\_\_bar\_\_baz"),
        ("_private a_ é_é", r"\_private a\_ é\_é"),
    ],
)
def test_a_name_in_a_notification_has_no_backslash(text: str, typed: str) -> None:
    assert notified(text) == typed

"""Filter of texts by words: it names all that a text has, and few others."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from services.debugcog.redaction.keys import NEEDLES
from services.debugcog.redaction.trigrams import TrigramFilter

FILTER = TrigramFilter(NEEDLES)


@given(st.text(), st.sampled_from(NEEDLES), st.text(), st.sampled_from((str, str.upper, str.title)))
def test_a_word_is_named_wherever_it_is_and_in_any_case(
    before: str, word: str, after: str, spelled: Callable[[str], str]
) -> None:
    assert word in FILTER.words_in(before + spelled(word) + after)


def test_two_words_in_one_another_are_both_named() -> None:
    assert {"token", "kennwort"} <= FILTER.words_in("tokennwort")
    assert {"dsn", "senha"} <= FILTER.words_in("dsn, dsenha")


def test_a_word_of_two_letters_is_named_whatever_follows() -> None:
    short = TrigramFilter(("pw",))

    assert [text for text in ("pw", "PW=1", "a pwa", "mypw\n") if not short.words_in(text)] == []


def test_what_a_text_has_not_is_seldom_named() -> None:
    prose = "Users asked the bot, what the weather would be like in Berlin tomorrow; it answered."

    assert FILTER.words_in("") == set()
    assert FILTER.words_in(prose) == set()
    assert TrigramFilter(("token", "cookie")).words_in("Lost a COOKIE") == {"cookie"}

"""What steers a reader's eye unseen is taken out, and names that are drawn as nothing are none."""

from __future__ import annotations

import time

import pytest

from services.debugcog.invisible import visible_name, without_controls

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"


def test_marks_that_turn_the_reading_direction_round_are_taken_out() -> None:
    override = "\N{RIGHT-TO-LEFT OVERRIDE}"
    isolate = "\N{RIGHT-TO-LEFT ISOLATE}"
    assert without_controls(f"cod{override}gnp.exe \x1b[31m{isolate}x") == "codgnp.exe x"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[0;31mERROR:\x1b[0m [youtube] x: Sign in", "ERROR: [youtube] x: Sign in"),
        ("\x1b[38;5;196mred\x1b[K\x9b0m", "red"),
        ("\x1b]8;;https://x.test\x1b\\a link\x1b]8;;\x1b\\", "a link"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b", ""),
        ("a\x1bb [31m", "ab [31m"),
        ("\x1b]a title without an end\nline", "]a title without an end\nline"),
    ],
)
def test_colours_titles_and_links_of_a_terminal_go_as_a_whole(text: str, shown: str) -> None:
    assert without_controls(text) == shown


@pytest.mark.parametrize("part", ["\x1b", "\x1b[", "\x1b[1;", "\x1b]", "\x1b]a", "\x9b0 ", "1;2"])
def test_sequences_without_an_end_cost_no_more_than_their_length(part: str) -> None:
    text = "\x1b[" + part * 100_000
    started = time.process_time()
    without_controls(text)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("text", ["two\n\tlines", "שלום", f"{FAMILY} family", "Zoë"])
def test_letters_of_all_languages_emojis_and_lines_stay(text: str) -> None:
    assert without_controls(text) == text
    assert visible_name(text) == text


@pytest.mark.parametrize(
    "name",
    ["", " ", "\N{HANGUL FILLER}", "\N{ZERO WIDTH SPACE}", "\N{BRAILLE PATTERN BLANK} \u202e"],
    ids=ascii,
)
def test_a_name_that_is_drawn_as_nothing_is_none(name: str) -> None:
    assert visible_name(name) == ""

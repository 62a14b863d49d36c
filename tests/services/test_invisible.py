"""What steers a reader's eye unseen is taken out, and names that are drawn as nothing are none."""

from __future__ import annotations

import pytest

from services.debugcog.invisible import visible_name, without_controls

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"


def test_marks_that_turn_the_reading_direction_round_are_taken_out() -> None:
    override = "\N{RIGHT-TO-LEFT OVERRIDE}"
    isolate = "\N{RIGHT-TO-LEFT ISOLATE}"
    assert without_controls(f"cod{override}gnp.exe \x1b[31m{isolate}x") == "codgnp.exe [31mx"


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

"""Rows of untrusted cells → a table in a block of code, narrow enough for a phone."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from cogs.debug.ui.escaping import BACKTICK, short, visible
from services.debugcog.answers.figure import Figure

WIDTH_MAX = 40
"""Columns of a block of code that a phone shows without wrapping."""
GAP = "  "
NARROWEST = 2
CELL_MAX = 200
"""Characters of a cell that are looked at."""


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], aligns: str = "", gap: str = GAP
) -> str:
    """Lay out a table; where it would be too wide, the widest columns are cut with an ellipsis.

    Args:
        header: names of the columns, eight at most.
        rows: as many cells each; bounding their number is the caller's, each takes 41 characters.
        aligns: ``<`` or ``>`` for each column; the first one left and all others right without it.
        gap: between two columns; a single space where there are many.
    """
    aligns = aligns or "<" + ">" * (len(header) - 1)
    cells = [[_cell(text) for text in row] for row in (header, *rows)]
    widths = _fitting([max(map(_width, column)) for column in zip(*cells, strict=True)], gap)
    lines = (
        gap.join(_padded(*one) for one in zip(row, widths, aligns, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(("```", *lines, "```"))


def named_table(
    names: Sequence[str], header: Sequence[str], rows: Sequence[Sequence[str]], name_max: int = 32
) -> str:
    """Lay out figures, each line below the name that it is of: beside it, a phone would wrap them.

    Args:
        names: one for each row.
        header: names of the figures.
        rows: as many cells each.
        name_max: characters of a name.
    """
    start, top, *figures, end = table(header, rows, ">" * len(header), " ").splitlines()
    named = zip((short(name, name_max) for name in names), figures, strict=True)
    return "\n".join((start, top, *(line for pair in named for line in pair), end))


def short_count(count: Figure) -> str:
    """Write a number in four characters."""
    value = count.value or 0
    return f"{value:.0f}" if value < 10_000 else f"{value / 1000:.0f}k"


def _cell(text: str) -> str:
    """Put a text on one line, and leave only characters that take one or two columns."""
    text = visible(unicodedata.normalize("NFC", text[:CELL_MAX])).replace("`", BACKTICK)
    line = " ".join(text.split())
    return "".join(character for character in line if _columns(character))


def _fitting(widths: Sequence[int], gap: str) -> list[int]:
    """Take from the widest column until the table fits, or all are as narrow as they may be."""
    fitting = list(widths)
    room = WIDTH_MAX - len(gap) * (len(widths) - 1)
    while sum(fitting) > room and max(fitting) > NARROWEST:
        fitting[fitting.index(max(fitting))] -= 1
    return fitting


def _padded(text: str, width: int, align: str) -> str:
    if _width(text) > width:
        while _width(text) > width - 1:
            text = text[:-1]
        text += "…"
    blanks = " " * (width - _width(text))
    return blanks + text if align == ">" else text + blanks


def _width(text: str) -> int:
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    """Count the columns of a character: two of a wide one, none of one that joins another."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

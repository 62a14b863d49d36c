"""Marks of a chart, as pixels → where their names stand, and the stretches of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.frozen import frozen

ROWS = 2
ROW = 28.0  # pixels of a row of names
FIRST = 9.0  # pixels from the top of the plot to the middle of the first row
BESIDE = 6.0  # pixels between a name and its line, or the next name


@frozen
class Name:
    """A name of a mark: its text, its edges in pixels, and its row, 0 the highest."""

    text: str
    left: float
    right: float
    row: int

    def height(self, top: float) -> float:
        """Return the pixel of its middle, below a plot's top."""
        return top - FIRST - ROW * self.row


def names(
    marks: Sequence[tuple[float, str, float]], left: float, right: float
) -> tuple[Name | None, ...]:
    """Place each name beside its line, left of it where there is room; the newest choose first.

    None where it would lie on others, or on its own like: three restarts in a row are named once.

    Args:
        marks: pixel, text and pixels of the text, in the order of time.
        left: edge of the plot.
        right: edge of the plot.
    """
    placed: list[Name] = []
    found: list[Name | None] = []
    for x, text, width in reversed(marks):
        end = x - BESIDE if x - BESIDE - width >= left else x + BESIDE + width
        name = _free(Name(text, end - width, end, 0), placed) if end <= right else None
        placed += [name] if name else []
        found.append(name)
    return tuple(reversed(found))


def _free(wanted: Name, placed: Sequence[Name]) -> Name | None:
    over = [
        one
        for one in placed
        if wanted.left < one.right + BESIDE and one.left < wanted.right + BESIDE
    ]
    taken = {one.row for one in over}
    if any(one.text == wanted.text for one in over) or len(taken) == ROWS:
        return None
    row = next(row for row in range(ROWS) if row not in taken)
    return Name(wanted.text, wanted.left, wanted.right, row)


def stretches(
    x: float, names: Sequence[Name], bottom: float, top: float
) -> Iterator[tuple[float, float]]:
    """Cut a mark's line, from bottom to top, where it would run through names of other marks."""
    crossing = {one.row for one in names if one.left - 1 <= x <= one.right + 1}
    middles = [top - FIRST - ROW * row for row in sorted(crossing, reverse=True)]
    lows = [bottom, *(middle + ROW / 2 for middle in middles)]
    highs = [*(middle - ROW / 2 for middle in middles), top]
    for low, high in zip(lows, highs, strict=True):
        if low < high:
            yield low, high

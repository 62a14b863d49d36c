"""Many lines and a page's number → the lines of that page, and buttons to the next ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cogs.debug.ui.actions import Action
from cogs.debug.ui.reply import DESCRIPTION_MAX, Button
from services.debugcog.frozen import frozen
from services.debugcog.wording import clip


@frozen
class Page:
    """One page of a list.

    Attributes:
        text: its lines.
        number: of the page, from 1.
        count: of all pages; 1 of a list without lines.
    """

    text: str
    number: int
    count: int


def paged(lines: Iterable[str], page: int, limit: int = DESCRIPTION_MAX) -> Page:
    """Return the page of a list; its first or last one where there is none of this number.

    Args:
        lines: none is divided; one that is longer than a page is clipped.
        page: from 1.
        limit: characters of a page.
    """
    texts = [""]
    for line in (clip(line, limit) for line in lines):
        if not texts[-1]:
            texts[-1] = line
        elif len(texts[-1]) + 1 + len(line) <= limit:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    number = min(max(page, 1), len(texts))
    return Page(texts[number - 1], number, len(texts))


def page_buttons(
    make: Callable[[int], Action],
    page: Page,
    labels: tuple[str, str] = ("◀ Newer", "Older ▶"),
) -> tuple[Button, ...]:
    """Make the buttons to the page before and the one after; none for a single page.

    Args:
        make: makes the action that shows a page by its number, from 0: no page has that one.
        page: that is shown.
        labels: of the two.
    """
    if page.count == 1:
        return ()
    before, after = labels
    return (
        Button(before, make(page.number - 1), disabled=page.number == 1),
        Button(after, make(page.number + 1), disabled=page.number == page.count),
    )

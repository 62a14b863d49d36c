from __future__ import annotations

from cogs.debug.ui.actions import Action
from cogs.debug.ui.pages import Page, page_buttons, paged
from services.debugcog.frozen import frozen


@frozen
class Turn(Action, name="test.turn"):
    """Show another page."""

    page: int


def test_a_page_has_whole_lines_and_ends_where_the_next_one_would_not_fit() -> None:
    lines = ["12345", "1234", "123456789", "1"]

    assert paged(lines, 1, 10) == Page("12345\n1234", 1, 3)
    assert paged(lines, 2, 10) == Page("123456789", 2, 3)
    assert paged(lines, 3, 10) == Page("1", 3, 3)


def test_a_page_that_is_not_there_is_the_nearest_one() -> None:
    assert paged("abc", 0, 1) == Page("a", 1, 3)
    assert paged("abc", 99, 1) == Page("c", 3, 3)


def test_a_list_without_lines_has_one_empty_page() -> None:
    assert paged([], 1) == Page("", 1, 1)


def test_a_line_that_is_longer_than_a_page_is_clipped() -> None:
    assert paged(["a" * 20, "b"], 1, 10) == Page("a" * 9 + "…", 1, 2)


def test_a_page_is_as_long_as_a_description_may_be() -> None:
    page = paged(["x" * 99] * 100, 2)

    assert (page.count, len(page.text)) == (3, 3999)


def test_buttons_lead_to_the_pages_beside_and_are_dead_where_there_is_none() -> None:
    first, middle, last = (page_buttons(Turn, Page("", number, 3)) for number in (1, 2, 3))

    assert [(one.label, one.action, one.disabled) for one in first] == [
        ("◀ Newer", Turn(0), True),
        ("Older ▶", Turn(2), False),
    ]
    assert [(one.action, one.disabled) for one in middle] == [(Turn(1), False), (Turn(3), False)]
    assert [(one.action, one.disabled) for one in last] == [(Turn(2), False), (Turn(4), True)]


def test_a_single_page_has_no_buttons() -> None:
    assert page_buttons(Turn, Page("", 1, 1)) == ()

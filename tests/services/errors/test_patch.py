"""A function in front of another one, and the way back."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from services.debugcog.errors.patch import Patch
from services.debugcog.guard import guard


class Bot:
    def greet(self) -> str:
        return "hello"


def polite(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda: f"dear, {before()}"


def test_ours_stands_in_front_and_calls_what_was_there() -> None:
    bot = Bot()
    patch = Patch(bot, "greet", polite)

    patch.fill()
    patch.fill()
    assert bot.greet() == "dear, hello"

    patch.empty()
    patch.empty()
    assert bot.greet() == "hello"
    assert vars(bot) == {}


def test_an_attribute_of_its_own_is_put_back() -> None:
    bot = Bot()
    bot.greet = own = lambda: "hi"  # type: ignore[method-assign]  # as a host does
    patch = Patch(bot, "greet", polite)

    patch.fill()
    patch.empty()

    assert vars(bot) == {"greet": own}


def test_what_has_covered_ours_is_left_alone_or_gone_in_front_of() -> None:
    bot = Bot()
    patch = Patch(bot, "greet", polite)
    patch.fill()
    bot.greet = cover = lambda: "hi"  # type: ignore[method-assign]  # as a host does

    patch.empty()
    assert vars(bot) == {"greet": cover}

    patch.fill()
    assert bot.greet() == "dear, hi"
    patch.empty()
    assert vars(bot) == {"greet": cover}


def test_two_in_the_same_place_do_not_climb_over_each_other() -> None:
    bot = Bot()
    first, second = Patch(bot, "greet", polite), Patch(bot, "greet", polite)
    for _ in range(100):
        first.fill()
        second.fill()

    assert bot.greet() == "dear, dear, hello"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_all_in_the_same_place_are_gone_in_the_end_in_whichever_order(
    order: tuple[int, ...],
) -> None:
    bot = Bot()
    patches = [Patch(bot, "greet", polite) for _ in range(3)]
    for patch in patches:
        patch.fill()

    for number in order:
        patches[number].empty()

    assert bot.greet() == "hello"
    assert vars(bot) == {}


def test_one_below_a_host_s_cover_stays_and_can_go_in_front() -> None:
    bot = Bot()
    first, second = Patch(bot, "greet", polite), Patch(bot, "greet", polite)
    first.fill()
    bot.greet = cover = lambda: "hi"  # type: ignore[method-assign]  # as a host does
    second.fill()

    first.empty()
    second.empty()

    assert vars(bot) == {"greet": cover}


def test_a_place_that_is_not_there_is_left_alone() -> None:
    bot = Bot()
    patch = Patch(bot, "nothing", polite)

    patch.fill()
    patch.empty()

    assert vars(bot) == {}


def test_a_harmless_function_returns_its_default_instead_of_raising(caplog: Any) -> None:
    @guard("nothing")
    def divide(by: int) -> str:
        return str(1 // by)

    assert (divide(1), divide(0)) == ("1", "nothing")
    assert [record.name for record in caplog.records] == ["debugcog.guard"]

"""A function in front of another one, and the way back."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.guard import guard


class Bot:
    def greet(self) -> str:
        return "hello"


def polite(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda: f"dear, {before()}"


def test_ours_stands_in_front_and_calls_what_was_there() -> None:
    bot = Bot()
    patch = Patch(bot, "greet", polite)

    patch.install()
    patch.install()
    assert bot.greet() == "dear, hello"

    patch.remove()
    patch.remove()
    assert bot.greet() == "hello"
    assert vars(bot) == {}


def test_an_attribute_of_its_own_is_put_back() -> None:
    bot = Bot()
    bot.greet = own = lambda: "hi"  # type: ignore[method-assign]  # as a host does
    patch = Patch(bot, "greet", polite)

    patch.install()
    patch.remove()

    assert vars(bot) == {"greet": own}


def test_what_has_covered_ours_is_left_alone_or_gone_in_front_of() -> None:
    bot = Bot()
    patch = Patch(bot, "greet", polite)
    patch.install()
    bot.greet = cover = lambda: "hi"  # type: ignore[method-assign]  # as a host does

    patch.remove()
    assert vars(bot) == {"greet": cover}

    patch.install()
    assert bot.greet() == "dear, hi"
    patch.remove()
    assert vars(bot) == {"greet": cover}


def test_two_in_the_same_place_do_not_climb_over_each_other() -> None:
    bot = Bot()
    first, second = Patch(bot, "greet", polite), Patch(bot, "greet", polite)
    for _ in range(100):
        first.install()
        second.install()

    assert bot.greet() == "dear, dear, hello"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_all_in_the_same_place_are_gone_in_the_end_in_whichever_order(
    order: tuple[int, ...],
) -> None:
    bot = Bot()
    patches = [Patch(bot, "greet", polite) for _ in range(3)]
    for patch in patches:
        patch.install()

    for number in order:
        patches[number].remove()

    assert bot.greet() == "hello"
    assert vars(bot) == {}


def test_one_below_a_host_s_cover_stays_and_can_go_in_front() -> None:
    bot = Bot()
    first, second = Patch(bot, "greet", polite), Patch(bot, "greet", polite)
    first.install()
    bot.greet = cover = lambda: "hi"  # type: ignore[method-assign]  # as a host does
    second.install()

    first.remove()
    second.remove()

    assert vars(bot) == {"greet": cover}


def test_a_place_that_is_not_there_is_left_alone() -> None:
    bot = Bot()
    patch = Patch(bot, "nothing", polite)

    patch.install()
    patch.remove()

    assert vars(bot) == {}


class Greeting:
    def __call__(self) -> str:
        return "an object"


def test_what_a_host_assigns_to_the_class_later_is_called_and_so_is_what_it_takes_away() -> None:
    class Host(Bot):
        pass

    host = Host()
    patch = Patch(host, "greet", polite)
    patch.install()

    Host.greet = lambda self: f"hi from {type(self).__name__}"  # type: ignore[method-assign]  # as hosts do
    assert host.greet() == "dear, hi from Host"
    Host.greet = staticmethod(lambda: "static")  # type: ignore[method-assign, assignment]  # as hosts do
    assert host.greet() == "dear, static"
    Host.greet = Greeting()  # type: ignore[method-assign, assignment]  # as hosts do
    assert host.greet() == "dear, an object"
    del Host.greet
    assert host.greet() == "dear, hello"


def test_a_class_is_patched_in_front_of_what_its_parents_have_then() -> None:
    class Parent:
        def greet(self) -> str:
            return "hello"

    class Child(Parent):
        pass

    patch = Patch(Child, "greet", lambda before: lambda self: f"dear, {before(self)}")
    patch.install()

    assert (Child().greet(), Parent().greet()) == ("dear, hello", "hello")
    Parent.greet = lambda self: "hi"  # type: ignore[method-assign]  # as a host does
    assert Child().greet() == "dear, hi"
    patch.remove()
    assert "greet" not in vars(Child)


def test_a_host_s_decorator_that_copies_our_attributes_is_not_taken_for_ours() -> None:
    bot = Bot()
    patch = Patch(bot, "greet", polite)
    patch.install()
    ours = bot.greet
    bot.greet = cover = functools.wraps(ours)(lambda: f"{ours()}!")  # type: ignore[method-assign]  # as hosts do

    patch.remove()
    assert vars(bot) == {"greet": cover}
    assert bot.greet() == "hello!"
    patch.install()
    assert bot.greet() == "dear, hello!"


def test_an_attribute_that_is_gone_fails_as_it_would_without_us() -> None:
    class Host:
        def greet(self) -> str:
            return "hello"

    host = Host()
    Patch(host, "greet", polite).install()
    del Host.greet

    with pytest.raises(AttributeError, match="greet"):
        host.greet()


def test_our_frame_is_taken_off_a_traceback_and_does_not_come_back() -> None:
    def fail() -> None:
        raise ValueError("x")

    def ours(before: Any) -> None:
        try:
            before()
        except Exception as error:
            without_own_frame(error)
            raise

    with pytest.raises(ValueError, match="x") as found:
        ours(fail)
    assert [step.name for step in found.traceback][1:] == ["fail"]
    with pytest.raises(TypeError) as without_another:
        ours(None)
    assert [step.name for step in without_another.traceback][1:] == ["ours"]


def test_a_guarded_function_returns_its_default_instead_of_raising(caplog: Any) -> None:
    @guard("nothing")
    def divide(by: int) -> str:
        return str(1 // by)

    assert (divide(1), divide(0)) == ("1", "nothing")
    assert [record.name for record in caplog.records] == ["debugcog.guard"]

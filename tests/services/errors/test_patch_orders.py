"""Two bots and a host patch one attribute, in any order: each call is right, nothing is left."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.debugcog.errors.patch import Patch

BOTS = ("first", "second")
EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "200"))
Calls = list[str]


def marked(name: str) -> Callable[[Callable[..., Calls]], Callable[..., Calls]]:
    """Make the function of a bot: it names itself, then what it stands in front of."""
    return lambda before: lambda *args: [name, *before(*args)]


class World:
    """An owner with a parent, and what a host has done to the two, seen as if we were not there."""

    def __init__(self, *, is_class: bool) -> None:
        class Parent:
            def greet(self) -> Calls:
                return ["parent"]

        class Child(Parent):
            pass

        self.parent: Any = Parent
        self.instance = Child()
        self.owner: Any = Child if is_class else self.instance
        self.given: object = None
        """What the host has put there last."""

    def call(self) -> Calls:
        calls: Calls = self.instance.greet()
        return calls

    def assign(self, name: str) -> None:
        self.owner.greet = self.given = lambda *_: [name]

    def assign_to_parent(self, name: str) -> None:
        self.parent.greet = lambda *_: [name]

    def cover(self, name: str, *, decorated: bool) -> None:
        before = self.owner.greet
        cover = lambda *args: [name, *before(*args)]  # noqa: E731 - a host's own
        self.owner.greet = self.given = functools.wraps(before)(cover) if decorated else cover

    def take_away(self) -> None:
        del self.owner.greet
        self.given = None


class Orders(RuleBasedStateMachine):
    """The same host twice: with the patches of two bots, and without."""

    @initialize(is_class=st.booleans())
    def begin(self, is_class: bool) -> None:
        self.real, self.plain = World(is_class=is_class), World(is_class=is_class)
        self.patches = {name: Patch(self.real.owner, "greet", marked(name)) for name in BOTS}
        self.filled = dict.fromkeys(BOTS, False)
        self.in_front = dict.fromkeys(BOTS, False)
        self.covers = 0
        self.steps = 0

    def name(self) -> str:
        self.steps += 1
        return f"host {self.steps}"

    def both(self, act: Callable[[World], None]) -> None:
        act(self.real)
        act(self.plain)

    @rule(bot=st.sampled_from(BOTS))
    def install(self, bot: str) -> None:
        self.patches[bot].install()
        self.filled[bot] = self.in_front[bot] = True

    @rule(bot=st.sampled_from(BOTS))
    def remove(self, bot: str) -> None:
        self.patches[bot].remove()
        self.filled[bot] = self.in_front[bot] = False

    @rule()
    def assign(self) -> None:
        name = self.name()
        self.both(lambda world: world.assign(name))
        self.covers = 0
        self.in_front = dict.fromkeys(BOTS, False)

    @precondition(lambda self: not self.covers)  # a cover holds what it found, with us or without
    @rule()
    def assign_to_the_parent(self) -> None:
        name = self.name()
        self.both(lambda world: world.assign_to_parent(name))

    @rule(decorated=st.booleans())
    def cover(self, decorated: bool) -> None:
        name = self.name()
        self.both(lambda world: world.cover(name, decorated=decorated))
        self.covers += 1

    @precondition(lambda self: self.plain.given is not None)
    @rule()
    def take_away(self) -> None:
        self.both(World.take_away)
        self.covers = 0
        self.in_front = dict.fromkeys(BOTS, False)

    @invariant()
    def the_host_s_functions_are_called_as_without_us(self) -> None:
        calls = self.real.call()
        assert [name for name in calls if name not in BOTS] == self.plain.call()

    @invariant()
    def each_bot_is_called_once_or_not_at_all_and_only_while_it_is_filled(self) -> None:
        calls = self.real.call()
        for bot in BOTS:
            assert calls.count(bot) <= self.filled[bot]
            assert calls.count(bot) >= self.in_front[bot]

    def teardown(self) -> None:
        if not hasattr(self, "real"):
            return
        for patch in self.patches.values():
            patch.remove()
        assert self.real.call() == self.plain.call()
        assert vars(self.real.owner).get("greet") is self.real.given


def test_two_bots_and_a_host_in_any_order_call_and_leave_what_they_should() -> None:
    run_state_machine_as_test(
        Orders, settings=settings(max_examples=EXAMPLES, stateful_step_count=30, deadline=None)
    )


def test_bots_that_come_and_go_in_turn_leave_no_function_behind_that_is_called() -> None:
    world = World(is_class=False)
    first, second = (Patch(world.owner, "greet", marked(name)) for name in BOTS)
    first.install()
    second.install()
    for _ in range(50):
        for patch in (first, second):
            patch.remove()
            patch.install()

    calls = 0

    def count(frame: object, event: str, _: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        assert world.call() == ["second", "first", "parent"]
    finally:
        sys.setprofile(None)
    assert calls < 15

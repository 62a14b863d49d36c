from __future__ import annotations

import copy
import dataclasses
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from services.debugcog.stalls import stacks as module
from services.debugcog.stalls.stacks import CALLS_MAX, MORE_MAX, Call, calls_of


@dataclass
class Model:
    """Keeps the stack of its making."""

    name: str

    def __post_init__(self) -> None:
        self.calls = calls_of(sys._getframe())


def stack_in(names: dict[str, Any]) -> tuple[Call, ...]:
    """Take the stack in code without a file, with these names in its module."""
    names |= {"calls_of": calls_of, "frame": sys._getframe}
    exec("calls = calls_of(frame())", names)
    found: tuple[Call, ...] = names["calls"]
    return found


def test_generated_code_is_its_modules_and_other_code_its_files() -> None:
    own, generated, caller = Model("x").calls[:3]
    assert (own.file, own.module, own.home) == (__file__, "", __file__)
    assert (generated.file, generated.module) == ("<string>", __file__)
    assert generated.home == __file__
    assert (caller.file, caller.module) == (__file__, "")


def test_the_file_of_a_module_is_a_text_or_not_known() -> None:
    assert stack_in({"__file__": dataclasses.__file__})[0].home == dataclasses.__file__
    assert stack_in({"__file__": ["x"]})[0].home == "<string>"
    assert stack_in({})[0].home == "<string>"


class Copied:
    """Keeps the stack of its copying."""

    def __init__(self) -> None:
        self.calls: tuple[Call, ...] = ()

    def __deepcopy__(self, memo: dict[int, object]) -> Copied:
        self.calls = calls_of(sys._getframe())
        return self


def copied(depth: int) -> tuple[str, ...]:
    """Return the functions on the stack in which something nested is copied."""
    inner = Copied()
    tree: object = inner
    for _ in range(depth):
        tree = [tree]
    copy.deepcopy(tree)
    return tuple(call.function for call in inner.calls)


def test_below_a_deep_recursion_is_seen_who_began_it() -> None:
    functions = copied(200)
    assert functions[:5] == (
        "Copied.__deepcopy__",
        "deepcopy",
        "_deepcopy_list",
        "deepcopy",
        "_deepcopy_list",
    )
    assert functions[CALLS_MAX : CALLS_MAX + 2] == (
        "copied",
        "test_below_a_deep_recursion_is_seen_who_began_it",
    )


def test_of_a_stack_no_more_than_so_many_calls_are_gone_through_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "DEPTH_MAX", 300)
    assert len(copied(200)) == CALLS_MAX
    space: dict[str, Any] = {"f0": lambda: calls_of(sys._getframe())}
    for number in range(300):
        exec(f"def f{number + 1}(): return f{number}()", space)
    assert len(space["f300"]()) == CALLS_MAX + MORE_MAX

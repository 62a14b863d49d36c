from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass
from typing import Any

from services.debugcog.stalls.stacks import Call, calls_of


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

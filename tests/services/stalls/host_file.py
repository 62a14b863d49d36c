"""Source of a host's function → the calls of the stack in which it calls something that blocks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.debugcog.stalls.stacks import Call, calls_of


class Blocking:
    """Stands for any module or object; a call of it keeps the stack that it was called from."""

    def __init__(self) -> None:
        self.stacks: list[tuple[Call, ...]] = []

    def __getattr__(self, name: str) -> Blocking:
        return self

    def __call__(self, *args: object, **kwargs: object) -> Blocking:
        self.stacks.append(calls_of(sys._getframe(1)))
        return self


def blocked(file: Path, source: str, names: str) -> tuple[Call, ...]:
    """Run a source as a file, and return the calls at its last call of one of ``names``."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)
    blocking = Blocking()
    exec(compile(source, str(file), "exec"), dict.fromkeys(names.split(), blocking))
    calls = blocking.stacks[-1]
    return calls[: next(n for n, call in enumerate(calls, 1) if call.function == "<module>")]


def function(file: Path, name: str) -> Callable[[], Any]:
    """Make a function of a name in a file, which does nothing."""
    space: dict[str, Any] = {}
    exec(compile(f"def {name}():\n    return 1\n", str(file), "exec"), space)
    made: Callable[[], Any] = space[name]
    return made


def call(file: str, name: str, line: int = 2, module: str = "") -> Call:
    """Make a call of a function of a name in a file, at a line; generated for a module's file."""
    return Call(function(Path(file), name).__code__, line, 0, module)

"""Steps of a traceback → the names of its frames, and which of them are the host's own.

A bot fails in few ways and often, so what was found is remembered by the code of the frames.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FrameType, TracebackType
from typing import NamedTuple

from services.debugcog.errors.same_names import told_apart
from services.debugcog.patterns import late_pattern

ModuleOf = Callable[[str, str | None], str | None]

STACKS_MAX = 500
"""Stacks that are remembered."""
NAMES_MAX = 2_000
"""Modules and files whose names without ids are remembered."""
STEPS_MAX = 100
"""Steps of a stack that is."""

ID = late_pattern(r"\d{5,}|(?<!\w)tmp[a-z0-9_]{8}(?!\w)")
"""Of a user, a server or a moment, and a temporary name, in that of a function, module or file."""
COMPREHENSION = late_pattern(r"(?:^|(?:\.<locals>)?\.)<(?:list|dict|set)comp>")


class Stack(NamedTuple):
    """The frames of a traceback, outermost first.

    Attributes:
        names: of all of them.
        in_app: of those that are the host's own.
        innermost: where in the traceback the last of these stands; None without one.
    """

    names: tuple[str, ...]
    in_app: tuple[str, ...]
    innermost: int | None


class Stacks:
    """Reads stacks, from any thread.

    Args:
        is_in_app: returns whether a frame is the host's own.
        module_of: returns as what a module counts, by its file and its name.
    """

    def __init__(
        self, is_in_app: Callable[[FrameType], bool], module_of: ModuleOf | None = None
    ) -> None:
        self._is_in_app = is_in_app
        self._module_of = module_of
        self._known: dict[tuple[object, ...], tuple[list[CodeType], Stack]] = {}

    def of(self, steps: list[TracebackType]) -> Stack:
        """Read the steps of a traceback."""
        frames = [step.tb_frame for step in steps]
        if len(frames) > STEPS_MAX:
            return self._read(frames)
        parts: list[object] = []
        for frame in frames:
            module = frame.f_globals.get("__name__")
            # By its id: a code's own hash takes the longer, the longer its function is.
            parts += id(frame.f_code), module if type(module) is str else None
        key = tuple(parts)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= STACKS_MAX:
                self._known.clear()
            known = self._known[key] = [frame.f_code for frame in frames], self._read(frames)
        return known[1]

    def _read(self, frames: list[FrameType]) -> Stack:
        names = [name_of(each.f_code, each.f_globals, self._module_of) for each in frames]
        in_app = [number for number, frame in enumerate(frames) if self._is_in_app(frame)]
        for number in in_app:
            names[number] += told_apart(frames[number].f_code, frames[number].f_globals)
        own = tuple(names[number] for number in in_app)
        return Stack(tuple(names), own, in_app[-1] if in_app else None)


def name_of(code: CodeType, names: dict[str, object], module_of: ModuleOf | None = None) -> str:
    """Name a frame by its module and function; a comprehension, by the function around it.

    Python 3.12 and newer run most comprehensions within that frame. The name of a function that was
    made while the bot runs, as for a server's own command, may have an id in it, and so may that of
    a module.
    """
    given, name = names.get("__name__"), code.co_qualname
    module = given if type(given) is str else None
    if module_of is not None:
        module = module_of(code.co_filename, module)
    if "comp>" in name:
        name = COMPREHENSION.sub("", name).removeprefix(".<locals>.") or "<module>"
    if code.co_filename.startswith("<"):
        name = ID.sub("?", name)
    return f"{None if module is None else without_ids(module)} {name}"


@lru_cache(NAMES_MAX)
def without_ids(name: str) -> str:
    """Put a mark for each id in the name of a module or file, and for a temporary name."""
    return ID.sub("?", name)

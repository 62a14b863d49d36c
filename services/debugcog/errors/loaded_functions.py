"""File, name and line of a function that has logged something → its code, if it is loaded.

For a record that another thread hands over, as a ``QueueListener`` does: no frame of its function
is left. Nothing of the host's is called, and no file is read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

FILES_MAX = 500
"""Files whose functions are remembered."""
NAMES_MAX = 2_000
"""Names of one file that are looked through."""
VARS = type.__dict__["__dict__"].__get__


class Site(NamedTuple):
    """Where something is called.

    Attributes:
        code: of the function that calls.
        names: those of its module.
        at: the index of the call in its bytecode.
    """

    code: CodeType
    names: dict[str, Any]
    at: int


class LoadedFunctions:
    """Finds functions, and remembers where."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[tuple[CodeType, dict[str, Any]], ...]] = {}

    def site(self, path: object, name: object, line: object) -> Site | None:
        """Find what stands in a line of a function; None where that is not loaded."""
        if type(path) is not str or type(name) is not str or type(line) is not int:
            return None
        known = self._files.get(path)
        if known is None:
            if len(self._files) >= FILES_MAX:
                self._files.clear()
            known = self._files[path] = tuple(_functions(path))
        for code, names in known:
            at = _at(code, line) if code.co_name == name else None
            if at is not None:
                return Site(code, names, at)
        return None


def _functions(path: str) -> Iterator[tuple[CodeType, dict[str, Any]]]:
    """List the functions of a file, those in them too, with the names of its module."""
    for module in tuple(sys.modules.values()):
        names: dict[str, Any] = vars(module) if type(module) is ModuleType else {}
        file = names.get("__file__")
        if type(file) is str and file == path:
            yield from ((code, names) for code in _codes(names, path))


def _codes(names: dict[str, Any], path: str) -> Iterator[CodeType]:
    todo = list(names.values())
    for count, value in enumerate(todo):
        if count >= NAMES_MAX:
            break
        kind = type(value)
        if kind is CodeType:
            if value.co_filename == path:
                yield value
                todo += value.co_consts
        elif kind is FunctionType:
            todo.append(value.__code__)
        elif kind is staticmethod or kind is classmethod:
            todo.append(value.__func__)
        elif issubclass(kind, type):
            own = VARS(value)
            todo += own.values() if own.get("__module__") == names.get("__name__") else ()
        else:  # what a decorator has made of a function, such as a command
            todo += (each for each in _held(value) if type(each) is FunctionType)


def _held(value: object) -> tuple[object, ...]:
    try:
        held: object = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return ()
    return tuple(held.values()) if type(held) is dict else ()


def _at(code: CodeType, line: int) -> int | None:
    """Return the index of what stands in a line, of several steps that of the longest."""
    ends = [
        (each[1] or line, 2 * n) for n, each in enumerate(code.co_positions()) if each[0] == line
    ]
    return max(ends)[1] if ends else None

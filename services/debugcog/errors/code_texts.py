"""Code of the host → the texts that stand in it, of which messages are made.

They stand in the lines of a call, in other lines of its function, and in what the function names: a
constant or a table of its module, of another module, or of its own class, or a function that
returns a text.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from services.debugcog.patterns import late_pattern

PART_MIN = 3
"""Characters from which a constant part is looked for in a text."""
ITEMS_MAX, DEPTH_MAX = 500, 3
"""Items of a table that are looked at, and tables in tables."""
SPACES_MAX = 50
"""Modules and classes in which names of one function are looked up."""
FIELDS = late_pattern(r"%[-+ #0-9.*]*[a-zA-Z]|\{[^{}]*\}")
"""What ``%`` and ``str.format`` fill in."""
WORD = late_pattern(r"[\w.-]*$")
"""A key or name, which stands in a text by chance."""
LOAD_CONST, BUILD_STRING = dis.opmap["LOAD_CONST"], dis.opmap["BUILD_STRING"]
NAMES = frozenset(dis.hasname)
TABLES = (dict, list, tuple, set, frozenset)
_MRO = type.__dict__["__mro__"].__get__
vars_of: Callable[[object], Mapping[str, Any]] = type.__dict__["__dict__"].__get__

Parts = tuple[str, ...]


class NamedTexts(NamedTuple):
    """What stands in all that a function names.

    Attributes:
        texts: by their constant parts.
        whole: finished ones.
    """

    texts: tuple[Parts, ...]
    whole: frozenset[str]


def of_call(code: CodeType, at: int) -> Iterator[str]:
    """List the constant parts of texts that stand in the lines of one call.

    Args:
        code: of the function.
        at: the index of the call in its bytecode.
    """
    first, last = _lines_of(code, at)
    for line, constant in _constants(code):
        if first <= line <= last:
            yield from _pieces(constant)


def words_of_call(code: CodeType, at: int) -> tuple[Parts, bool]:
    """List all that is constant in the lines of one call, in its order: texts, and names.

    Args:
        code: of the function.
        at: the index of the call in its bytecode.

    Returns:
        That, and whether the call uses an argument of its function, as a helper's does.
    """
    first, last = _lines_of(code, at)
    given = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]) - {"self", "cls"}
    words, uses_argument = [], False
    for step in dis.get_instructions(code):
        line = step.positions.lineno if step.positions is not None else None
        if line is None or not first <= line <= last:
            continue
        if step.opcode != LOAD_CONST and step.opcode not in NAMES:
            uses_argument = uses_argument or not given.isdisjoint(_texts_in(step.argval))
        elif type(step.argval) is str:
            words.append(step.argval)
    return tuple(words), uses_argument


def of_function(code: CodeType, names: dict[str, object]) -> tuple[Parts, ...]:
    """List the texts that a function makes, by their constant parts; ``names`` are the module's."""
    given = (between(names.get(name)) for name in code.co_names)
    return tuple(tuple(parts) for parts in (*_by_line(code), *given) if parts)


def of_names(code: CodeType, names: dict[str, object], is_first: bool = True) -> NamedTexts:
    """Read what stands in a function and in what it names; nothing of the host's is called.

    Args:
        code: of the function.
        names: those of its module.
        is_first: it logs; of one that calls another, only what stands in itself counts.
    """
    values: list[object] = list(code.co_consts)
    made = _by_line(code)
    for value in _named(code, names) if is_first else ():
        is_method = type(value) is staticmethod or type(value) is classmethod
        function = value.__func__ if is_method else value
        if type(function) is FunctionType:
            made += _by_line(function.__code__)
            values += function.__code__.co_consts
            values += function.__defaults__, function.__kwdefaults__
        else:
            values.append(value)
    whole = [text for value in values for text in _texts_in(value)]
    made += map(between, whole)
    texts = dict.fromkeys(tuple(_by_breaks(parts)) for parts in made if parts)
    return NamedTexts(tuple(texts), frozenset(whole))


def _by_breaks(parts: list[str]) -> Iterator[str]:
    """List parts, of several lines without what stands around each: ``dedent()`` takes it off."""
    for part in parts:
        lines = (line.strip() for line in part.splitlines())
        yield from (line for line in lines if line) if "\n" in part else (part,)


def between(constant: object) -> list[str]:
    """List what a text has around the fields of a constant."""
    parts = FIELDS.split(constant) if type(constant) is str else ()
    return [part for part in parts if _is_part(part)]


def _by_line(code: CodeType) -> list[list[str]]:
    lines: dict[int, list[str]] = {}
    joined = _joined(code)
    for line, constant in _constants(code):
        begins = next((first for first, last in joined if first <= line <= last), line)
        lines.setdefault(begins, []).extend(between(constant))
    return list(lines.values())


def _joined(code: CodeType) -> list[tuple[int, int]]:
    """List the first and last lines of f-strings of several; since 3.12 each part has its own."""
    places = zip(code.co_code[::2], code.co_positions(), strict=False)
    return [
        (first, last)
        for operation, (first, last, *_) in places
        if operation == BUILD_STRING and first is not None and last is not None and last > first
    ]


def _constants(code: CodeType) -> Iterator[tuple[int, object]]:
    """List what a function loads of constants, by line; ``dis`` would take ten times as long."""
    bytecode, extended = code.co_code, 0
    for index, position in enumerate(code.co_positions()):
        operation, argument = bytecode[2 * index], bytecode[2 * index + 1] | extended
        extended = argument << 8 if operation == dis.EXTENDED_ARG else 0
        if operation == LOAD_CONST:
            yield position[0] or 0, code.co_consts[argument]


def _named(code: CodeType, names: dict[str, object]) -> Iterator[Any]:
    """List what the names in a function stand for: in its module, its class, and what it names."""
    spaces: list[Any] = [names, *_spaces_of(class_of(code, names))]
    for name in (code.co_name, *code.co_names):  # itself, for its arguments' defaults
        for space in tuple(spaces):
            value = space.get(name)
            if value is not None:
                yield value
                spaces += _spaces_of(value) if len(spaces) < SPACES_MAX else ()


def class_of(code: CodeType, names: dict[str, object]) -> object:
    """Return the class in which a function is defined, by its name; None without one."""
    path = code.co_qualname.split(".")[:-1]
    found: object = names.get(path[0]) if path else None
    for name in path[1:]:
        found = vars_of(found).get(name) if issubclass(type(found), type) else None
    return found


def _spaces_of(value: Any) -> list[Any]:
    """List the dictionaries of a module, or of a class and those that it is derived from."""
    if type(value) is ModuleType:
        return [vars(value)]
    return [vars_of(each) for each in _MRO(value)] if issubclass(type(value), type) else []


def _texts_in(value: Any, depth: int = 0) -> Iterator[str]:
    """List a text, or those of a table."""
    kind = type(value)
    if kind is str:
        yield value
    # By identity: a metaclass of the host may compare by code of its own.
    elif depth < DEPTH_MAX and any(kind is each for each in TABLES):
        items: Iterable[Any] = list(value.values() if kind is dict else value)[:ITEMS_MAX]
        for item in items:
            yield from _texts_in(item, depth + 1)


def _pieces(constant: object) -> Iterator[str]:
    """List what a text has of a constant: all of it, or what stands around its fields."""
    if type(constant) is str and _is_part(constant):
        yield constant
    parts = between(constant)
    yield from parts if parts != [constant] else ()


def _is_part(text: str) -> bool:
    return len(text) >= PART_MIN and not WORD.match(text)


def _lines_of(code: CodeType, at: int) -> tuple[int, int]:
    first, last = list(code.co_positions())[at // 2][:2]
    return first or 0, last or first or 0

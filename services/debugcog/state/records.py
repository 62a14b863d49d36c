"""Stored values → frozen dataclass, each field checked against its annotation."""

from __future__ import annotations

import math
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
Check = Callable[[Any], Any]
WHOLE_MAX = 2**62
"""What nothing is counted to, so that SQLite, whose numbers end at 2**63, stores one more, too."""


class DamagedRecordError(ValueError):
    """What is stored is not what the code of any version wrote."""


def record(kind: type[T], values: object) -> T:
    """Make a record of what was stored; fields that this version does not know are left out.

    Args:
        kind: a dataclass of str, int, float, bool, enums, tuples, None and other such dataclasses.
        values: its fields by their names.

    Raises:
        DamagedRecordError: a field that has no default is not there, or one is of another type.
    """
    if not isinstance(values, Mapping):
        raise DamagedRecordError(f"{kind.__name__} is a {type(values).__name__}")
    known = {}
    for name, check in _checks(typing.cast(Hashable, kind)).items():
        if name in values:
            try:
                known[name] = check(values[name])
            except ValueError as error:
                raise DamagedRecordError(f"{kind.__name__}.{name}: {error}") from None
    try:
        return kind(**known)
    except TypeError:
        raise DamagedRecordError(f"{kind.__name__} lacks a field") from None


@cache
def _checks(kind: Hashable) -> Mapping[str, Check]:
    assert isinstance(kind, type)
    hints = typing.get_type_hints(kind)
    return {field.name: _check(hints[field.name]) for field in fields(kind)}


def _check(hint: Any) -> Check:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _one_of(tuple(_check(one) for one in arguments))
    if origin is tuple:
        return _sequence(arguments)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if is_dataclass(hint):
        return lambda value: record(hint, value)  # type: ignore[arg-type]  # it is the class
    return _PLAIN[hint]


def _exactly(kind: type) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError(f"no {kind.__name__}, but a {type(value).__name__}")
        return value

    return check


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"no int, but a {type(value).__name__}")
    if abs(value) >= WHOLE_MAX:
        raise ValueError("too large a number")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise ValueError(f"no number, but a {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def _boolean(value: Any) -> bool:
    """SQLite has no booleans, only 0 and 1."""
    if type(value) not in (bool, int) or value not in (0, 1):
        raise ValueError(f"neither true nor false, but {value!r:.40}")
    return bool(value)


def _one_of(checks: tuple[Check, ...]) -> Check:
    def check(value: Any) -> Any:
        # Of an error its text alone: with its frames, the query that reads would stay alive.
        why = ""
        for one in checks:
            try:
                return one(value)
            except ValueError as error:
                why = str(error)
        raise ValueError(why)

    return check


def _sequence(arguments: tuple[Any, ...]) -> Check:
    of_any_length = arguments[-1] is Ellipsis
    checks = tuple(_check(one) for one in arguments if one is not Ellipsis)

    def check(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"no list, but a {type(value).__name__}")
        if of_any_length:
            return tuple(checks[0](one) for one in value)
        if len(value) != len(checks):
            raise ValueError(f"a list of {len(value)}")
        return tuple(one(part) for one, part in zip(checks, value, strict=True))

    return check


_PLAIN: Mapping[Any, Check] = {
    str: _exactly(str),
    int: _whole,
    bytes: _exactly(bytes),
    float: _number,
    bool: _boolean,
    type(None): _exactly(type(None)),
}

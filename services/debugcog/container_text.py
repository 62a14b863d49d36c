"""Container of numbers, texts and others → what ``repr()`` gives, or the beginning of it.

Those of Python and of its library are read by what they have in C, so no code of the host runs but
that of what is in them, and of a large one no more is made than is shown.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Collection, Iterator
from itertools import islice
from types import FunctionType
from typing import Any

from services.debugcog import host_text
from services.debugcog.exceptions import late_text
from services.debugcog.guard import is_hosts

TEXTS = frozenset({str, bytes, bytearray})
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}
OTHERS = frozenset({OrderedDict, defaultdict, deque})
IS_PAIRED = sys.version_info >= (3, 12)
"""An ordered dict is written with ``key: value``, and not as a list of pairs."""
ORDERED = ("OrderedDict({", "})") if IS_PAIRED else ("OrderedDict([", "])")
PAIRED = (dict, defaultdict, OrderedDict) if IS_PAIRED else (dict, defaultdict)
NAMED_REPR = namedtuple("Named", "field").__repr__.__code__
"""What every named tuple has that has no ``__repr__`` of its own."""
DEPTH_MAX = 30


def is_container(value: object) -> bool:
    """Return whether the parts of a value are shown one by one."""
    kind = type(value)
    return kind in BRACKETS or kind in OTHERS or (issubclass(kind, tuple) and _is_named(kind))


def inside(value: Any, strangers: list[object]) -> tuple[Collection[Any], ...]:
    """Give what is in a container of ``OTHERS`` or a named tuple; nothing for any other value.

    Args:
        value: any but those of ``BRACKETS``.
        strangers: gets the values whose text the host's code makes.
    """
    kind = type(value)
    if kind is deque:
        return (value,)
    if kind is OrderedDict:
        return value, value.values()
    if kind is defaultdict:
        if type(value.default_factory) is not type:  # the text of a class is Python's own
            strangers.append(value.default_factory)
        return value, value.values()
    if issubclass(kind, tuple) and _is_named(kind):
        return (tuple(tuple.__iter__(value)),)
    strangers.append(value)
    return ()


def shown(value: Any, left: int, parents: tuple[int, ...] = ()) -> str:
    """Give what ``repr()`` gives, or the beginning of it if that is much longer than ``left``."""
    kind = type(value)
    if kind in TEXTS:
        return repr(value[: left + 1])
    brackets = _brackets(value, kind)
    if brackets is None:
        return _leaf(value)
    opening, closing = brackets
    if id(value) in parents or len(parents) >= DEPTH_MAX:
        return f"{opening}...{closing}"
    parts = []
    for part in _parts(value, left, (*parents, id(value))):
        parts.append(part)
        left -= len(part) + 2
        if left < 0:
            break
    return opening + ", ".join(parts) + ("," if kind is tuple and len(parts) == 1 else "") + closing


def plain(text: str) -> str:
    """Copy what is a subclass of ``str``, which may hold anything."""
    return text if type(text) is str else str.__str__(text)


def _is_named(kind: type) -> bool:
    """Return whether a kind of tuple is a named one that is written as such."""
    reprs = (base.__dict__["__repr__"] for base in kind.__mro__ if "__repr__" in base.__dict__)
    nearest = next(reprs)
    return type(nearest) is FunctionType and nearest.__code__ is NAMED_REPR


def _brackets(value: Any, kind: type) -> tuple[str, str] | None:
    """Give what is around the parts of a container; None for any other value, and an empty one."""
    if kind in BRACKETS:
        return BRACKETS[kind] if value else None
    if kind is OrderedDict:
        return ORDERED if value else None
    if kind is deque:
        return "deque([", "])" if value.maxlen is None else f"], maxlen={value.maxlen})"
    if kind is defaultdict:
        factory = value.default_factory
        text = repr(factory) if type(factory) is type else _leaf(factory)
        return f"defaultdict({text}, {{", "})"
    is_named = issubclass(kind, tuple) and _is_named(kind)
    return (f"{kind.__name__}(", ")") if is_named else None


def _leaf(value: object) -> str:
    if not host_text.answers(value):
        return late_text(value)
    try:
        return plain(repr(value))
    except BaseException as error:
        if not is_hosts(error):
            raise
        return f"<repr() raised {type(error).__name__}>"


def _parts(value: Any, left: int, parents: tuple[int, ...]) -> Iterator[str]:
    # Taken in one step of C: another thread may change the container.
    kind = type(value)
    if kind in PAIRED:
        for key, item in list(islice(value.items(), left // 6 + 2)):
            yield f"{shown(key, left, parents)}: {shown(item, left, parents)}"
    elif kind in BRACKETS or kind in OTHERS:
        items = value.items() if kind is OrderedDict else value
        for item in list(islice(items, left // 3 + 2)):
            yield shown(item, left, parents)
    else:
        for name, item in zip(kind._fields, tuple.__iter__(value), strict=False):
            yield f"{name}={shown(item, left, parents)}"

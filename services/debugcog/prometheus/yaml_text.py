"""Dictionaries, lists, text and numbers → YAML that people like to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from services.debugcog.patterns import late_pattern

Value: TypeAlias = "str | int | float | Sequence[Value] | Mapping[str, Value]"
_PLAIN = late_pattern(r"[A-Za-z_][\w./-]*(:[\w./-]+)*|\d+(ms|s|m|h)")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def yaml(value: Mapping[str, Value]) -> str:
    """Write a document."""
    return "\n".join(_mapping(value, "")) + "\n"


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, part in value.items():
        yield from _entry(f"{indent}{key}:", part, indent)


def _entry(head: str, value: Value, indent: str) -> Iterator[str]:
    deeper = indent + "  "
    if isinstance(value, str) and "\n" in value:
        yield f"{head} |-"
        yield from (f"{deeper}{line}" for line in value.splitlines())
    elif isinstance(value, str | int | float):
        yield f"{head} {_scalar(value)}"
    elif isinstance(value, Mapping):
        yield head
        yield from _mapping(value, deeper)
    else:
        yield head
        for item in value:
            yield from _item(item, deeper)


def _item(item: Value, indent: str) -> Iterator[str]:
    if isinstance(item, Mapping):
        first, *rest = _mapping(item, indent + "  ")
        yield f"{indent}- {first.strip()}"
        yield from rest
    else:
        yield from _entry(f"{indent}-", item, indent)


def _scalar(value: str | float) -> str:
    if not isinstance(value, str):
        return f"{value:.12g}"
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    if plain:
        return value
    quoted_simply = "'" not in value and '"' in value
    return f"'{value}'" if quoted_simply else json.dumps(value, ensure_ascii=False)

"""Frozen answer → what JSON can hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from enum import Enum
from math import isfinite
from typing import Any

SHOWN = ("text", "mark")
"""Properties that a document has beside the fields."""
EXACT_MAX = 2**53 - 1
"""Largest whole number that a browser reads exactly; ids of Discord are larger."""


def document(value: Any) -> Any:
    """Write an answer as dictionaries, lists, texts, numbers and None.

    A ``Figure`` and its like carry their text and mark beside their fields; an enumeration is its
    name in small letters; a number that JSON has no word for (NaN, infinite) is None, and one that
    JavaScript has none for is a text, as the ids of Discord's own API are.

    Raises:
        TypeError: something in it is no part of an answer.
    """
    if type(value) is float:  # most of an answer are the points of its charts
        return value if isfinite(value) else None
    if isinstance(value, Enum):
        return value.name.lower()
    if value is None or isinstance(value, (str, int)):
        is_large = isinstance(value, int) and abs(value) > EXACT_MAX
        return str(value) if is_large else value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return _many(value)


def _many(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): document(one) for key, one in value.items()}
    if isinstance(value, (tuple, Collection)):  # a tuple is found out at once
        return [document(one) for one in value]
    kind = type(value)
    shown = [name for name in SHOWN if isinstance(getattr(kind, name, None), property)]
    return {name: getattr(value, name) for name in shown} | {
        field.name: document(getattr(value, field.name)) for field in dataclasses.fields(value)
    }

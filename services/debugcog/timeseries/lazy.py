"""Names and a function → mapping whose values are computed on first access."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class LazyMapping(Mapping[str, V]):
    """Costs nothing but what is looked at.

    Args:
        names: lists the keys.
        compute: makes the value of a key, or raises KeyError.
    """

    def __init__(self, names: Callable[[], Iterator[str]], compute: Callable[[str], V]) -> None:
        self._names = names
        self._compute = compute
        self._known: dict[str, V] = {}

    def __getitem__(self, name: str) -> V:
        if name not in self._known:
            self._known[name] = self._compute(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return self._names()

    def __len__(self) -> int:
        return sum(1 for _ in self._names())

"""An attribute that holds one function → ours in front of it, until it is given back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BEFORE = "_debugcog_before"
"""Attribute of each of our functions: what it stands in front of."""


def leads_to(function: object, own: object) -> bool:
    """Tell whether a call of ``function`` comes to ``own``, through functions of ours alone."""
    while function is not None:
        if function is own:
            return True
        function = getattr(function, BEFORE, None)
    return False


class Slot:
    """One place that holds a single function: ours stands in front of what was there.

    Args:
        owner: the object, class or module.
        name: of the attribute.
        wrap: makes our function from the one that was there.
    """

    def __init__(
        self, owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
    ) -> None:
        self._owner = owner
        self._name = name
        self._wrap = wrap
        self._own: Callable[..., Any] | None = None
        self._before: Any = None
        self._inherited = False

    def fill(self) -> None:
        """Put ours in front, unless it is called already, or there is no such place.

        Two desks in one process stand in front of each other once, and not ever again.
        """
        current = getattr(self._owner, self._name, None)
        if current is not None and not leads_to(current, self._own):
            self._inherited = self._name not in vars(self._owner)
            self._before = current
            self._own = self._wrap(current)
            setattr(self._own, BEFORE, current)
            setattr(self._owner, self._name, self._own)

    def empty(self) -> None:
        """Put back what was there, if ours still is the one that is called."""
        if self._own is None or getattr(self._owner, self._name, None) is not self._own:
            return
        if self._inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._before)
        self._own = self._before = None

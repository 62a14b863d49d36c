"""An attribute that holds one function → ours in front of it, until it is given back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BEFORE = "_debugcog_before"
"""Attribute of each of our functions: what it stands in front of."""
LAYER = "_debugcog_layer"
"""Attribute of each function of a patch: its ``Layer``."""


def leads_to(function: object, own: object) -> bool:
    """Tell whether a call of ``function`` comes to ``own``, through functions of ours alone."""
    while function is not None:
        if function is own:
            return True
        function = getattr(function, BEFORE, None)
    return False


@dataclass(slots=True)
class Layer:
    """How one function of ours came to its place.

    Attributes:
        inherited: the owner had no attribute of its own before.
        given_back: its patch is done with it; it goes as soon as nothing covers it any more.
    """

    inherited: bool
    given_back: bool = False


class Patch:
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

    def fill(self) -> None:
        """Put ours in front, unless it is called already, or there is no such place.

        Two desks in one process stand in front of each other once, and not ever again.
        """
        current = getattr(self._owner, self._name, None)
        if current is not None and not leads_to(current, self._own):
            self._own = self._wrap(current)
            setattr(self._own, BEFORE, current)
            setattr(self._own, LAYER, Layer(inherited=self._name not in vars(self._owner)))
            setattr(self._owner, self._name, self._own)

    def empty(self) -> None:
        """Put back what was there; below another patch's function, as soon as that one goes."""
        if self._own is None:
            return
        getattr(self._own, LAYER).given_back = True
        self._own = None
        current = vars(self._owner).get(self._name)
        while (layer := getattr(current, LAYER, None)) is not None and layer.given_back:
            if layer.inherited:
                delattr(self._owner, self._name)
                return
            current = getattr(current, BEFORE)
            setattr(self._owner, self._name, current)

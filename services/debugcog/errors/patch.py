"""Removable monkey patch of a function; safe if the host patches the same function too.

What stands behind ours is looked up at each call, so that a host which assigns a function to the
class later, or takes one away, gets what it asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from services.debugcog.exceptions import without_step
from services.debugcog.frozen import slotted

Function = Callable[..., Any]
LAYER = "_debugcog_layer"
"""Attribute of each function of ours: its ``Layer``."""


@slotted
class Layer:
    """One function of ours in its place.

    Attributes:
        below: what the owner itself held before; None when it only inherited.
        function: ours. Decorators of a host copy our attributes to its functions, so a function
            is ours only if its layer says so too.
        given_back: ours passes every call on; it goes as soon as nothing of the host covers it.
    """

    below: Function | None
    function: Function | None = None
    given_back: bool = False


class Patch:
    """One function of ours in front of what an attribute holds.

    Args:
        owner: the object, class or module.
        name: of the attribute.
        wrap: makes our function; it is given one that calls what is behind ours at that time.

    Attributes:
        covered: how often another function was found in front of ours.
        covered_by: which one, the last time.
    """

    def __init__(self, owner: Any, name: str, wrap: Callable[[Function], Function]) -> None:
        self._owner = owner
        self._name = name
        self._wrap = wrap
        self._layer: Layer | None = None
        self.covered = 0
        self.covered_by = ""

    @property
    def label(self) -> str:
        """Name the attribute: ``sys.excepthook``."""
        name = getattr(self._owner, "__name__", None) or type(self._owner).__name__
        return f"{name}.{self._name}"

    @property
    def is_in_force(self) -> bool:
        """Return whether ours is called; not where there is no such attribute."""
        return self._layer is not None and self._is_called()

    def install(self) -> None:
        """Put ours in front, unless it is called already or there is no such attribute."""
        if not callable(getattr(self._owner, self._name, None)) or self._is_called():
            return
        self._note_cover()
        self.remove()  # a function of the host covers or has replaced it
        self._layer = layer = Layer(vars(self._owner).get(self._name))
        layer.function = self._function(layer)
        setattr(self._owner, self._name, layer.function)

    def remove(self) -> None:
        """Take ours away; below a function of the host it stays, and passes every call on."""
        if self._layer is None:
            return
        self._layer.given_back, self._layer = True, None
        held = vars(self._owner).get(self._name)
        kept = _in_use(held)
        for layer in _layers(kept):
            layer.below = _in_use(layer.below)
        if kept is None and held is not None:
            delattr(self._owner, self._name)
        elif kept is not held:
            setattr(self._owner, self._name, kept)

    def _note_cover(self) -> None:
        if self._layer is not None:
            now = getattr(self._owner, self._name, None)
            self.covered += 1
            self.covered_by = (
                f"{getattr(now, '__module__', '?')}.{getattr(now, '__qualname__', '?')}"
            )

    def _is_called(self) -> bool:
        return any(layer is self._layer for layer in _layers(vars(self._owner).get(self._name)))

    def _function(self, layer: Layer) -> Function:
        def below(*args: Any, **kwargs: Any) -> Any:
            function = layer.below or inherited(self._owner, self._name)
            return function(*args, **kwargs)

        ours = self._wrap(below)

        def function(*args: Any, **kwargs: Any) -> Any:
            idle = layer.given_back or sys.is_finalizing()  # when no module can be run any more
            return (below if idle else ours)(*args, **kwargs)

        setattr(function, LAYER, layer)
        return function


def inherited(owner: Any, name: str) -> Function:
    """Look up what an owner would hold without an attribute of its own.

    Raises:
        AttributeError: nothing.
    """
    instance, kind = (None, owner) if isinstance(owner, type) else (owner, type(owner))
    for parent in kind.__mro__[1 if instance is None else 0 :]:
        if name in vars(parent):
            found = vars(parent)[name]
            bind = getattr(type(found), "__get__", None)
            function: Function = found if bind is None else bind(found, instance, kind)
            return function
    raise AttributeError(name)


def without_own_frame(error: BaseException) -> None:
    """Take the frame of the caller, which is one of ours, off the traceback it is in."""
    without_step(error)


def _layer_of(function: Function | None) -> Layer | None:
    layer: Layer | None = getattr(function, LAYER, None)
    return layer if layer is not None and layer.function is function else None


def _layers(function: Function | None) -> Iterator[Layer]:
    """List the layers of ours from the outermost on, down to the first function of a host."""
    while (layer := _layer_of(function)) is not None:
        yield layer
        function = layer.below


def _in_use(function: Function | None) -> Function | None:
    """Skip functions of ours that were given back."""
    while (layer := _layer_of(function)) is not None and layer.given_back:
        function = layer.below
    return function

"""Class with annotated fields → dataclass with slots, made in a tenth of the usual time.

``dataclasses.dataclass(frozen=True, slots=True)`` compiles seven methods for each class, 0.5 ms,
and there are 150 of them. Here ``__init__`` alone is compiled, after a few instances, for of most
classes a load makes no more; the other methods are the same for all classes. What
describes the fields is made when it is asked for. ``fields``, ``replace`` and ``asdict`` of
``dataclasses`` take these as any other.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
Values = Callable[[Any], tuple[Any, ...]]


@overload
def frozen(kind: type[T], /) -> type[T]: ...
@overload
def frozen(*, kw_only: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: Any = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass; methods that it has itself stay."""
    made = partial(_made, template=_TEMPLATE | METHODS, kw_only=kw_only)
    return made(kind) if kind else made


@overload
def slotted(kind: type[T], /) -> type[T]: ...
@overload
def slotted(*, kw_only: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(eq_default=False, field_specifiers=(field,))
def slotted(kind: Any = None, /, *, kw_only: bool = False) -> Any:
    """Make a class one whose fields change, and that is equal to nothing but itself."""
    made = partial(_made, template=_TEMPLATE | {"__reduce__": _reduce}, kw_only=kw_only)
    return made(kind) if kind else made


def _made(kind: Any, *, template: Mapping[str, Any], kw_only: bool) -> Any:
    """Make the class anew, as a class gets slots only when it is made."""
    space = {**template, **vars(kind)}
    hints = space.get("__annotations__", {})
    own = {name: space.pop(name, MISSING) for name in hints if not _is_of_class(hints[name])}
    inherited = _defaults(kind)
    for name in ("__dict__", "__weakref__"):
        space.pop(name, None)
    space["__slots__"] = tuple(name for name in own if name not in inherited)
    space[OWN] = kw_only, own
    made = type(kind)(kind.__name__, kind.__bases__, space)
    made.__qualname__ = kind.__qualname__
    made.__init__ = _LateInit(made)
    return made


def _is_of_class(hint: Any) -> bool:
    return str(hint).startswith(("ClassVar", "typing.ClassVar"))


class _Late:
    """Attribute of a class that is made when it is asked for first."""

    def __init__(self, name: str, make: Callable[[Any], Any]) -> None:
        self._name, self._make = name, make

    def __get__(self, instance: object, kind: Any) -> Any:
        """Make it, and put it in this one's place."""
        setattr(kind, self._name, self._make(kind))
        return getattr(kind, self._name)


def _defaults(kind: Any) -> dict[str, tuple[bool, Any]]:
    """Map each field, inherited ones too, to whether it is given by name alone, and its default."""
    found: dict[str, tuple[bool, Any]] = {}
    for base in kind.__mro__[-2::-1]:  # without object
        kw_only, own = vars(base).get(OWN, (False, {}))
        found |= {name: (kw_only, default) for name, default in own.items()}
    return found


def _fields(kind: Any) -> dict[str, Field[Any]]:
    """Make what ``dataclasses`` knows of the fields of a class and of those that it inherits."""
    hints: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        hints |= vars(base).get("__annotations__", {})
    return {
        name: _field(name, hints[name], default, kw_only=kw_only)
        for name, (kw_only, default) in _defaults(kind).items()
    }


def _field(name: str, hint: Any, default: Any, *, kw_only: bool) -> Any:
    made: Any = default if isinstance(default, Field) else field(default=default)
    made.name, made.type = name, hint
    made._field_type = _KIND  # noqa: SLF001 - see there
    if made.kw_only is MISSING:
        made.kw_only = kw_only
    return made


def _values(names: Iterable[str]) -> Values:
    """Make what reads some fields; of a single one, ``attrgetter`` would not make a tuple."""
    found = tuple(names)
    if not found:
        return staticmethod(lambda self: ())
    return attrgetter(*found, *found[: len(found) == 1])


FEW = 6
"""Instances of a class that take as long as to compile what makes the others faster."""


class _LateInit:
    """``__init__`` of a class until it has a few instances: most classes get no more for long."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._left = FEW

    def __get__(self, instance: object, kind: type | None = None) -> Any:
        """Return what fills one of the first; after that compile it, and put it in its place."""
        if self._left and isinstance(instance, self._kind):  # since 3.13 it may be the class
            self._left -= 1
            return partial(self._fill, instance)
        if vars(self._kind)["__init__"] is self:
            self._kind.__init__ = _init(self._kind, fields(self._kind))
        return vars(self._kind)["__init__"].__get__(instance, kind)

    def _fill(self, instance: Any, *values: Any, **named: Any) -> None:
        """Set the fields one by one; arguments that do not fit are left to the compiled one."""
        every = _defaults(self._kind)
        inner = {name for name, (_, default) in every.items() if _is_inner(default)}
        places = (name for name, (kw_only, _) in every.items() if not kw_only | (name in inner))
        found = dict(zip(places, values, strict=False))
        fits = len(found) == len(values) and named.keys().isdisjoint(found.keys() | inner)
        found |= named
        for name, (_, default) in every.items():
            if name not in found:
                found[name] = value = _value(default)
                fits = fits and (value is not MISSING or name in inner)
        if not fits or len(found) > len(every):
            self._kind.__init__(instance, *values, **named)
            return
        for name, value in found.items():
            if value is not MISSING:
                object.__setattr__(instance, name, value)
        if hasattr(instance, "__post_init__"):
            instance.__post_init__()


def _is_inner(default: Any) -> bool:
    """Tell whether a field is no argument."""
    return isinstance(default, Field) and not default.init


def _value(default: Any) -> Any:
    """Return what a field has that is not given; MISSING where it must be."""
    if not isinstance(default, Field):
        return default
    if default.default_factory is not MISSING:
        return default.default_factory()
    return default.default


def _init(kind: Any, own: tuple[Field[Any], ...]) -> Any:
    """Compile ``__init__``, which fills the slots; it is as fast as a usual one."""
    is_frozen = kind.__setattr__ is not object.__setattr__
    known: dict[str, Any] = {"__name__": __name__, "MISSING": MISSING}
    plain, named, lines = ["self"], ["*"], []
    for one in own:
        name, default = one.name, ""
        value = name
        known[f"set_{name}"] = getattr(kind, name).__set__
        if one.default is not MISSING:
            known[f"default_{name}"], default = one.default, f"=default_{name}"
        elif one.default_factory is not MISSING:
            known[f"default_{name}"], default = one.default_factory, "=MISSING"
            value = f"default_{name}() if {name} is MISSING else {name}"
        if one.init:
            (named if one.kw_only else plain).append(name + default)
        elif default:
            lines.append(f" {name} {default.replace('=', '= ')}")
        if one.init or default:
            lines.append(f" set_{name}(self, {value})" if is_frozen else f" self.{name} = {value}")
    if hasattr(kind, "__post_init__"):
        lines.append(" self.__post_init__()")
    signature = ", ".join(plain + named if len(named) > 1 else plain)
    exec("\n".join((f"def __init__({signature}):", *lines, " pass")), known)  # noqa: S102 - of names
    init = known["__init__"]
    init.__qualname__ = f"{kind.__qualname__}.__init__"
    init.__annotations__ = {one.name: one.type for one in own} | {"return": None}
    return init


def _equals(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    values = self.__compared__
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, *value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to or delete field {name!r}")


def _reduce(self: Any) -> tuple[Any, ...]:
    """Copy and pickle by the values alone, for a slot cannot be assigned to."""
    return _again, (type(self), [getattr(self, one.name) for one in fields(self)])


def _again(kind: Any, values: list[Any]) -> Any:
    new = object.__new__(kind)
    for one, value in zip(fields(kind), values, strict=True):
        object.__setattr__(new, one.name, value)
    return new


OWN = "__own_fields__"
"""Attribute of a class: whether its own fields go by name alone, and their defaults."""
METHODS = {
    "__eq__": _equals,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
}


@dataclass(init=False, repr=False, eq=False)
class _Sample:
    """Of which all classes have what ``dataclasses`` looks for."""

    value: int


_KIND: Any = attrgetter("_field_type")(fields(_Sample)[0])
"""By which ``fields`` tells a field from what is none."""
_LATE: dict[str, Callable[[Any], Any]] = {
    "__dataclass_fields__": _fields,
    "__match_args__": lambda kind: tuple(one.name for one in fields(kind) if not one.kw_only),
    "__compared__": lambda kind: _values(one.name for one in fields(kind) if one.compare),
}
_TEMPLATE = {name: _Late(name, make) for name, make in _LATE.items()} | {
    name: vars(_Sample)[name]
    for name in ("__dataclass_params__", "__replace__")  # the latter from Python 3.13 on
    if name in vars(_Sample)
}

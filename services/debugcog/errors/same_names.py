"""Code of a function that shares its name with others → what tells it from them.

Lambdas share one, the handlers of a ``singledispatch`` function that are named ``_``, and the
getter and setter of a property. Line numbers tell nothing: an edit elsewhere moves them. Nothing of
the host's is called.
"""

from __future__ import annotations

from functools import singledispatchmethod
from types import CodeType, FunctionType, MappingProxyType

from services.debugcog.errors.code_texts import class_of, vars_of
from services.debugcog.exceptions import type_name

LAMBDA, UNNAMED = "<lambda>", "_"
USED_MAX = 200
"""Characters of what a lambda uses."""


def told_apart(code: CodeType, names: dict[str, object]) -> str:
    """Return what tells a function from others of its name; empty where nothing does.

    Args:
        code: of the function.
        names: those of its module.
    """
    if code.co_name == LAMBDA:
        constants = [repr(each) for each in code.co_consts if type(each) is str]
        return " ".join(("", *code.co_names, *constants))[:USED_MAX]
    kind = class_of(code, names)
    space = vars_of(kind) if issubclass(type(kind), type) else {}
    if code.co_name == UNNAMED:
        return _registered(code, [*dict.values(names), *space.values()])
    return _accessor(code, space.get(code.co_name))


def _accessor(code: CodeType, value: object) -> str:
    """Tell a setter and a deleter from the getter."""
    if type(value) is not property:
        return ""
    functions = {" setter": value.fset, " deleter": value.fdel}
    return next((what for what, each in functions.items() if _is_of(each, code)), "")


def _registered(code: CodeType, values: list[object]) -> str:
    """Name the type that a handler is registered for."""
    for value in values:
        function: object = value.dispatcher if type(value) is singledispatchmethod else value
        if type(function) is not FunctionType:
            continue
        registry: object = function.__dict__.get("registry")
        for kind, each in registry.items() if type(registry) is MappingProxyType else ():
            if _is_of(each, code):
                return f" {type_name(kind)}"
    return ""


def _is_of(function: object, code: CodeType) -> bool:
    return type(function) is FunctionType and function.__code__ is code

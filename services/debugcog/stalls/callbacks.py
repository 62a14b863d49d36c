"""Frame in which the event loop calls a callback → the name of one that is C code.

``loop.call_soon(time.sleep, 3)`` has no frame of its own: the innermost one is the loop's.
Nothing of the host's runs here, whatever the callback is: no ``__getattr__``, no metaclass.
"""

from __future__ import annotations

import asyncio
from functools import partial
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

RUN = asyncio.Handle._run.__code__  # noqa: SLF001 - every callback of asyncio's is called in it
STEP = "TaskStepMethWrapper"
"""Type by which a task in C is called."""
WRAPPERS_MAX = 10

_type_name: Any = type.__dict__["__name__"].__get__


def name_of(frame: FrameType) -> str | None:
    """Return the name of the C code that is called; empty if it is not known, None if none is.

    A step of a task is not its code: what the task calls has frames.
    """
    handle: Any = frame.f_locals.get("self") if frame.f_code is RUN else None
    if not issubclass(type(handle), asyncio.Handle) or handle._callback is None:  # noqa: SLF001 - a slot
        return None
    return _name(_bare(handle._callback))  # noqa: SLF001 - a slot


def _bare(callback: Any) -> Any:
    for _ in range(WRAPPERS_MAX):
        if type(callback) is partial:
            callback = callback.func
        elif type(callback) is MethodType:
            callback = callback.__func__
    return callback


def _name(callback: Any) -> str | None:
    kind = type(callback)
    if kind is BuiltinFunctionType:
        return _builtin_name(callback)
    if issubclass(kind, type):
        return str(_type_name(callback))
    return None if kind is FunctionType or _type_name(kind) == STEP else ""


def _builtin_name(function: Any) -> str | None:
    owner, module = function.__self__, function.__module__
    if issubclass(type(owner), asyncio.Task):
        return None
    if owner is not None and type(owner) is not ModuleType:
        owner_type = owner if issubclass(type(owner), type) else type(owner)
        return f"{_type_name(owner_type)}.{function.__name__}"
    is_plain = type(module) is not str or module == "builtins"
    return function.__name__ if is_plain else f"{module}.{function.__name__}"

"""Task → the frames that it is in, from its coroutine down to what it waits for.

``Task.get_stack`` returns the outermost frame alone of a task that waits; the others are those of
the coroutines that each one awaits.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt

DEPTH_MAX = 60
AWAITING = ("cr", "ag", "gi")
"""What the attributes of coroutines, asynchronous generators and generators begin with."""


@frozen
class Place:
    """One step of a stack.

    Attributes:
        name: qualified name of the function.
        file: as its code has it.
        line: that it is at; of a coroutine that has not begun, its first.
    """

    name: str
    file: str
    line: int


def frames(awaitable: Any) -> Iterator[FrameType]:
    """Yield the frames of a coroutine and of what it awaits, the outermost first."""
    for _ in range(DEPTH_MAX):
        kind = _kind(awaitable)
        if kind is None:
            return
        frame = getattr(awaitable, f"{kind}_frame", None)
        if frame is not None:
            yield frame
        next_name = "gi_yieldfrom" if kind == "gi" else f"{kind}_await"
        awaitable = getattr(awaitable, next_name, None)


def stack(coroutine: Any) -> tuple[Place, ...]:
    """List the steps of a coroutine, the outermost first; none of one written in C."""
    return attempt(lambda: tuple(place_of(frame) for frame in frames(coroutine)), ())


def place_of(frame: FrameType) -> Place:
    """Return where a frame is."""
    code = frame.f_code
    return Place(code.co_qualname, code.co_filename, frame.f_lineno or code.co_firstlineno)


def code_of(coroutine: Any) -> CodeType | None:
    """Return the code of a coroutine; None of one that is written in C."""
    return attempt(lambda: _code_of(coroutine), None)


def _code_of(coroutine: Any) -> CodeType | None:
    kind = _kind(coroutine)
    code = getattr(coroutine, f"{kind}_code", None) if kind else None
    return code if isinstance(code, CodeType) else None


def _kind(awaitable: Any) -> str | None:
    return next((kind for kind in AWAITING if hasattr(type(awaitable), f"{kind}_frame")), None)

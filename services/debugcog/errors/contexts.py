"""Exception and what was handled when it was raised → whether that tells this fault from others.

Mostly it does, as what an exception was raised from: ``except KeyError: raise LookupFailed``. It
does not where it has a report of its own, nor where what has failed is a handler of errors: that is
one fault, whatever the handler was called for.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType

from services.debugcog.errors.handling import unwrapped
from services.debugcog.errors.reraise import steps
from services.debugcog.errors.seen import seen_of
from services.debugcog.exceptions import cause_of
from services.debugcog.guard import trace_of
from services.debugcog.patterns import late_pattern

HANDLER = late_pattern(r"on_(?:\w+_)?error|cog_(?:app_)?command_error")
"""Name of a function that discord.py, or a host like it, calls for errors."""


def counted(
    links: list[BaseException], is_in_app: Callable[[FrameType], bool]
) -> list[BaseException]:
    """Return the part of a chain that counts.

    Args:
        links: an exception and those before it, root cause first.
        is_in_app: returns whether a frame is the host's own.
    """
    handled = [at for at in range(1, len(links)) if cause_of(links[at]) is not links[at - 1]]
    for at in reversed(handled):
        if seen_of(unwrapped(links[at - 1])) is not None:
            return _without_handlers(links[at:], [later - at for later in handled], is_in_app)
    return _without_handlers(links, handled, is_in_app)


def _without_handlers(
    links: list[BaseException], handled: list[int], is_in_app: Callable[[FrameType], bool]
) -> list[BaseException]:
    """Return the part of a chain that begins with the last handler that has failed, or all.

    Args:
        links: the chain.
        handled: which of them were raised while the one before was handled.
        is_in_app: returns whether a frame is the host's own.
    """
    first = min((at for at in handled if at > 0), default=len(links))
    frames: list[FrameType] = []
    for at in range(len(links) - 1, first - 1, -1):
        frames = _frames(links[at], frames)
        if at in handled and _is_in_handler(frames, links[at - 1], is_in_app):
            return links[at:]
    return links


def _frames(error: BaseException, later: list[FrameType]) -> list[FrameType]:
    """List the frames of an exception, and those around it as far as a later one has them."""
    frames = [step.tb_frame for step in steps(trace_of(error))]
    around = [number for number, frame in enumerate(later) if frames and frame is frames[0]]
    return later[: around[-1]] + frames if around else frames


def _is_in_handler(
    frames: list[FrameType], earlier: BaseException, is_in_app: Callable[[FrameType], bool]
) -> bool:
    """Return whether a handler has failed: by its name, or called by a library that caught it."""
    before = {id(step.tb_frame) for step in steps(trace_of(earlier))}
    common = [number for number, frame in enumerate(frames) if id(frame) in before]
    called = frames[common[-1] + 1 :] if common else frames
    if any(HANDLER.fullmatch(frame.f_code.co_name) for frame in called):
        return True
    return bool(common) and not is_in_app(frames[common[-1]]) and any(map(is_in_app, called))

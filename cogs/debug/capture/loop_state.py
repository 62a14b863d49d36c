"""``tasks.loop`` → its state, its interval, its completed runs, and the error that has ended it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from discord.ext import tasks

from cogs.debug.capture.loop_errors import LoopError
from services.debugcog.exceptions import type_name
from services.debugcog.guard import attempt
from services.debugcog.tasks.loop_row import LoopState
from services.debugcog.tasks.stacks import frames
from services.debugcog.units import duration
from services.debugcog.wording import clip

Loop = tasks.Loop[Any]

LATE_SECONDS = 1.0
TIMES_SHOWN = 3
ZONE_MAX = 40


def state(loop: Loop, late: float) -> LoopState:
    """Return how a loop stands; ``late`` is in seconds."""
    task = loop.get_task()
    if task is None:
        return "new"
    if task.done():
        # ``failed()`` tells of the body alone, not of what comes before and after it.
        return "failed" if loop.failed() or error_of(loop) is not None else "stopped"
    if loop.is_being_cancelled() or task.cancelling():
        return "ending"
    if getattr(loop, "_last_iteration_failed", False):
        return "retrying"
    if late > LATE_SECONDS:
        return "late"
    body = getattr(loop.coro, "__code__", None)
    return "running" if any(one.f_code is body for one in frames(task.get_coro())) else "waiting"


def completed(loop: Loop, state: LoopState, next_run: float | None) -> int:
    """Count the runs; discord.py counts one when the wait after it is over, too."""
    has_run = state == "waiting" and loop.time is None and next_run is not None
    return int(loop.current_loop) + has_run


def every(loop: Loop) -> str:
    """Say how often a loop runs."""
    if loop.time is not None:
        times = [_clock(one) for one in loop.time]
        more = f" and {len(times) - TIMES_SHOWN} more" if len(times) > TIMES_SHOWN else ""
        return f"at {', '.join(times[:TIMES_SHOWN])}{more}"
    seconds = (loop.seconds or 0) + 60 * (loop.minutes or 0) + 3600 * (loop.hours or 0)
    return f"every {duration(seconds)}" if seconds >= 1 else f"every {seconds:g} s"


def _clock(moment: time) -> str:
    zone = moment.tzinfo
    name = "UTC" if zone in (None, UTC) else clip(str(zone), ZONE_MAX)
    return f"{moment:%H:%M} {name}"


def unix(moment: datetime | None) -> float | None:
    """Return a moment in unix seconds."""
    return None if moment is None else moment.astimezone(UTC).timestamp()


def error_of(loop: Loop) -> LoopError | None:
    """Return the error that ended a loop before the cog was there to see it."""
    task = attempt(loop.get_task, None)
    if task is None or not task.done() or task.cancelled():
        return None
    error = task._exception  # noqa: SLF001 - exception() would keep asyncio from logging it
    return LoopError(0.0, type_name(type(error)), "") if error is not None else None

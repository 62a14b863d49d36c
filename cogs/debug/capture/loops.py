"""``tasks.loop`` functions → their errors in ErrorReporter, before any error handler runs.

``Loop._call_loop_function`` is where discord.py calls the functions around a loop: what runs before
and after it, and its error handler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from discord.ext import tasks

from services.debugcog.errors.handling import Handling
from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.errors.records import Context
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]


class LoopCapture:
    """Makes the function for the patch of discord.py's loops.

    Args:
        reporter: gets the errors.
    """

    def __init__(self, reporter: ErrorReporter) -> None:
        self._reporter = reporter

    def patches(self) -> tuple[Patch, ...]:
        """List the patch: where the functions around a loop are called."""
        return (Patch(tasks.Loop, "_call_loop_function", self._calling),)

    def _calling(self, before: Coroutine) -> Coroutine:
        async def call_loop_function(loop: Any, name: str, *args: Any, **kwargs: Any) -> None:
            context = Context(source="task", command=_name_of(loop))
            failed = args[-1] if name == "error" else None
            if failed is not None:
                self._reporter.report(failed, context)
            with Handling(failed):
                try:
                    await before(loop, name, *args, **kwargs)
                except Exception as error:
                    without_own_frame(error)
                    self._reporter.report(error, context)
                    raise

        return call_loop_function


@guard("")
def _name_of(loop: Any) -> str:
    return str(loop.coro.__qualname__)

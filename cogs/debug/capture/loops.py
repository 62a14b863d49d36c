"""``tasks.loop`` functions → their errors in ErrorReporter, before any error handler runs.

``Loop._call_loop_function`` is where discord.py calls the functions around a loop: what runs before
and after it, and its error handler.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from discord.ext import tasks

from cogs.debug.capture.loop_errors import LoopError
from services.debugcog.errors import handling, records
from services.debugcog.errors.patch import Patch, without_own_frame
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.exceptions import type_name
from services.debugcog.guard import guard

Coroutine = Callable[..., Awaitable[Any]]


class LoopCapture:
    """Makes the function for the patch of discord.py's loops.

    Args:
        reporter: gets the errors.
        last: gets the last error of each loop.
    """

    def __init__(
        self, reporter: ErrorReporter, last: MutableMapping[tasks.Loop[Any], LoopError]
    ) -> None:
        self._reporter = reporter
        self._last = last

    def patches(self) -> tuple[Patch, ...]:
        """List the patch: where the functions around a loop are called."""
        return (Patch(tasks.Loop, "_call_loop_function", self._calling),)

    def _calling(self, before: Coroutine) -> Coroutine:
        async def call_loop_function(loop: Any, name: str, *args: Any, **kwargs: Any) -> None:
            context = records.Context(source="task", command=_name_of(loop))
            failed = args[-1] if name == "error" else None
            if failed is not None:
                self._report(loop, failed, context)
            with handling.Handling(failed):
                try:
                    await before(loop, name, *args, **kwargs)
                except Exception as error:
                    without_own_frame(error)
                    self._report(loop, error, context)
                    raise

        return call_loop_function

    def _report(self, loop: Any, error: BaseException, context: records.Context) -> None:
        found = self._reporter.report(error, context)
        self._last[loop] = LoopError(time.time(), type_name(type(error)), found or "")


@guard("")
def _name_of(loop: Any) -> str:
    return str(loop.coro.__qualname__)

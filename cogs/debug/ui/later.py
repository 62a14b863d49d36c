"""Thing that is made on its first use, on a thread, together with the modules that it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from services.debugcog.deferred import gently

T_co = TypeVar("T_co", covariant=True)
R = TypeVar("R")
OffLoop = Callable[[Callable[[], Any]], Awaitable[Any]]


class Later(Generic[T_co]):
    """Costs the load nothing; the event loop goes on while it is made.

    Args:
        make: makes it. It names classes by their module (``handlers.AlertHandlers``), which then
            runs with that call and not before (``services.debugcog.deferred``).
        off_loop: runs ``make`` on a thread.

    Attributes:
        made: itself; empty before its first use.
    """

    def __init__(self, make: Callable[[], T_co], off_loop: OffLoop) -> None:
        self._make = make
        self._off_loop = off_loop
        self.made: list[T_co] = []

    async def get(self) -> T_co:
        """Return it, made when it is asked for first; whatever that raises is for the caller."""
        if not self.made:
            self.made.append(await self._off_loop(lambda: gently(self._make)))
        return self.made[0]

    async def use(self, work: Callable[[T_co], Awaitable[R]]) -> R:
        """Do something with it."""
        return await work(await self.get())

    def query(self, work: Callable[[T_co], Awaitable[R]]) -> Callable[[], Awaitable[R]]:
        """Return what does something with it, when it is called."""
        return lambda: self.use(work)

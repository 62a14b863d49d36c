"""Question → the same question, answered once for all who ask it at about the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from services.debugcog.answers.published import Published

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

SECONDS = 2.0
"""A page asks every five seconds; its figures may be so old."""


class Shared(Generic[K, T]):
    """Remembers the latest answer for each window, or whatever else is asked; for one event loop.

    Args:
        question: makes an answer.
        seconds: how long it is given again.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        question: Callable[[Published, K], Awaitable[T]],
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._question = question
        self._seconds = seconds
        self._clock = clock
        self._answers: dict[K, tuple[float, T]] = {}
        self._lock = asyncio.Lock()

    async def __call__(self, published: Published, asked: K) -> T:
        """Answer from what was published, unless somebody has just been answered."""
        async with self._lock:
            now = self._clock()
            self._answers = {
                key: one for key, one in self._answers.items() if now - one[0] < self._seconds
            }
            if asked not in self._answers:
                answer = await self._question(published, asked)
                self._answers[asked] = self._clock(), answer
            return self._answers[asked][1]

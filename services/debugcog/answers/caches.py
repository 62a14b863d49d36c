"""CacheCount: how many objects of a kind the Discord library keeps, and what bounds them."""

from __future__ import annotations

from typing import Protocol

from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen


@frozen
class CacheCount:
    """One cache.

    Attributes:
        name: what is kept.
        count: how many.
        bound: what bounds them, in words; empty where nothing does but Discord itself.
    """

    name: str
    count: Figure
    bound: str = ""


class Caches(Protocol):
    """What the Discord side tells of its caches."""

    async def counts(self) -> tuple[CacheCount, ...]:
        """Count, on the bot's own thread, without holding it up."""

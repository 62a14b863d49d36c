"""A claim's chart → its picture, if it comes in time; one that comes later is for an edit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.charting.figures import ChartSpec
from services.charting.worker import ChartError
from services.outbox.dispatch import Claim

DRAW_SECONDS = 3.0
"""Seconds that a message waits for its picture; the first on a new machine may take a minute."""


@dataclass(frozen=True, slots=True)
class Late:
    """A picture that its message did not wait for.

    Attributes:
        row_id: of the message in the outbox.
        subject: of the message.
    """

    row_id: int
    subject: str
    drawing: asyncio.Task[bytes]


class Pictures:
    """Draws for messages that must not be late.

    Args:
        draw: makes a chart's PNG; raises ChartError.
        seconds: that a message waits for it.
    """

    def __init__(
        self, draw: Callable[[ChartSpec], Awaitable[bytes]], seconds: float = DRAW_SECONDS
    ) -> None:
        self._draw = draw
        self._seconds = seconds
        self._late: dict[str, Late] = {}
        self._kept: dict[str, bytes] = {}

    async def get(self, claim: Claim, spec: ChartSpec) -> bytes | None:
        """Give the picture; None when it is late, or cannot be drawn."""
        kept = self._kept.pop(claim.subject, None)
        if kept is not None:
            return kept
        before = self._late.get(claim.subject)
        drawing = before.drawing if before else self._start(spec)
        self._late[claim.subject] = Late(claim.id, claim.subject, drawing)
        done, _ = await asyncio.wait({drawing}, timeout=self._seconds)
        if not done:
            return None
        del self._late[claim.subject]
        return _picture(drawing)

    def arrived(self) -> list[Late]:
        """Take out the late ones that are there now."""
        done = [late for late in self._late.values() if late.drawing.done()]
        for late in done:
            del self._late[late.subject]
        return [late for late in done if _picture(late.drawing)]

    def keep(self, late: Late) -> None:
        """Keep a late one for the next message of its subject."""
        self._kept[late.subject] = late.drawing.result()

    async def close(self) -> None:
        """Give up what is being drawn."""
        drawings = [late.drawing for late in self._late.values()]
        self._late.clear()
        self._kept.clear()
        for drawing in drawings:
            drawing.cancel()
        if drawings:
            await asyncio.wait(drawings)

    def _start(self, spec: ChartSpec) -> asyncio.Task[bytes]:
        async def drawing() -> bytes:
            return await self._draw(spec)

        return asyncio.create_task(drawing(), name="debugcog-picture")


def _picture(drawing: asyncio.Task[bytes]) -> bytes | None:
    try:
        return drawing.result()
    except ChartError:
        return None

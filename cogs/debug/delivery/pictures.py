"""A claim's chart → its picture, if it comes in time for a message that must not be late."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.worker import ChartError
from services.debugcog.outbox.dispatch import Claim

DRAW_SECONDS = 3.0
"""Seconds that a message waits for its picture; the first on a new machine may take a minute."""
EDIT_SECONDS = 60.0
"""Seconds after which a change of a card goes without its picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What there is of a picture.

    Attributes:
        png: its bytes; None when it is late, or cannot be drawn.
        late: it is being drawn still.
    """

    png: bytes | None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that is being drawn, and since when, in seconds of the event loop."""

    task: asyncio.Task[bytes]
    since: float


class Pictures:
    """Draws charts; what is drawn for a change of a card goes on while other messages are sent.

    Args:
        draw: makes a chart's PNG; raises ChartError.
        seconds: that a message waits for it.
    """

    def __init__(
        self, draw: Callable[[ChartSpec], Awaitable[bytes]], seconds: float = DRAW_SECONDS
    ) -> None:
        self._draw = draw
        self._seconds = seconds
        self._drawings: dict[int, Drawing] = {}

    async def get(self, claim: Claim, spec: ChartSpec) -> Picture:
        """Give the picture of a claim; a late one of an edit is there for its next attempt."""
        now = asyncio.get_running_loop().time()
        self._forget(now)
        drawing = self._drawings.get(claim.id) or self._start(spec, now)
        self._drawings[claim.id] = drawing
        await asyncio.wait({drawing.task}, timeout=self._seconds)
        late = not drawing.task.done()
        if late and claim.is_edit and now - drawing.since < EDIT_SECONDS:
            return Picture(None, late=True)
        del self._drawings[claim.id]
        if late:
            drawing.task.cancel()
            return Picture(None, late=not claim.is_edit)
        try:
            return Picture(drawing.task.result())
        except ChartError:
            return Picture(None)

    async def close(self) -> None:
        """Give up what is being drawn."""
        tasks = [drawing.task for drawing in self._drawings.values()]
        self._drawings.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _start(self, spec: ChartSpec, now: float) -> Drawing:
        async def draw() -> bytes:
            return await self._draw(spec)

        return Drawing(asyncio.create_task(draw(), name="debugcog-picture"), now)

    def _forget(self, now: float) -> None:
        """Drop what nobody has come back for: a newer change took the place of its message."""
        for row_id, drawing in list(self._drawings.items()):
            if now - drawing.since > 2 * EDIT_SECONDS:
                drawing.task.cancel()
                del self._drawings[row_id]

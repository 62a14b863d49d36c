"""Spec in a reply → picture attached to its embeds, with or without a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import discord

from cogs.debug.ui.footers import DRAWING, noted
from cogs.debug.ui.reply import Attachment
from services.debugcog.charting.picture_spec import Picture, alt_text
from services.debugcog.charting.worker import ChartError
from services.debugcog.frozen import frozen

CHART_NAME = "chart.png"
DRAW_SECONDS = 3.0
"""Seconds that a message waits for its picture; the first on a new machine may take a minute."""
EDIT_SECONDS = 60.0
"""Seconds after which a change of a card goes without its picture."""

Draw = Callable[[Picture], Awaitable[bytes]]
"""Makes a chart's PNG; raises ChartError."""


@frozen
class Attached:
    """Embeds and files of a message, with its picture if that is drawn.

    Attributes:
        late: the picture is being drawn still.
        error: why there is none; empty when there is, or will be.
    """

    embeds: tuple[discord.Embed, ...]
    files: tuple[Attachment, ...]
    late: bool = False
    error: str = ""


@frozen
class _Drawing:
    """A picture that is being drawn, and since when, in seconds of the event loop."""

    task: asyncio.Task[bytes]
    since: float


class ChartAttachments:
    """Draws charts and attaches them; what waits for a next attempt is drawn on meanwhile.

    Args:
        draw: ``ChartWorker.draw``.
        seconds: that a message waits for its picture.
    """

    def __init__(self, draw: Draw, seconds: float = DRAW_SECONDS) -> None:
        self._draw = draw
        self._seconds = seconds
        self._drawings: dict[int, _Drawing] = {}

    async def attach(
        self, embeds: Sequence[discord.Embed], files: Sequence[Attachment], spec: Picture
    ) -> Attached:
        """Attach a picture, however long it takes."""
        without = Attached(tuple(embeds), tuple(files))
        try:
            return _with_picture(without, spec, await self._draw(spec))
        except ChartError as error:
            return replace(without, error=str(error))

    async def attach_soon(
        self,
        key: int,
        embeds: Sequence[discord.Embed],
        files: Sequence[Attachment],
        spec: Picture,
        *,
        keep: bool,
    ) -> Attached:
        """Attach a picture if it is drawn within some seconds.

        Args:
            key: of the message; with ``keep``, its next attempt gets what is drawn until then.
            embeds: the picture belongs to the first one.
            files: that go along.
            spec: of the chart.
            keep: go on drawing for a next attempt, for ``EDIT_SECONDS`` in all.
        """
        without = Attached(tuple(embeds), tuple(files))
        now = asyncio.get_running_loop().time()
        self._forget(now)
        drawing = self._drawings.get(key) or self._start(spec, now)
        self._drawings[key] = drawing
        await asyncio.wait({drawing.task}, timeout=self._seconds)
        late = not drawing.task.done()
        if late and keep and now - drawing.since < EDIT_SECONDS:
            return replace(without, late=True)
        del self._drawings[key]
        if late:
            drawing.task.cancel()
            return replace(without, late=not keep)
        try:
            return _with_picture(without, spec, drawing.task.result())
        except ChartError as error:
            return replace(without, error=str(error))

    async def close(self) -> None:
        """Give up what is being drawn."""
        tasks = [drawing.task for drawing in self._drawings.values()]
        self._drawings.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _start(self, spec: Picture, now: float) -> _Drawing:
        async def draw() -> bytes:
            return await self._draw(spec)

        return _Drawing(asyncio.create_task(draw(), name="debugcog-picture"), now)

    def _forget(self, now: float) -> None:
        """Drop what nobody has come back for: a newer change took the place of its message."""
        for key, drawing in list(self._drawings.items()):
            if now - drawing.since > 2 * EDIT_SECONDS:
                drawing.task.cancel()
                del self._drawings[key]


def being_drawn(embeds: Sequence[discord.Embed]) -> list[discord.Embed]:
    """Say below the first embed that its picture is still being drawn."""
    return noted(embeds, DRAWING)


def not_drawn(embeds: Sequence[discord.Embed], why: str) -> list[discord.Embed]:
    """Say below the first embed why it has no picture."""
    return noted(embeds, f"no chart: {why}")


def _with_picture(without: Attached, spec: Picture, png: bytes) -> Attached:
    first = without.embeds[0].copy().set_image(url=f"attachment://{CHART_NAME}")
    chart = Attachment(CHART_NAME, png, alt_text(spec))
    return Attached((first, *without.embeds[1:]), (*without.files, chart))

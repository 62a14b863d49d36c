"""Handlers of /debug export: series in a file, or a support bundle, as a Reply."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from cogs.debug.features.export.reply import bundle_reply, no_such, series_reply
from cogs.debug.ui.feature import Control
from cogs.debug.ui.reply import OPTIONS_MAX, Reply
from services.debugcog.answers.metric_list import metric_names, recorded_names
from services.debugcog.answers.sources import Sources
from services.debugcog.bundle.archive import SIZE_MAX, archive
from services.debugcog.bundle.collect import Source, collect
from services.debugcog.bundle.series import Format, export
from services.debugcog.threads import in_thread
from services.debugcog.windows import Window

METRICS, BUNDLE = "metrics", "bundle"
PROGRESS_SECONDS = 1.0
"""Between two texts about the progress: a message may be changed 5 times in 5 seconds."""
SPARE = 64 * 1024
"""Of Discord's limit, for the rest of the request."""
Tell = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class ExportHandlers:
    """What /debug export does.

    Attributes:
        sources: of the figures.
        bundled: makes the sources of a bundle.
        name: of the bot, for the bundle's title.
        redact: files go through it.
        clock: unix seconds.
    """

    sources: Sources
    bundled: Callable[[Window], Sequence[Source]]
    name: Callable[[], str]
    redact: Callable[[str], str]
    clock: Callable[[], float] = time.time

    def controls(self) -> tuple[Control[Any], ...]:
        """List none: a file is made when it is asked for."""
        return ()

    async def make(
        self, what: str, window: Window, form: Format, room: int, tell: Tell | None = None
    ) -> Reply:
        """Make a file.

        Args:
            what: ``metrics``, ``bundle``, or the name of a metric.
            window: that is exported.
            form: of metrics.
            room: bytes of a file that Discord takes there; 0 where that is not known.
            tell: says how far a bundle is.
        """
        size_max = min(room or SIZE_MAX, SIZE_MAX) - SPARE
        what = what.strip() or METRICS
        if what.lower() in (METRICS, BUNDLE):
            what = what.lower()
        if what == BUNDLE:
            return await self._bundle(window, size_max, tell)
        metrics = self.sources.metrics
        name = "" if what == METRICS else what
        if name and name not in await in_thread(lambda: recorded_names(metrics)):
            return no_such(name)
        work = partial(export, metrics, window, form, self.redact, size_max, name)
        return series_reply(await in_thread(work), name or METRICS, window, form)

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Offer what can be exported: all metrics, the bundle, and each metric."""
        wanted = typed.strip().lower()
        both = (("All metrics", METRICS), ("Support bundle", BUNDLE))
        first = [pair for pair in both if wanted in pair[0].lower()]
        found = await metric_names(self.sources, typed, OPTIONS_MAX - len(first))
        return [*first, *((f"{one.name} · {one.text}", one.name) for one in found)]

    async def _bundle(self, window: Window, size_max: int, tell: Tell | None) -> Reply:
        sources, done = self.bundled(window), [0]
        telling = asyncio.create_task(_progress(sources, done, tell), name="debugcog-progress")
        try:
            found = await collect(sources, lambda number: done.__setitem__(0, number))
            title = f"Support bundle of {self.redact(self.name()) or 'the bot'}"
            now = self.clock()
            made = await in_thread(
                lambda: archive(title, found.parts, found.missing, now, size_max)
            )
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait((telling,))
        return bundle_reply(made, window, now)


async def _progress(sources: Sequence[Source], done: list[int], tell: Tell | None) -> None:
    while tell is not None:
        await asyncio.sleep(PROGRESS_SECONDS)
        what = sources[done[0]].title if done[0] < len(sources) else "the archive"
        await tell(f"{done[0]} of {len(sources)} done, now: {what} …")

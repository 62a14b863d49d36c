"""ShowOverview → the reply of /debug overview."""

from __future__ import annotations

import asyncio
import contextlib

from cogs.debug.features.overview.actions import ShowOverview
from cogs.debug.features.overview.reply import overview_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.answers.overview import overview
from services.debugcog.answers.overview_picture import overview_picture
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window

LIMITS_SECONDS = 2.0
"""For which Discord is waited for; then what is known of its limits is shown."""


@frozen
class OverviewHandlers:
    """Answers with the overview.

    Attributes:
        sources: of the figures.
        publisher: reads what only the bot's thread may read.
    """

    sources: Sources
    publisher: Publisher

    async def open(self, window: Window) -> Reply:
        """Show how the bot is."""
        return await self.show(ShowOverview(window))

    async def show(self, action: ShowOverview) -> Reply:
        """Read everything, and render it."""
        self.sources.process.sample()
        if self.sources.vitals is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LIMITS_SECONDS):
                    await self.sources.vitals.session_starts()  # keeps what it learns
        published = self.publisher.now()
        answer = await overview(self.sources, published, action.window)
        picture = await self.sources.off_loop(
            lambda: overview_picture(self.sources, answer, published.name)
        )
        return overview_reply(answer, picture)

    def controls(self) -> tuple[Control[ShowOverview], ...]:
        """List what the reply's controls do."""
        return (Control(ShowOverview, asked(self.show)),)

"""Handlers of /debug loop and its controls: fresh answers, rendered."""

from __future__ import annotations

from typing import Any

from cogs.debug.features.loop.actions import ShowCulprit, ShowLoop
from cogs.debug.features.loop.culprit import culprit_reply
from cogs.debug.features.loop.reply import loop_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.answers.loop import LoopAnswer, loop
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen(kw_only=True)
class LoopHandlers:
    """What /debug loop and its controls do.

    Attributes:
        sources: of the figures.
        publisher: reads what only the bot's thread may read.
    """

    sources: Sources
    publisher: Publisher

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowLoop, asked(lambda action: self.show(action.window, action.page))),
            Control(ShowCulprit, asked(self.culprit)),
        )

    async def show(self, window: Window, page: int = 0) -> Reply:
        """Show a window, and a page of who blocked the loop in it."""
        return loop_reply(await self._answer(window), page)

    async def culprit(self, action: ShowCulprit) -> Reply:
        """Show one that blocked it."""
        return culprit_reply(await self._answer(action.window), action.key)

    async def _answer(self, window: Window) -> LoopAnswer:
        return await loop(self.sources, self.publisher.now(), window)

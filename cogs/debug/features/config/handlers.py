"""ShowConfig → the reply of /debug config."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from cogs.debug.features.config.actions import ShowConfig
from cogs.debug.features.config.reply import config_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTIONS_MAX, Reply
from services.debugcog.answers.config import ConfigAnswer
from services.debugcog.frozen import frozen
from services.debugcog.settings import FIELDS


@frozen
class ConfigHandlers:
    """Answers with the settings.

    Attributes:
        read: what is in force.
    """

    read: Callable[[], Awaitable[ConfigAnswer]]

    async def open(self, find: str) -> Reply:
        """Show the settings that have a text in them, the first page."""
        return await self.show(ShowConfig(find, 1))

    async def show(self, action: ShowConfig) -> Reply:
        """Read the settings, and render a page of them."""
        return config_reply(await self.read(), action)

    async def names(self, current: str) -> list[tuple[str, str]]:
        """Offer the keys with a text in them."""
        wanted = current.upper()
        found = [key for key in FIELDS if wanted in key][:OPTIONS_MAX]
        return [(key, key) for key in found]

    def controls(self) -> tuple[Control[ShowConfig], ...]:
        """List what the reply's controls do."""
        return (Control(ShowConfig, asked(self.show)),)

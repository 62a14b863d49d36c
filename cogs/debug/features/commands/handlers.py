"""Actions of /debug commands → a fresh CommandsAnswer, rendered."""

from __future__ import annotations

from cogs.debug.features.commands.reply import commands_reply
from cogs.debug.ui.call_actions import OpenCommand, ShowCommands
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTIONS_MAX, Reply
from services.debugcog.answers.commands import command_names, commands
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.windows import Window


class CommandsHandlers:
    """Answers the command and its controls.

    Args:
        sources: of the figures.
        publisher: reads what only the bot's thread may read.
    """

    def __init__(self, sources: Sources, publisher: Publisher) -> None:
        self._sources = sources
        self._publisher = publisher

    def controls(self) -> tuple[Control[ShowCommands], Control[OpenCommand]]:
        """List what the controls do."""
        return Control(ShowCommands, asked(self.show)), Control(OpenCommand, asked(self.open))

    async def show(self, action: ShowCommands) -> Reply:
        """Show a page of the table, or one command."""
        published = self._publisher.now()
        answer = await commands(self._sources, published, action.window, action.find)
        return commands_reply(answer, action.page)

    async def find(self, find: str, window: Window) -> Reply:
        """Show the table, or one command where only one has the name."""
        return await self.show(ShowCommands(find, window))

    async def open(self, action: OpenCommand) -> Reply:
        """Show one command."""
        return await self.show(ShowCommands(action.find, action.window))

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Offer the names that have a text in them."""
        names = await command_names(self._sources, typed)
        return [(name, name) for name in names[:OPTIONS_MAX]]

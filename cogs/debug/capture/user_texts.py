"""What users write (messages, options, forms) → ErrorReporter, which keeps it out of reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord

from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.guard import guard

CACHED_MAX = 200
MESSAGE_EVENTS = ("on_message", "on_message_edit")


class UserTexts:
    """Passes on what users write, before the host can log it.

    Args:
        bot: its message cache has what was written before.
        reporter: gets the texts.
    """

    def __init__(self, bot: discord.Client, reporter: ErrorReporter) -> None:
        self._bot = bot
        self._reporter = reporter

    @guard(None)
    def add_cached(self) -> None:
        """Pass on the last messages that the bot got before the cog was loaded."""
        for message in list(self._bot.cached_messages)[-CACHED_MAX:]:
            self.add_event("on_message", (message,))

    @guard(None)
    def add(self, interaction: discord.Interaction[Any]) -> None:
        """Pass on what a user typed into a command's options or a form."""
        for text in _values(interaction.data):
            self._reporter.hide(text)

    @guard(None)
    def add_event(self, event: str, args: tuple[Any, ...]) -> None:
        """Pass on the message that an event brings, if it does and a user wrote it."""
        if event in MESSAGE_EVENTS and not args[-1].author.bot:
            self._reporter.hide(args[-1].content)


def _values(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        value = data.get("value")
        if isinstance(value, str):
            yield value
        for inner in data.values():
            yield from _values(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _values(inner)

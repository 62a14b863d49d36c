"""Recent user input (messages, options, forms) → texts to remove from error reports."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import discord

from services.debugcog.guard import guard

MESSAGES_MAX = 100
INPUTS_MAX = 100
NOTHING: tuple[str, ...] = ()


class UserTexts:
    """The last texts of users; nothing is copied until they are asked for.

    Args:
        bot: its message cache has the messages, where the host lets it have one.
    """

    def __init__(self, bot: discord.Client) -> None:
        self._bot = bot
        self._inputs: deque[str] = deque(maxlen=INPUTS_MAX)

    @guard(None)
    def add(self, interaction: discord.Interaction[Any]) -> None:
        """Remember what a user typed into a command's options or a form."""
        self._inputs.extend(_values(interaction.data))

    @guard(NOTHING)
    def __call__(self) -> tuple[str, ...]:
        """Return the texts; from any thread."""
        messages = list(self._bot.cached_messages)[-MESSAGES_MAX:]
        written = (message.content for message in messages if not message.author.bot)
        return (*written, *self._inputs.copy())


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

"""Message of a person, or use of the bot → ActivityCounter.

It is fed where discord.py runs listeners, which costs no task of its own for each message. Contents
are not looked at, so it does not need the intent for them.
"""

from __future__ import annotations

from typing import Any

import discord

from cogs.debug.ui import component_interaction
from cogs.debug.ui.own_commands import is_own
from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.days import DayCounter
from services.debugcog.guard import guard

USES = (
    discord.InteractionType.application_command,
    discord.InteractionType.component,
    discord.InteractionType.modal_submit,
)
"""Kinds of interactions that are a use of the bot; completions come at each key."""


class ActivityFeed:
    """Passes on who wrote and who used the bot; /debug and its controls do not count.

    Args:
        counter: of the events.
        days: counts the messages of each day, too.
    """

    def __init__(self, counter: ActivityCounter, days: DayCounter) -> None:
        self._counter = counter
        self._days = days
        self._last = 0

    @guard(None)
    def add_event(self, event: str, args: tuple[Any, ...]) -> None:
        """Count an event once; discord.py tells each listener of it, one right after the other."""
        if event == "on_message":
            if args[0].id != self._last:
                self._last = args[0].id
                self._message(args[0])
        elif event == "on_interaction" and args[0].id != self._last:
            self._last = args[0].id
            self._interaction(args[0])

    def _message(self, message: discord.Message) -> None:
        author = message.author
        if not (author.bot or message.webhook_id or message.is_system()):
            self._counter.message(author.id, author.name)
            self._days.count("message", "", author.id)

    def _interaction(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type not in USES or is_own(interaction):
            return
        if component_interaction.component_interaction_of(interaction) is None:
            self._counter.interaction(interaction.user.id, interaction.user.name)

"""Coroutine function and texts → slash command.

The texts are no docstring, which ``python -OO`` takes away. ``app_commands.command`` looks for one
too, and wraps each text in it as if it were long, 0.05 ms for one, and a load makes 70.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from discord import app_commands

LIVE = "Refresh it by itself, for up to 14 minutes."
SHARE = "Show it to everybody in this channel."
"""What options say that many commands have."""

Function = Callable[..., Coroutine[Any, Any, None]]
SlashCommand = app_commands.Command[Any, ..., None]


def slash_command(about: str, /, **options: str) -> Callable[[Function], SlashCommand]:
    """Make a decorator: a function's name and parameters, with texts, become a command.

    No text is longer than Discord's 100 characters.

    Args:
        about: what the command does.
        options: what each parameter is, by its name.
    """

    def decorate(function: Function) -> SlashCommand:
        texts = {name: app_commands.locale_str(text) for name, text in options.items()}
        described = app_commands.describe(**texts)(function) if texts else function
        return app_commands.command(description=about)(described)

    return decorate

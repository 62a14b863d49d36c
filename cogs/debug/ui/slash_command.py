"""Coroutine function with a docstring → slash command.

``app_commands.command`` takes the texts from the docstring too, but it wraps each of them as if it
were long, 0.05 ms for one, and a load makes 70.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from discord import app_commands

F = TypeVar("F", bound=Callable[..., Any])


def slash_command(function: F) -> app_commands.Command[Any, ..., Any]:
    """Make a command of a function's name, parameters and docstring.

    Its first paragraph is the command's text; each line of its ``Args:`` is that of an option. No
    text is longer than Discord's 100 characters.
    """
    about, _, arguments = (function.__doc__ or "").partition("\n\n")
    lines = (line.strip().partition(": ") for line in arguments.splitlines())
    options = {name: app_commands.locale_str(text) for name, _, text in lines if text}
    described = app_commands.describe(**options)(function) if options else function
    function.__doc__ = ""  # in which discord.py looks for texts of options as well
    command: app_commands.Command[Any, ..., Any] = app_commands.command(description=about)(
        described
    )
    function.__doc__ = about
    return command

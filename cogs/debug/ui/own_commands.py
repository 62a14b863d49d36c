"""discord.Interaction → command name, and whether it is ours; function → whether it is ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import discord

from services.debugcog.guard import guard

OWN_NAME = "debug"
OWN_FOLDER = str(Path(__file__).parents[1]) + os.sep


def is_own_function(function: object) -> bool:
    """Return whether a function or method is of our files; a host may have a ``cogs.debug`` too."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename.startswith(OWN_FOLDER)


@guard(False)
def is_own(interaction: discord.Interaction[Any]) -> bool:
    """Return whether an interaction is one of /debug."""
    return is_own_function(getattr(interaction.command, "callback", None)) or is_stray(interaction)


def is_stray(interaction: discord.Interaction[Any]) -> bool:
    """Return whether somebody used /debug where Discord still shows it, and this bot has none."""
    is_command = interaction.type is discord.InteractionType.application_command
    return is_command and interaction.command is None and name_sent(interaction) == OWN_NAME


def name_of(interaction: discord.Interaction[Any]) -> str:
    """Name a command as people type it."""
    found = interaction.command
    return f"/{found.qualified_name if found else name_sent(interaction)}"


def name_sent(interaction: discord.Interaction[Any]) -> str:
    """Return what Discord calls the command, before discord.py has looked for it."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    return str(data.get("name", ""))

"""discord.Interaction → command name, and whether it is a /debug unknown to this bot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

OWN_NAME = "debug"


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

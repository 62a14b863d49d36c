"""Queued suspension of the process → Reply."""

from __future__ import annotations

import json
from typing import Any

import discord

from cogs.debug.ui.reply import Colour, Reply
from cogs.debug.ui.times import at
from services.debugcog.units import duration, utc_moment


def suspension_notice(kind: str, body: str, now: float) -> Reply:
    """Render the notice of a time in which the whole process stood still.

    Args:
        kind: of the post.
        body: what was queued.
        now: unix seconds.
    """
    suspension: dict[str, Any] = json.loads(body)
    seconds, ended = float(suspension["seconds"]), float(suspension["ended"])
    title = f"⚠️ The process was suspended for {duration(seconds)}"
    embed = discord.Embed(
        title=title,
        description=(
            f"It stood still from {at(ended - seconds)} to {at(ended)}: no command was answered. "
            "A paused container, a machine that slept, or `SIGSTOP` looks like this. "
            "No rule counts that time."
        ),
        colour=Colour.WARNING.value,
    )
    return Reply(
        content=f"{title}, until {utc_moment(ended, now)}",
        embeds=(embed.set_footer(text="Suspension"),),
    )

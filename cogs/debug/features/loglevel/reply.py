"""Log levels in force → the reply of /debug loglevel."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import discord

from cogs.debug.features.loglevel.actions import RevertLevels, StartDebugMode
from cogs.debug.ui.actions import Action
from cogs.debug.ui.escaping import inline, prose, short
from cogs.debug.ui.reply import (
    DESCRIPTION_MAX,
    FIELD_VALUE_MAX,
    LABEL_MAX,
    Button,
    Colour,
    Reply,
)
from cogs.debug.ui.times import ago
from services.debugcog.levels import Override, level_name
from services.debugcog.logfile.obstacles import Obstacle
from services.debugcog.wording import clip

ROOT = "root"
DEBUG_BUTTON_MINUTES = 15
OBSTACLES_MAX = 6
OBSTACLE_MAX = 120


def loglevel_reply(
    in_force: Mapping[str, int],
    overrides: Sequence[Override],
    changed: str = "",
    *,
    obstacles: Sequence[Obstacle],
    follow: Action,
) -> Reply:
    """Render the levels in force.

    Args:
        in_force: effective level of the root logger, whose DEBUG is what debug mode means, and of
            any other logger that was asked about.
        overrides: what was set at runtime.
        changed: what was just done, in a sentence; empty when the list itself shows it.
        obstacles: what hides lines of the logger that was asked about.
        follow: shows its lines as they are written.
    """
    debug_mode = in_force[ROOT] <= logging.DEBUG
    shown = {override.name or ROOT for override in overrides}
    lines = [changed] if changed else []
    lines += [_line(name, level) for name, level in sorted(in_force.items()) if name not in shown]
    lines += [_line(one.name or ROOT, one.level, one.until) for one in overrides]
    embed = discord.Embed(
        title="Debug mode is on" if debug_mode else "Log levels",
        description=clip("\n".join(lines), DESCRIPTION_MAX),
        colour=(Colour.WARNING if debug_mode else Colour.NEUTRAL).value,
    )
    if obstacles:
        embed.add_field(name="What hides lines", value=_obstacles(obstacles), inline=False)
    return Reply(embeds=(embed,), controls=_controls(debug_mode, overrides, follow))


def name_shown(name: str) -> str:
    """Name a logger as every text does; the root one stands for all."""
    return "All loggers" if name == ROOT else inline(name, LABEL_MAX)


def _line(name: str, level: int, until: float | None = None) -> str:
    back = f", resets {ago(until)}" if until else ""
    return f"{name_shown(name)}: **{level_name(level)}**{back}"


def _obstacles(obstacles: Sequence[Obstacle]) -> str:
    """List what hides lines, as far as a field takes it."""
    lines = [_obstacle(one) for one in obstacles[:OBSTACLES_MAX]]
    more = len(obstacles) - OBSTACLES_MAX
    return clip("\n".join(lines + ([f"and {more} more"] if more > 0 else [])), FIELD_VALUE_MAX)


def _obstacle(one: Obstacle) -> str:
    fix = f" → {inline(one.fix, OBSTACLE_MAX)}" if one.fix else ""
    fix += f", or `{one.setting}` in `.env`" if one.setting else ""
    return f"• {prose(short(one.what, OBSTACLE_MAX))} {prose(one.why)}{fix}"


def _controls(
    debug_mode: bool, overrides: Sequence[Override], follow: Action
) -> tuple[Button, ...]:
    on = Button(
        f"Debug mode for {DEBUG_BUTTON_MINUTES} min",
        StartDebugMode(),
        style=discord.ButtonStyle.primary,
    )
    undo = Button("Undo all changes", RevertLevels())
    lines = Button("Follow its lines", follow)
    return ((on,) if not debug_mode else ()) + ((undo,) if overrides else ()) + (lines,)

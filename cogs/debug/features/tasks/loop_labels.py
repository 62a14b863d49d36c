"""LoopRow → one line, and the words for its state."""

from __future__ import annotations

from cogs.debug.ui.escaping import inline, prose
from cogs.debug.ui.reply import Colour
from cogs.debug.ui.times import ago
from services.debugcog.tasks.loop_row import LoopRow, LoopState
from services.debugcog.units import duration
from services.debugcog.wording import counted

NAME_MAX = 80
COLOURS: dict[LoopState, Colour] = {
    "failed": Colour.CRITICAL,
    "late": Colour.WARNING,
    "retrying": Colour.WARNING,
}


def loop_name(row: LoopRow) -> str:
    """Name a loop and who has it."""
    kind, _, name = row.owner.partition(" ")
    owner = row.owner if row.owner == "the bot" else f"{kind} {inline(name, NAME_MAX)}"
    return f"{inline(row.name, NAME_MAX)} of {owner}"


def state_text(row: LoopRow) -> str:
    """Say how it stands."""
    return {
        "failed": f"**failed**{_error(row)}",
        "late": f"**late** by {duration(row.late)}",
        "retrying": f"**failed**, it tries again{_error(row)}",
        "ending": "being cancelled",
        "running": "running now",
        "waiting": _next(row),
        "stopped": "stopped",
        "new": "never started",
    }[row.state]


def loop_line(row: LoopRow) -> str:
    """Write one line of the list."""
    runs = f", {counted(row.iterations, 'run')}" if row.alive else ""
    return f"{row.mark} {loop_name(row)}: {state_text(row)} · {prose(row.every)}{runs}"


def _next(row: LoopRow) -> str:
    return "before its first run" if row.next_run is None else f"next run {ago(row.next_run)}"


def _error(row: LoopRow) -> str:
    return f" with {inline(row.error, NAME_MAX)}" if row.error else ""

"""TaskRow → its lines in a list."""

from __future__ import annotations

from collections.abc import Sequence

from cogs.debug.ui.escaping import inline
from services.debugcog.answers.tasks import TaskRow, Waiting
from services.debugcog.tasks.groups import Growth
from services.debugcog.units import duration

NAME_MAX, PLACE_MAX = 70, 90
WAITING_MAX = 3


def task_line(row: TaskRow) -> str:
    """Write a group in two lines: what it is, and what most of its tasks wait for."""
    place = f" {inline(row.place, PLACE_MAX)}" if row.place else ""
    grows = f"\n⚠️ {growth_text(row.growth)}" if row.growth else ""
    waits = "".join(f"\n{line}" for line in waiting_lines(row.waiting[:1]))
    name, oldest = inline(row.name, NAME_MAX), duration(row.oldest)
    return f"**{row.count:,}** {name}{place} · oldest ≥ {oldest}{grows}{waits}"


def growth_text(growth: Growth) -> str:
    """Say how a group grows."""
    return f"grows: {growth.more:,} more than {duration(growth.seconds)} ago, perhaps a leak"


def waiting_lines(waiting: Sequence[Waiting]) -> list[str]:
    """Say what tasks wait for, most frequent first."""
    lines = []
    for one in waiting[:WAITING_MAX]:
        within = f" → {inline(one.within, PLACE_MAX)}" if one.within else ""
        times = f"{one.count} " if len(waiting) > 1 else ""
        lines.append(f"-# {times}at {inline(one.where, PLACE_MAX)}{within}")
    return lines

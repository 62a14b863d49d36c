"""Actions of the controls of /debug memory."""

from __future__ import annotations

from dataclasses import dataclass

from cogs.debug.ui.actions import Action
from cogs.debug.ui.windows import Window


@dataclass(frozen=True, slots=True)
class ShowMemory(Action, name="memory"):
    """Show the memory of a window."""

    window: Window

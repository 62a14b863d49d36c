"""Actions of the controls of /debug metrics."""

from __future__ import annotations

from dataclasses import dataclass

from cogs.debug.ui.actions import Action
from cogs.debug.ui.windows import Window


@dataclass(frozen=True, slots=True)
class ShowMetrics(Action, name="metrics"):
    """Show the metrics of a window."""

    window: Window

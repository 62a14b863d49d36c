"""Actions of the controls of /debug overview."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen
class ShowOverview(Action, name="overview"):
    """Show the overview of a window."""

    window: Window

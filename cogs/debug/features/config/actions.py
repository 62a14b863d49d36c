"""Actions of the controls of /debug config."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen


@frozen
class ShowConfig(Action, name="config"):
    """Show a page of the settings that have a text in them; all of them without one."""

    find: str
    page: int

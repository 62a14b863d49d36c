"""Actions of the controls of /debug loglevel."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen


@frozen
class StartDebugMode(Action, name="loglevel.debug"):
    """Switch debug mode on, for the time that the button says."""


@frozen
class RevertLevels(Action, name="loglevel.revert"):
    """Undo every change of a level."""

"""Actions of the controls of /debug loglevel."""

from __future__ import annotations

from dataclasses import dataclass

from cogs.debug.ui.actions import Action


@dataclass(frozen=True, slots=True)
class StartDebugMode(Action, name="loglevel.debug"):
    """Switch debug mode on, for the time that the button says."""


@dataclass(frozen=True, slots=True)
class RevertLevels(Action, name="loglevel.revert"):
    """Undo every change of a level."""

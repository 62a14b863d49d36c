"""Actions of the controls of /debug diagnose."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen


@frozen
class RunDiagnosis(Action, name="diagnose"):
    """Make all checks again."""


@frozen
class ShowDiagnosis(Action, name="diagnose.page"):
    """Show a page of the last report."""

    page: int

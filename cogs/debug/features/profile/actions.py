"""Actions of the controls of /debug profile."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen


@frozen
class ShowProfile(Action, name="profile"):
    """Show the latest profile, or how far it has come."""


@frozen
class EndProfile(Action, name="profile.end"):
    """End the profile that runs, and show what it has seen."""


@frozen
class StartProfile(Action, name="profile.start"):
    """Begin a profile of so many seconds, and follow it to its end."""

    seconds: int

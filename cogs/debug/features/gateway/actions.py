"""Actions of the controls of /debug gateway."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen
class ShowGateway(Action, name="gateway"):
    """Show the gateway in a window."""

    window: Window


@frozen
class AskStatusPage(Action, name="gateway.status"):
    """Ask discordstatus.com, and show the gateway in a window again."""

    window: Window

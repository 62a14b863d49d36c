"""Actions of the controls of /debug loop."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen
class ShowLoop(Action, name="loop"):
    """Show the lag of a window, and who blocked the loop.

    Attributes:
        window: how far back to look.
        page: of the list of culprits, from 1; 0 for the first one again.
    """

    window: Window
    page: int = 0


@frozen
class ShowCulprit(Action, name="loop.culprit"):
    """Show one that blocked the loop, with its stack and the times.

    Attributes:
        key: of the culprit.
        window: how far back to look.
    """

    key: str
    window: Window

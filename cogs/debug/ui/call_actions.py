"""Actions of the controls of /debug commands and /debug trace, each of which leads to the other."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window


@frozen
class ShowCommands(Action, name="commands"):
    """Show the commands of a window: one by its name, or a page of all."""

    find: str = ""
    window: Window = "1h"
    page: int = 1


@frozen
class OpenCommand(Action, name="commands.open"):
    """Show one command, by its name."""

    find: str
    window: Window = "1h"


@frozen
class ShowTrace(Action, name="trace", separator="|"):
    """Show a call with its parts.

    Attributes:
        find: a text in the names of the calls to choose from.
        service: of which they have a part, as ``names.written`` writes it.
        window: in which they were.
        call: to show, by the id of its interaction or message; 0 for the latest of them.
    """

    find: str = ""
    service: str = ""
    window: Window = "7d"
    call: int = 0


@frozen
class OpenTrace(ShowTrace, name="trace.open"):
    """Show one of the calls of a menu, which needs an action of its own."""

"""Actions of the controls of /debug memory."""

from __future__ import annotations

from typing import Literal

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen
from services.debugcog.windows import Window

Tracing = Literal["start", "show", "stop"]


@frozen
class ShowMemory(Action, name="memory"):
    """Show the memory of a window."""

    window: Window


@frozen
class TakeCensus(Action, name="memory.census"):
    """Count the objects, unless that was done just now; show what grew in a window."""

    window: Window = "1h"


@frozen
class CensusLater(Action, name="memory.later"):
    """Count them again by itself, in so many minutes."""

    minutes: int
    window: Window = "1h"


@frozen
class Trace(Action, name="memory.trace"):
    """Ask for tracing, show what it has found, or end it."""

    what: Tracing
    window: Window = "1h"


@frozen
class StartTracing(Action, name="memory.start"):
    """Trace allocations for so many minutes."""

    minutes: int
    window: Window = "1h"

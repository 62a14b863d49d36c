"""The names of all that a page may ask or do → the functions for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from discord_sandbox.page.actions import commands as acting
from discord_sandbox.page.actions import faults as breaking
from discord_sandbox.page.actions import queries as looking
from discord_sandbox.page.viewer import Seat
from discord_sandbox.world.core import JSON

Deed = Callable[[Seat, JSON], JSON | Awaitable[JSON]]

ALL: Mapping[str, Deed] = {
    "become": looking.become,
    "enter": looking.enter,
    "older": looking.older,
    "direct": looking.direct,
    "offered": looking.offered,
    "profile": looking.profile,
    "requests": looking.requests,
    "say": acting.say,
    "react": acting.react,
    "delete": acting.delete,
    "typing": acting.typing,
    "run": acting.run,
    "complete": acting.complete,
    "use": acting.use,
    "click": acting.click,
    "choose": acting.choose,
    "submit": acting.submit,
    "close": acting.close,
    "faults": breaking.faults,
    "fault": breaking.fault,
    "clear_faults": breaking.clear_faults,
}
OF_READERS = frozenset({"become", "enter", "older", "direct", "offered", "profile", "requests"})
"""What a page may ask where nobody may do anything."""

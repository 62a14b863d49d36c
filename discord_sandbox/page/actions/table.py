"""Name of an action → the function that performs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from discord_sandbox.page.actions import commands, faults, queries
from discord_sandbox.page.viewer import Viewer
from discord_sandbox.world.core import JSON

Action = Callable[[Viewer, JSON], JSON | Awaitable[JSON]]

ACTIONS: Mapping[str, Action] = {
    "become": queries.become,
    "enter": queries.enter,
    "older": queries.older,
    "direct": queries.direct,
    "offered": queries.offered,
    "profile": queries.profile,
    "requests": queries.requests,
    "say": commands.say,
    "react": commands.react,
    "delete": commands.delete,
    "typing": commands.typing,
    "run": commands.run,
    "complete": commands.complete,
    "use": commands.use,
    "click": commands.click,
    "choose": commands.choose,
    "submit": commands.submit,
    "close": commands.close,
    "faults": faults.faults,
    "fault": faults.fault,
    "clear_faults": faults.clear_faults,
}
IN_REPLAY = frozenset({"become", "enter", "older", "direct", "offered", "profile", "requests"})
"""What a page may ask where nobody may do anything."""

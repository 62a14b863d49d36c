"""Actions of /debug trace → a fresh TracesAnswer, rendered."""

from __future__ import annotations

from functools import partial

from cogs.debug.features.trace.reply import trace_reply
from cogs.debug.ui import names
from cogs.debug.ui.call_actions import OpenTrace, ShowTrace
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import OPTIONS_MAX, Reply
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.traces import names_of, services_of, traces
from services.debugcog.windows import Window


class TraceHandlers:
    """Answers the command and its controls.

    Args:
        sources: have the calls.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def controls(self) -> tuple[Control[ShowTrace], Control[OpenTrace]]:
        """List what the controls do."""
        return Control(ShowTrace, asked(self.show)), Control(OpenTrace, asked(self.show))

    async def show(self, action: ShowTrace) -> Reply:
        """Show a call that was chosen, or the latest."""
        service = names.read(action.service, services_of(self._sources, ""))
        return await self._reply(service, action.find, action.window, action.call)

    async def open(self, service: str, find: str, window: Window) -> Reply:
        """Show the latest call of a service and of a name in a window."""
        return await self._reply(service, find, window, 0)

    async def services(self, typed: str) -> list[tuple[str, str]]:
        """Offer the services that have a text in their name."""
        return [(name, name) for name in services_of(self._sources, typed)[:OPTIONS_MAX]]

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Offer the calls that have a text in their name."""
        return [(name, name) for name in names_of(self._sources, typed)[:OPTIONS_MAX]]

    async def _reply(self, service: str, find: str, window: Window, call_id: int) -> Reply:
        work = partial(traces, self._sources, service, find, window, call_id)
        return trace_reply(await self._sources.off_loop(work), call_id)

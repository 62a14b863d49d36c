"""What is asked or done about error groups → Reply: the list, or the group as it stands."""

from __future__ import annotations

import time
from dataclasses import replace

from cogs.debug.app.runtime import Runtime
from cogs.debug.features.errors.reply import FILTERS, details, listing
from cogs.debug.ui.component_interaction import ControlError, duration
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.reply import Reply, clip, problem
from services.debugcog.errors.records import ErrorGroup


class ErrorPanels:
    """Each panel is one call of the error store, and one reply built from its answer."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._store = runtime.errors.store
        self._release = runtime.settings.release

    async def open(self, find: str = "") -> Reply:
        """List error groups, or show the one that was asked for."""
        if not find:
            return await self.recent("")
        return self._shown(await self._store.find(find), find)

    async def recent(self, chosen: str) -> Reply:
        """List the error groups that were seen last, all or those in some states."""
        chosen = "" if chosen == "all" else chosen
        if chosen not in FILTERS:
            raise ControlError(f"no filter {chosen!r}")
        groups = await self._store.groups(states=FILTERS[chosen][1])
        reply = listing(groups, time.time(), chosen)
        trouble = self._runtime.database.trouble
        return replace(reply, content=plain(f"⚠️ State file: {trouble}")) if trouble else reply

    async def mute(self, argument: str) -> Reply:
        """Mute a group, or end that; ``argument`` is ``<group>.<seconds>``."""
        group, _, text = argument.partition(".")
        seconds = duration(text)
        if not seconds:  # "Unmute" of an older version's card
            return await self.reopen(group)
        return self._shown(await self._store.mute(group, time.time() + seconds), group)

    async def resolve(self, group: str) -> Reply:
        """Call a group resolved, and show it."""
        return self._shown(await self._store.resolve(group), group)

    async def resolve_next(self, group: str) -> Reply:
        """Call a group resolved as soon as another release runs, and show it."""
        if not self._release:
            return problem("Set `RELEASE` first: without it no release can be told from the next.")
        return self._shown(await self._store.resolve(group, next_release=True), group)

    async def reopen(self, group: str) -> Reply:
        """Undo that a group was muted or resolved, and show it."""
        before = await self._store.find(group)
        reply = self._shown(await self._store.reopen(group), group)
        if before is not None and before.state not in ("muted", "resolved"):
            return replace(reply, content="It is neither muted nor resolved any more.")
        return reply

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete groups of errors by what is in their type, message or place."""
        groups = await self._store.groups()
        names = [(f"{one.id} · {one.type} · {one.where}", one.id) for one in groups]
        return [(clip(name, 100), value) for name, value in names if typed.lower() in name.lower()]

    def _shown(self, group: ErrorGroup | None, asked: str) -> Reply:
        if group is None:
            return problem(
                f"No error is known as {inline(asked, 60)}. It may have been too long ago; "
                "`/debug errors` lists what is kept."
            )
        return details(group, time.time(), self._release)

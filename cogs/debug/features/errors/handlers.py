"""Handlers of /debug errors and its controls: each calls ErrorStore and returns a Reply."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cogs.debug.features.errors.actions import (
    ListErrors,
    MuteError,
    OpenError,
    ReopenError,
    ResolveError,
    ResolveInNextRelease,
)
from cogs.debug.features.errors.reply import FILTERS, details, listing
from cogs.debug.ui.escaping import inline, plain
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply, clip, problem
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.store import ErrorStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorHandlers:
    """What /debug errors and its controls do.

    Attributes:
        store: of the error groups.
        release: the host's version; empty when it is not told.
        trouble: tells what is lost of the state file, and why; None when all is well.
    """

    store: ErrorStore
    release: str
    trouble: Callable[[], str | None]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ListErrors, asked(self.recent)),
            Control(OpenError, asked(lambda action: self.open(action.find))),
            Control(MuteError, asked(self.mute)),
            Control(ResolveError, asked(self.resolve)),
            Control(ResolveInNextRelease, asked(self.resolve_next)),
            Control(ReopenError, asked(lambda action: self.reopen(action.group))),
        )

    async def open(self, find: str) -> Reply:
        """List error groups, or show the one that was asked for."""
        if not find:
            return await self.recent(ListErrors())
        return self._shown(await self.store.find(find), find)

    async def recent(self, action: ListErrors) -> Reply:
        """List the error groups that were seen last, all or those in some states."""
        show = action.show or "all"
        groups = await self.store.groups(states=FILTERS[show][1])
        reply = listing(groups, time.time(), show)
        trouble = self.trouble()
        return replace(reply, content=plain(f"⚠️ State file: {trouble}")) if trouble else reply

    async def mute(self, action: MuteError) -> Reply:
        """Mute a group, or end that."""
        if not action.seconds:
            return await self.reopen(action.group)
        group = await self.store.mute(action.group, time.time() + action.seconds)
        return self._shown(group, action.group)

    async def resolve(self, action: ResolveError) -> Reply:
        """Call a group resolved, and show it."""
        return self._shown(await self.store.resolve(action.group), action.group)

    async def resolve_next(self, action: ResolveInNextRelease) -> Reply:
        """Call a group resolved as soon as another release runs, and show it."""
        if not self.release:
            return problem("Set `RELEASE` first: without it no release can be told from the next.")
        group = await self.store.resolve(action.group, next_release=True)
        return self._shown(group, action.group)

    async def reopen(self, group: str) -> Reply:
        """Undo that a group was muted or resolved, and show it."""
        before = await self.store.find(group)
        reply = self._shown(await self.store.reopen(group), group)
        if before is not None and before.state not in ("muted", "resolved"):
            return replace(reply, content="It is neither muted nor resolved any more.")
        return reply

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete groups of errors by what is in their type, message or place."""
        groups = await self.store.groups()
        names = [(f"{one.id} · {one.type} · {one.where}", one.id) for one in groups]
        return [(clip(name, 100), value) for name, value in names if typed.lower() in name.lower()]

    def _shown(self, group: ErrorGroup | None, asked_for: str) -> Reply:
        if group is None:
            return problem(
                f"No error is known as {inline(asked_for, 60)}. It may have been too long ago; "
                "`/debug errors` lists what is kept."
            )
        return details(group, time.time(), self.release)

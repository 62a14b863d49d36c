"""Handlers of /debug errors and its controls: each calls ErrorStore and returns a Reply."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cogs.debug.features.errors.actions import (
    ErrorPage,
    Filter,
    ListErrors,
    MuteError,
    OpenError,
    ReopenError,
    ResolveError,
    ResolveInNextRelease,
    UndoError,
)
from cogs.debug.features.errors.reply import FILTERS, LISTED, details, listing
from cogs.debug.ui.escaping import inline, plain, prose, short
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Button, Reply, done, problem
from cogs.debug.ui.times import at
from services.debugcog.errors.groups import DISPOSED, milliseconds
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.sentences import STATES, place, title
from services.debugcog.errors.store import ErrorStore
from services.debugcog.frozen import frozen
from services.debugcog.wording import clip

NAME_MAX = 120


@frozen(kw_only=True)
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
            Control(ListErrors, asked(lambda action: self.page("", action.show or "all", 1))),
            Control(ErrorPage, asked(self.turn)),
            Control(OpenError, asked(lambda action: self.open(action.find))),
            Control(MuteError, self.mute),
            Control(ResolveError, self.resolve),
            Control(ResolveInNextRelease, self.resolve_next),
            Control(UndoError, self.undo),
            Control(ReopenError, lambda action, by: self.reopen(action.group, by)),
        )

    async def open(self, find: str) -> Reply:
        """List error groups, or show the one that was asked for; a text is searched for."""
        if not find.strip():
            return await self.page("", "all", 1)
        group = await self.store.find(find)
        if group is not None:
            return details(group, time.time(), self.release)
        return await self.page(find, "all", 1)

    async def turn(self, action: ErrorPage) -> Reply:
        """Show a page of a list."""
        return await self.page(action.find, action.show or "all", action.page)

    async def page(self, find: str, show: Filter, page: int) -> Reply:
        """List a page of the error groups that have a text, all or those in some states."""
        found = await self.store.ranked(page, LISTED, FILTERS[show][1], find)
        if find and not found.groups:
            return _unknown(find)
        if find and found.total == 1:
            return details(found.groups[0], time.time(), self.release)
        reply = listing(found.groups, time.time(), show, find, page=found.page, total=found.total)
        trouble = self.trouble()
        return replace(reply, content=plain(f"⚠️ State file: {trouble}")) if trouble else reply

    async def mute(self, action: MuteError, by: str) -> Reply:
        """Mute a group, or end that."""
        if not action.seconds:
            return await self.reopen(action.group, by)
        until = time.time() + action.seconds
        group = await self.store.mute(action.group, until, by)
        return _changed(group, action.group, f"Muted until {at(until)}", "It is still counted.")

    async def resolve(self, action: ResolveError, by: str) -> Reply:
        """Call a group resolved."""
        group = await self.store.resolve(action.group, by=by)
        return _changed(group, action.group, "Resolved", "Its next error is posted.")

    async def resolve_next(self, action: ResolveInNextRelease, by: str) -> Reply:
        """Call a group resolved as soon as another release runs."""
        if not self.release:
            return problem("Set `RELEASE` first: without it no release can be told from the next.")
        group = await self.store.resolve(action.group, next_release=True, by=by)
        after = "Its next error in another release is posted."
        return _changed(group, action.group, "Resolved in the next release", after)

    async def reopen(self, group: str, by: str) -> Reply:
        """Undo that a group was muted or resolved, however long ago."""
        before = await self.store.find(group)
        after = await self.store.reopen(group, by)
        if before is None or after is None:
            return _unknown(group)
        if before.state not in DISPOSED:
            return done(f"{_name(after)} is neither muted nor resolved any more.", _details(after))
        return done(f"Reopened: {_name(after)}.", _details(after))

    async def undo(self, action: UndoError, by: str) -> Reply:
        """Undo that a group was muted or resolved a while ago."""
        before = await self.store.find(action.group)
        after = await self.store.undo(action.group, action.at, by)
        if before is None or after is None:
            return _unknown(action.group)
        if before.since == after.since:
            text = f"Too late to undo: {_name(after)} was changed since."
            return done(text, _details(after))
        state = STATES[after.state][1].lower()
        return done(f"Undone: {_name(after)} is as before ({state}).", _details(after))

    async def names(self, typed: str) -> list[tuple[str, str]]:
        """Complete groups of errors by what is in their type, message or place."""
        groups = await (self.store.search(typed) if typed.strip() else self.store.groups())
        names = [(f"{title(one)} · {place(one)} · {one.id}", one.id) for one in groups]
        return [(clip(name, 100), value) for name, value in names]


def _unknown(asked_for: str) -> Reply:
    return problem(
        f"No error is known as {inline(asked_for, 60)}. It may have been deleted by now; "
        "`/debug errors` lists what is kept."
    )


def _changed(group: ErrorGroup | None, asked_for: str, what: str, then: str) -> Reply:
    """Answer what was done with a group in one line, with a button that undoes it."""
    if group is None:
        return _unknown(asked_for)
    undo = Button("Undo", UndoError(group.id, milliseconds(group.since)))
    return done(f"{what}: {_name(group)}. {then}", undo, _details(group))


def _details(group: ErrorGroup) -> Button:
    return Button("Details", OpenError(group.id))


def _name(group: ErrorGroup) -> str:
    return prose(short(title(group), NAME_MAX))

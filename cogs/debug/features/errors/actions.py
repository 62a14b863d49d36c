"""Actions of the controls of /debug errors and of error group cards."""

from __future__ import annotations

from typing import Literal

from cogs.debug.ui.actions import Action, Seconds
from services.debugcog.frozen import frozen

Filter = Literal["all", "open", "muted", "resolved", ""]
"""Which groups a list shows; empty on buttons that were sent before "all" had a name."""


@frozen
class ListErrors(Action, name="errors"):
    """List the error groups in some states, the worst first."""

    show: Filter = "all"


@frozen
class ErrorPage(Action, name="errors.page"):
    """Show a page of the error groups in some states that have a text."""

    find: str
    show: Filter
    page: int


@frozen
class OpenError(Action, name="errors.details"):
    """Show one group, found by its id or by that of one of its errors."""

    find: str


@frozen
class MuteError(Action, name="errors.mute"):
    """Mute a group for a time; 0 seconds end that, as "Unmute" of older cards did."""

    group: str
    seconds: Seconds


@frozen
class ResolveError(Action, name="errors.resolve"):
    """Call a group resolved."""

    group: str


@frozen
class ResolveInNextRelease(Action, name="errors.resolve_next"):
    """Call a group resolved as soon as another release runs."""

    group: str


@frozen
class ReopenError(Action, name="errors.reopen"):
    """Undo that a group was muted or resolved."""

    group: str


@frozen
class UndoError(Action, name="errors.undo"):
    """Undo that a group was muted or resolved, told from others by its unix milliseconds."""

    group: str
    at: int

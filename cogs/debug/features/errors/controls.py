"""ErrorGroup → the controls of its card and of its details."""

from __future__ import annotations

import discord

from cogs.debug.features.errors.actions import (
    ListErrors,
    MuteError,
    OpenError,
    ReopenError,
    ResolveError,
    ResolveInNextRelease,
)
from cogs.debug.ui.actions import Seconds
from cogs.debug.ui.reply import Button, Menu, Option
from services.debugcog.errors.records import ErrorGroup

MUTE = Seconds(86_400)
MUTES = (("1 h", Seconds(3600)), ("24 h", MUTE), ("7 d", Seconds(7 * 86_400)))
ALL_ERRORS = Button("All errors", ListErrors())


def controls(group: ErrorGroup) -> tuple[Button, ...]:
    """Offer what can be done; the state is in the ids, so that the buttons work after a restart."""
    opened = Button("Details", OpenError(group.id))
    if group.state == "resolved":
        return (opened, _mute_button(group), _undo(group))
    mute = _undo(group) if group.state == "muted" else _mute_button(group)
    return (opened, mute, _resolve(group))


def panel_controls(group: ErrorGroup, release: str) -> tuple[Button | Menu, ...]:
    """Offer all that can be done to who has opened a group."""
    found: list[Button | Menu] = []
    if group.state != "resolved":
        found.append(_resolve(group))
        if release:
            found.append(Button("Resolve in next release", ResolveInNextRelease(group.id)))
    if group.state in ("resolved", "muted"):
        found.append(_undo(group))
    found += [Button("Refresh", OpenError(group.id)), ALL_ERRORS]
    options = tuple(Option(name, MuteError(group.id, seconds)) for name, seconds in MUTES)
    return (*found, Menu("Mute for …", options))


def _resolve(group: ErrorGroup) -> Button:
    return Button("Resolve", ResolveError(group.id), style=discord.ButtonStyle.success)


def _mute_button(group: ErrorGroup) -> Button:
    return Button("Mute 24 h", MuteError(group.id, MUTE))


def _undo(group: ErrorGroup) -> Button:
    return Button("Unmute" if group.state == "muted" else "Reopen", ReopenError(group.id))

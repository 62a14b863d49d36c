"""Command as it is sent, and as Discord shows it → whether they are the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARED = ("name", "description", "type", "options", "default_member_permissions", "nsfw")


def same(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Return whether Discord already holds our command."""
    return all(_plain(ours.get(key)) == _plain(theirs.get(key)) for key in COMPARED)


def _plain(value: Any) -> Any:
    """Drop what Discord leaves out or fills in: nulls, false flags, what is empty, localizations.

    A context menu has no description: discord.py sends none, and Discord shows an empty one.
    """
    if isinstance(value, Mapping):
        kept = {key: _plain(item) for key, item in value.items() if "localiz" not in key}
        return {key: item for key, item in kept.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value] or None
    if isinstance(value, bool) or value is None:
        return value or None
    return str(value) or None

"""Actions of the controls of /debug users."""

from __future__ import annotations

from typing import Literal

from cogs.debug.ui.actions import Action
from services.debugcog.answers.usage import Most
from services.debugcog.frozen import frozen

Sort = Literal[
    "-last_seen", "-affection", "-conversations", "-messages", "-interactions", "name", "last_seen"
]


@frozen
class ShowUsers(Action, name="users"):
    """Show a page of the users that have a text in them, and who uses the bot most."""

    search: str
    sort: Sort
    most: Most
    page: int


@frozen
class OpenUser(Action, name="users.open"):
    """Show one user, by the id, with a page of conversations."""

    user: str
    page: int


@frozen
class ShowMost(ShowUsers, name="users.most"):
    """Show the same with others who use it most: a menu of its own needs an action of its own."""

"""UserProvider: what a host implements so that its users are shown; and what it answers with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Literal, Protocol, TypeVar

from services.debugcog.frozen import frozen

T = TypeVar("T")

UserSort = Literal["name", "affection", "conversations", "messages", "last_seen"]


@frozen(kw_only=True)
class UserQuery:
    """Which profiles are asked for, and in which order.

    Attributes:
        search: part of a name or an id, as somebody typed it; empty for all users.
        sort: what they are sorted by.
        descending: the largest, or latest, first.
        offset: how many are left out at the beginning.
        limit: how many are shown at most.
    """

    search: str = ""
    sort: UserSort = "last_seen"
    descending: bool = True
    offset: int = 0
    limit: int = 50


@frozen(kw_only=True)
class RecentInteraction:
    """One thing that a user did lately.

    Attributes:
        at: unix seconds.
        text: what it was, such as the name of a command.
    """

    at: float
    text: str


@frozen(kw_only=True)
class UserProfile:
    """One user.

    Attributes:
        id: the host's own, by which it finds the user again.
        name: as people know the user.
        affection: affection level, on the host's own scale; None where there is none.
        conversations: how many there are; None where nobody counts them.
        messages: how many there are; None where nobody counts them.
        last_seen: unix seconds; None where it is not known.
        interactions: the latest, the newest first; only of the one user whose page is open.
    """

    id: str
    name: str
    affection: float | None = None
    conversations: int | None = None
    messages: int | None = None
    last_seen: float | None = None
    interactions: Sequence[RecentInteraction] = ()


@frozen(kw_only=True)
class Conversation:
    """One conversation of a user's with the bot.

    Attributes:
        id: the host's own, by which it finds the conversation again.
        title: as it is listed; may be empty.
        messages: how many there are; None where nobody counts them.
        last_at: when its last message was written, in unix seconds; None where it is not known.
    """

    id: str
    title: str = ""
    messages: int | None = None
    last_at: float | None = None


@frozen(kw_only=True)
class Message:
    """One message of a conversation.

    Attributes:
        at: unix seconds.
        author: who wrote it: the user's name, or the bot's.
        text: of the message.
    """

    at: float
    author: str
    text: str


@frozen
class Page(Generic[T]):
    """A part of a list.

    Attributes:
        items: what was asked for, a list or tuple.
        total: how many there are on all pages.
    """

    items: Sequence[T]
    total: int


class UserProvider(Protocol):
    """Tells of the users of a bot; each method is awaited on the bot's event loop.

    It reads only, and has 2 seconds for an answer.
    """

    async def profiles(self, query: UserQuery, /) -> Page[UserProfile]:
        """Return some of the users."""

    async def profile(self, user_id: str, /) -> UserProfile | None:
        """Return one user, with recent interactions; None where there is no such user."""

    async def conversations(self, user_id: str, offset: int, limit: int, /) -> Page[Conversation]:
        """Return some conversations of a user, the latest first."""

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int, /
    ) -> Page[Message]:
        """Return some messages of a conversation, the latest first."""


METHODS = ("profiles", "profile", "conversations", "messages")
"""What a provider has to have."""

"""What pages and commands show of users: frozen rows, and the answers made of them."""

from __future__ import annotations

from typing import Literal

from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen
from services.debugcog.invisible import visible_name
from services.debugcog.users.provider import Conversation, Message, RecentInteraction, UserProfile

ROWS = 50
"""Rows of a page."""

Kind = Literal["provider", "seen"]
"""Where it comes from: the host's provider, or what the cog itself has seen."""


class NoSuchError(ValueError):
    """A question asks for a page or an order that there is not; the text says which there are."""


@frozen
class UserRow:
    """One user; a figure without a value is not known.

    Attributes:
        id: by which the user is asked for.
        name: without secrets; empty where nothing of it would be seen, so that the id is shown.
        affection: level, on the host's own scale.
        conversations: with the bot.
        messages: to the bot, as the provider counts; or all that the cog saw.
        interactions: commands, buttons, menus and forms; only where the cog counts.
        last_seen: unix seconds.
    """

    id: str
    name: str
    affection: Figure
    conversations: Figure
    messages: Figure
    interactions: Figure
    last_seen: float | None


@frozen
class InteractionRow:
    """What a user did lately: when, in unix seconds, and what."""

    at: float
    text: str


@frozen
class ConversationRow:
    """One conversation: its id, its title, how many messages, and when the last was written."""

    id: str
    title: str
    messages: Figure
    last_at: float | None


@frozen
class MessageRow:
    """One message: when, in unix seconds, by whom, and what."""

    at: float
    author: str
    text: str


@frozen(kw_only=True)
class Paged:
    """Part of a list.

    Attributes:
        page: number of this one, from 1 on.
        pages: how many there are, 1 at least.
        total: rows on all of them.
        trouble: why something is missing, in a sentence; None where nothing is.
    """

    page: int
    pages: int
    total: int
    trouble: str | None = None


@frozen(kw_only=True)
class UsersAnswer(Paged):
    """The list of users.

    Attributes:
        kind: where it comes from.
        columns: those of ``UserRow`` that this kind knows.
        sort: what it is sorted by, with a minus sign where the largest come first.
        users: 50 at most.
    """

    kind: Kind
    columns: tuple[str, ...]
    sort: str
    users: tuple[UserRow, ...] = ()


@frozen(kw_only=True)
class UserAnswer(Paged):
    """One user.

    Attributes:
        kind: where it comes from.
        user: None where there is no such user, or where it is not known.
        interactions: recent ones, the latest first.
        conversations: those of this page.
        contents: whether their messages may be asked for.
    """

    kind: Kind
    user: UserRow | None = None
    interactions: tuple[InteractionRow, ...] = ()
    conversations: tuple[ConversationRow, ...] = ()
    contents: bool = False


@frozen(kw_only=True)
class ConversationAnswer(Paged):
    """One conversation.

    Attributes:
        user_id: whose it is.
        id: of the conversation.
        messages: those of this page.
    """

    user_id: str
    id: str
    messages: tuple[MessageRow, ...] = ()


def pages_of(total: int) -> int:
    """Return on how many pages so many rows stand."""
    return max(1, -(-total // ROWS))


def row_of(profile: UserProfile) -> UserRow:
    """Make the row of a profile."""
    return UserRow(
        id=profile.id,
        name=visible_name(profile.name),
        affection=Figure(profile.affection),
        conversations=Figure(profile.conversations),
        messages=Figure(profile.messages),
        interactions=Figure(None),
        last_seen=profile.last_seen,
    )


def interaction_row(one: RecentInteraction) -> InteractionRow:
    """Make the row of an interaction."""
    return InteractionRow(one.at, one.text)


def conversation_row(one: Conversation, *, contents: bool) -> ConversationRow:
    """Make the row of a conversation; its title is content, too."""
    return ConversationRow(one.id, one.title if contents else "", Figure(one.messages), one.last_at)


def message_row(one: Message) -> MessageRow:
    """Make the row of a message."""
    return MessageRow(one.at, one.author, one.text)

"""Channels of every kind, threads, and webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from discord_sandbox.world.core import Signal
from discord_sandbox.world.messages import Message, MessageLog
from discord_sandbox.world.permissions import Overwrite
from discord_sandbox.world.users import User


class Kind(IntEnum):
    """The channel types that the sandbox knows."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    GROUP = 3  # a direct message between people, without the bot
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = (Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD)


@dataclass(slots=True, eq=False)
class Webhook:
    """A webhook of a channel; who knows its token may post through it."""

    id: int
    token: str
    channel: Channel
    name: str
    creator: User
    avatar: str | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that posts of a forum may have; a moderated one is for those who manage threads."""

    id: int
    name: str
    moderated: bool = False
    emoji: str | None = None


@dataclass(slots=True, eq=False)
class ForumState:
    """What a forum has beyond a channel."""

    tags: list[Tag] = field(default_factory=list)
    tag_required: bool = False

    def named(self, tag_ids: list[int]) -> list[str]:
        """Return the names of tags, in the forum's order."""
        return [tag.name for tag in self.tags if tag.id in tag_ids]


@dataclass(slots=True, eq=False)
class ThreadState:
    """What a thread has beyond a channel; ``members`` maps user ids to when they joined."""

    owner_id: int
    created_at: float
    archived_at: float
    auto_archive_minutes: int = 1440
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    tags: list[int] = field(default_factory=list)  # of a post in a forum
    members: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """A channel, thread or direct message, and what was written in it."""

    id: int
    name: str
    kind: Kind
    guild_id: int | None = None  # None for a direct message
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    position: int = 0
    topic: str | None = None
    nsfw: bool = False
    slowmode: int = 0
    parent: Channel | None = None
    recipients: tuple[User, ...] = ()
    thread: ThreadState | None = None
    forum: ForumState | None = None
    log: MessageLog = field(default_factory=MessageLog)
    whispers: dict[int, Message] = field(default_factory=dict)  # ephemeral messages by id
    nonces: dict[str, Message] = field(default_factory=dict)  # the bot's last messages by nonce
    last_message_id: int | None = None
    last_pin_at: float | None = None
    signal: Signal = field(default_factory=Signal)

    def __repr__(self) -> str:
        return f"<Channel #{self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """The text that mentions the channel."""
        return f"<#{self.id}>"

    @property
    def messages(self) -> list[Message]:
        """What everybody sees in it, oldest first."""
        return list(self.log)

    @property
    def tags(self) -> list[str]:
        """The names of a post's tags, in the forum's order."""
        forum = self.parent.forum if self.parent else None
        return forum.named(self.thread.tags) if forum and self.thread else []

    def find(self, message_id: int) -> Message | None:
        """Return one of its messages, ephemeral ones included."""
        return self.log.get(message_id) or self.whispers.get(message_id)

    def wait_for(
        self, predicate: Callable[[Message], bool], timeout: float = 30.0
    ) -> Awaitable[Message]:
        """Wait until the channel shows a message that matches; return the newest that does.

        Raises:
            SandboxError: none did within ``timeout`` seconds.
        """

        def condition() -> Message | None:
            return next((m for m in reversed(self.messages) if predicate(m)), None)

        def complaint() -> str:
            shown = "".join(f"\n  {m.author.name}: {m.text!r}" for m in self.messages[-5:])
            return f"no message in #{self.name} matched; it ends with:{shown or ' nothing'}"

        return self.signal.until(condition, timeout, complaint)

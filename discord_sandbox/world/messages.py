"""Messages, their attachments, and the log of a channel."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from discord_sandbox.world.core import JSON
from discord_sandbox.world.files import Signer
from discord_sandbox.world.users import Role, User

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
HAS_THREAD = 1 << 5


@dataclass(slots=True, eq=False)
class Attachment:
    """A file of a message, kept in memory and served by the CDN."""

    id: int
    channel_id: int
    filename: str
    data: bytes = field(repr=False)
    content_type: str
    signer: Signer = field(repr=False)
    width: int | None = None
    height: int | None = None
    description: str | None = None
    ephemeral: bool = False
    embedded: bool = False  # shown by an embed, so left out of the message's own list

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return len(self.data)

    @property
    def path(self) -> str:
        """Where the CDN has it."""
        kind = "ephemeral-attachments" if self.ephemeral else "attachments"
        return f"/{kind}/{self.channel_id}/{self.id}/{self.filename}"

    @property
    def url(self) -> str:
        """An address of it that is good for a day."""
        return self.signer.sign(self.path)


@dataclass(frozen=True, slots=True)
class Pings:
    """Whom a text mentions in a way that notifies, after allowed_mentions and permissions."""

    users: tuple[User, ...] = ()
    roles: tuple[Role, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """One message; ``pings`` follows edits, ``notified`` is whom its creation notified."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    created_at: float
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    tts: bool = False
    edited_at: float | None = None
    pinned_at: float | None = None
    nonce: str | int | None = None
    pings: Pings = Pings()
    notified: Pings = Pings()
    reactions: dict[str, list[int]] = field(default_factory=dict)  # emoji → user ids
    reference: JSON | None = None
    referenced: Message | None = None
    webhook_id: int | None = None
    application_id: int | None = None
    interaction: JSON | None = None  # the deprecated short form
    interaction_metadata: JSON | None = None
    viewer: User | None = None  # of an ephemeral message: the only one who sees it
    thread_id: int | None = None
    late_edits: list[float] = field(default_factory=list)  # times of edits when older than 1 h
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<Message of {self.author.name}: {self.text[:80]!r}>"

    @property
    def ephemeral(self) -> bool:
        """Whether only the one who used the command sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Whether it shows "… is thinking" until it is edited."""
        return bool(self.flags & LOADING)

    @property
    def edited(self) -> bool:
        """Whether it is marked "(edited)"."""
        return self.edited_at is not None

    @property
    def mentions(self) -> tuple[User, ...]:
        """The users whom it really mentions."""
        return self.pings.users

    @property
    def text(self) -> str:
        """Everything that a person reads in it: content, embeds, text of components."""
        lines = [self.content]
        for embed in self.embeds:
            lines += _embed_lines(embed)
        lines += [part["content"] for part in walk(self.components) if part["type"] == 10]
        return "\n".join(line for line in lines if line)


def walk(components: list[JSON]) -> Iterator[JSON]:
    """Yield every component, outer ones first, whatever holds it."""
    for component in components:
        yield component
        inner = list(component.get("components", ()))
        inner += [component[key] for key in ("accessory", "component") if component.get(key)]
        yield from walk(inner)


def _embed_lines(embed: JSON) -> Iterator[str]:
    yield embed.get("author", {}).get("name", "")
    yield embed.get("title", "")
    yield embed.get("description", "")
    for each in embed.get("fields", ()):
        yield f"{each['name']}\n{each['value']}"
    yield embed.get("footer", {}).get("text", "")


class MessageLog:
    """The messages of a channel by id, oldest first."""

    def __init__(self) -> None:
        self._by_id: dict[int, Message] = {}
        self._ids: list[int] = []

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_id.values())

    def add(self, message: Message) -> None:
        """Append a message, whose id is the largest so far."""
        self._by_id[message.id] = message
        self._ids.append(message.id)

    def get(self, message_id: int) -> Message | None:
        """Return a message, or None."""
        return self._by_id.get(message_id)

    def remove(self, message_id: int) -> None:
        """Take a message out."""
        self._by_id.pop(message_id).deleted = True
        del self._ids[bisect.bisect_left(self._ids, message_id)]

    def before(self, message_id: int | None, limit: int) -> list[Message]:
        """Return up to ``limit`` messages older than an id (or the newest), newest first."""
        end = len(self._ids) if message_id is None else bisect.bisect_left(self._ids, message_id)
        return [self._by_id[i] for i in reversed(self._ids[max(0, end - limit) : end])]

    def after(self, message_id: int, limit: int) -> list[Message]:
        """Return up to ``limit`` messages newer than an id, newest first."""
        start = bisect.bisect_right(self._ids, message_id)
        return [self._by_id[i] for i in reversed(self._ids[start : start + limit])]

    def around(self, message_id: int, limit: int) -> list[Message]:
        """Return the message and those before and after it, newest first."""
        older = self.before(message_id, limit // 2)
        newer = self.after(message_id - 1, limit - len(older))
        return newer + older

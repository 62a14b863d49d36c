"""Validated body and files → a message that is posted, edited or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from discord_sandbox.world import changes, mentions, presentation, uploads
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Message,
)
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World

MAY_SET = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | EPHEMERAL | COMPONENTS_V2
"""Flags that a bot may set; what else it sends is ignored."""


class File(Protocol):
    """An uploaded file; ``index`` is the n of ``files[n]``."""

    @property
    def index(self) -> int: ...  # noqa: D102 - the class says it
    @property
    def filename(self) -> str: ...  # noqa: D102 - the class says it
    @property
    def data(self) -> bytes: ...  # noqa: D102 - the class says it


@dataclass(frozen=True, slots=True)
class Origin:
    """Who posts, and by what: the bot itself, an interaction, a webhook, or a person."""

    author: User
    type: int = 0
    viewer: User | None = None  # of an ephemeral message
    webhook_id: int | None = None
    application_id: int | None = None
    interaction: JSON | None = None
    interaction_metadata: JSON | None = None
    extra_flags: int = 0


def post(
    world: World,
    channel: Channel,
    origin: Origin,
    body: JSON,
    files: Sequence[File] = (),
    reply_to: Message | None = None,
    *,
    message_id: int | None = None,
) -> Message:
    """Put a message into a channel and tell everybody; the first of a post has the post's id."""
    now = world.clock()
    message = Message(
        id=message_id or world.ids.next(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=origin.author,
        created_at=now,
        flags=(body.get("flags") or 0) & MAY_SET | origin.extra_flags,
        type=19 if reply_to and origin.type == 0 else origin.type,
        tts=bool(body.get("tts")),
        nonce=body.get("nonce"),
        webhook_id=origin.webhook_id,
        application_id=origin.application_id,
        interaction=origin.interaction,
        interaction_metadata=origin.interaction_metadata,
    )
    if message.ephemeral:
        message.viewer = origin.viewer
    if reply_to:
        _refer(message, reply_to)
    _fill(world, channel, message, body, files)
    if not message.flags & SUPPRESS_NOTIFICATIONS:
        message.notified = message.pings
    _keep(world, channel, message)
    return message


def edit(
    world: World, channel: Channel, message: Message, body: JSON, files: Sequence[File] = ()
) -> None:
    """Change what an edit names; the mentions are found anew, and notify nobody."""
    _fill(world, channel, message, body, files)
    if "flags" in body:
        kept = message.flags & ~(SUPPRESS_EMBEDS | COMPONENTS_V2)
        message.flags = kept | (body["flags"] or 0) & (SUPPRESS_EMBEDS | COMPONENTS_V2)
    if message.thinking:  # the first edit of a deferred response is its posting
        message.flags &= ~LOADING
        message.notified = message.pings
    else:
        message.edited_at = world.clock()
    announce(world, channel, message, "MESSAGE_UPDATE")


def delete(world: World, channel: Channel, message: Message) -> None:
    """Take a message away."""
    if message.ephemeral:
        del channel.whispers[message.id]
        message.deleted = True
    else:
        channel.log.remove(message.id)
    for attachment in message.attachments:
        world.attachments.pop(attachment.id, None)
    announce(world, channel, message, "MESSAGE_DELETE")


def announce(world: World, channel: Channel, message: Message, name: str) -> None:
    """Emit the event of a message; that of an ephemeral one is shaped like a direct message's.

    Source: https://github.com/discord/discord-api-docs/issues/4557.
    """
    guild_id = None if message.ephemeral else channel.guild_id
    world.emit(Event(name, message, guild_id, channel.id))
    channel.signal.notify()


def _keep(world: World, channel: Channel, message: Message) -> None:
    if message.ephemeral:
        channel.whispers[message.id] = message
    else:
        if channel.thread and channel.thread.archived:  # docs/topics/threads
            channel.thread.archived, channel.thread.archived_at = False, world.clock()
            changes.update_channel(world, channel)
        channel.log.add(message)
        channel.last_message_id = message.id
    announce(world, channel, message, "MESSAGE_CREATE")


def _refer(message: Message, target: Message) -> None:
    message.referenced = target
    message.reference = {
        "type": 0,
        "message_id": str(target.id),
        "channel_id": str(target.channel_id),
    }
    if target.guild_id is not None:
        message.reference["guild_id"] = str(target.guild_id)


def _fill(
    world: World, channel: Channel, message: Message, body: JSON, files: Sequence[File]
) -> None:
    if "content" in body:
        message.content = "" if body["content"] is None else str(body["content"]).strip()
    if "attachments" in body or files:
        message.attachments = _attachments(world, channel, message, body, files)
    if "embeds" in body:
        message.embeds = [presentation.embed(each) for each in body["embeds"] or ()]
    if "components" in body:
        message.components = presentation.components(body["components"] or [])
    if message.flags & SUPPRESS_EMBEDS:
        message.embeds = []
    if body.keys() & {"embeds", "components"}:
        presentation.show_files(message)
    allowed = body.get("allowed_mentions")
    message.pings = mentions.pings(
        world, channel, message.author, message.content, allowed, message.referenced
    )


def _attachments(
    world: World, channel: Channel, message: Message, body: JSON, files: Sequence[File]
) -> list[Attachment]:
    """Keep the old files that ``attachments`` lists (all without it), and add the new ones."""
    listed = body.get("attachments")
    wanted = None if listed is None else {str(each["id"]): each for each in listed}
    kept = [a for a in message.attachments if wanted is None or str(a.id) in wanted]
    for gone in message.attachments:
        if gone not in kept:
            world.attachments.pop(gone.id, None)
    for file in files:
        described = (wanted or {}).get(str(file.index), {})
        made = uploads.keep(
            world,
            channel.id,
            described.get("filename") or file.filename,
            file.data,
            description=described.get("description"),
            ephemeral=message.ephemeral,
        )
        kept.append(made)
    return kept

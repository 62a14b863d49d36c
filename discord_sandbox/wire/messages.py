"""Messages, attachments, reactions → JSON."""

from __future__ import annotations

from discord_sandbox.wire.members import user
from discord_sandbox.world.core import JSON, timestamp
from discord_sandbox.world.messages import Attachment, Message


def attachment(it: Attachment) -> JSON:
    """Render a file of a message."""
    url = it.url
    shown: JSON = {
        "id": str(it.id),
        "filename": it.filename,
        "size": it.size,
        "url": url,
        "proxy_url": url,
        "content_type": it.content_type,
    }
    if it.width is not None:
        shown |= {"width": it.width, "height": it.height}
    if it.description:
        shown["description"] = it.description
    if it.ephemeral:
        shown["ephemeral"] = True
    return shown


def message(it: Message, viewer_id: int | None = None, *, nested: bool = False) -> JSON:
    """Render a message.

    Args:
        it: the message.
        viewer_id: whose own reactions are marked.
        nested: whether it stands inside another one, so that what it refers to is left out.
    """
    shown: JSON = {
        "id": str(it.id),
        "channel_id": str(it.channel_id),
        "author": user(it.author),
        "content": it.content,
        "timestamp": timestamp(it.created_at),
        "edited_timestamp": None if it.edited_at is None else timestamp(it.edited_at),
        "tts": it.tts,
        "mention_everyone": it.pings.everyone,
        "mentions": [user(each) for each in it.pings.users],
        "mention_roles": [str(each.id) for each in it.pings.roles],
        "attachments": [attachment(each) for each in it.attachments if not each.embedded],
        "embeds": it.embeds,
        "components": it.components,
        "pinned": it.pinned_at is not None,
        "flags": it.flags,
        "type": it.type,
    }
    if it.reactions:
        shown["reactions"] = [_reaction(*each, viewer_id) for each in it.reactions.items()]
    shown.update((key, value) for key, value in _optional(it) if value is not None)
    if it.reference and not nested:
        kept = it.referenced if it.referenced and not it.referenced.deleted else None
        shown["referenced_message"] = kept and message(kept, viewer_id, nested=True)
    return shown


def _optional(it: Message) -> tuple[tuple[str, object], ...]:
    return (
        ("nonce", it.nonce),
        ("webhook_id", it.webhook_id and str(it.webhook_id)),
        ("application_id", it.application_id and str(it.application_id)),
        ("message_reference", it.reference),
        ("interaction", it.interaction),
        ("interaction_metadata", it.interaction_metadata),
    )


def emoji(text: str) -> JSON:
    """Render an emoji as reactions carry it: a character, or ``name:id`` of a custom one."""
    name, _, snowflake = text.partition(":")
    return {"id": snowflake or None, "name": name, "animated": False}


def _reaction(text: str, users: list[int], viewer_id: int | None) -> JSON:
    return {
        "emoji": emoji(text),
        "count": len(users),
        "count_details": {"burst": 0, "normal": len(users)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "burst_count": 0,
        "me": viewer_id in users,
    }

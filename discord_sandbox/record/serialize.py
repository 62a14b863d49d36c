"""Guild, channel, member, message → complete JSON, for a record."""

from __future__ import annotations

from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import Attachment, Message
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member


def user(it: User) -> JSON:
    """Render an account."""
    return {
        "id": it.id,
        "name": it.name,
        "bot": it.bot,
        "global_name": it.global_name,
        "avatar": it.avatar,
    }


def member(it: Member) -> JSON:
    """Render a member."""
    return {
        "guild": it.guild.id,
        "user": user(it.user),
        "joined_at": it.joined_at,
        "roles": [each.id for each in it.roles],
        "nick": it.nick,
        "timed_out_until": it.timed_out_until,
    }


def guild(it: Guild) -> JSON:
    """Render a guild with its roles and channels; members have lines of their own."""
    return {
        "id": it.id,
        "name": it.name,
        "owner": user(it.owner),
        "created_at": it.created_at,
        "roles": [_role(each) for each in it.roles.values()],
        "channels": [channel(each) for each in it.channels.values()],
    }


def channel(it: Channel) -> JSON:
    """Render a channel, without what was written in it."""
    return {
        "id": it.id,
        "name": it.name,
        "type": int(it.kind),
        "position": it.position,
        "topic": it.topic,
        "nsfw": it.nsfw,
        "parent": it.parent.id if it.parent else None,
        "overwrites": [
            [target, int(each.allow), int(each.deny), each.of_member]
            for target, each in it.overwrites.items()
        ],
        "recipients": [user(each) for each in it.recipients],
    }


def message(it: Message) -> JSON:
    """Render a message."""
    return {
        "id": it.id,
        "channel": it.channel_id,
        "guild": it.guild_id,
        "author": user(it.author),
        "viewer": user(it.viewer) if it.viewer else None,
        "users": [user(each) for each in it.pings.users],
        "roles": [each.id for each in it.pings.roles],
        "everyone": it.pings.everyone,
        "files": [_file(each) for each in it.attachments],
        "referenced": it.referenced.id if it.referenced else None,
        **{name: getattr(it, name) for name in PLAIN},
    }


PLAIN = (
    "created_at",
    "content",
    "embeds",
    "components",
    "flags",
    "type",
    "tts",
    "edited_at",
    "pinned_at",
    "nonce",
    "reactions",
    "reference",
    "webhook_id",
    "application_id",
    "interaction",
    "interaction_metadata",
    "thread_id",
)
"""What a message has that is JSON already."""


def _file(it: Attachment) -> JSON:
    return {
        "id": it.id,
        "filename": it.filename,
        "content_type": it.content_type,
        "width": it.width,
        "height": it.height,
        "description": it.description,
        "ephemeral": it.ephemeral,
        "embedded": it.embedded,
    }


def _role(it: Role) -> JSON:
    return {
        "id": it.id,
        "name": it.name,
        "permissions": int(it.permissions),
        "position": it.position,
        "mentionable": it.mentionable,
        "hoist": it.hoist,
        "colour": it.colour,
        "bot_id": it.bot_id,
    }

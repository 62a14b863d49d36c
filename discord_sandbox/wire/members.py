"""Users, roles, members → JSON."""

from __future__ import annotations

from discord_sandbox.world.core import JSON, timestamp
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Member


def user(it: User) -> JSON:
    """Render a user."""
    return {
        "id": str(it.id),
        "username": it.name,
        "discriminator": "0000" if it.bot else "0",
        "global_name": it.global_name,
        "avatar": it.avatar,
        "bot": it.bot,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }


def role(it: Role) -> JSON:
    """Render a role."""
    shown: JSON = {
        "id": str(it.id),
        "name": it.name,
        "color": it.colour,
        "colors": {"primary_color": it.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": it.hoist,
        "position": it.position,
        "permissions": str(int(it.permissions)),
        "managed": it.bot_id is not None,
        "mentionable": it.mentionable,
        "flags": 0,
        "icon": None,
        "unicode_emoji": None,
    }
    if it.bot_id is not None:
        shown["tags"] = {"bot_id": str(it.bot_id)}
    return shown


def partial_member(it: Member) -> JSON:
    """Render a member without the user, as a message carries it."""
    until = it.timed_out_until
    return {
        "roles": [str(each.id) for each in it.roles],
        "joined_at": timestamp(it.joined_at),
        "nick": it.nick,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "communication_disabled_until": None if until is None else timestamp(until),
    }


def member(it: Member) -> JSON:
    """Render a member."""
    return {**partial_member(it), "user": user(it.user)}

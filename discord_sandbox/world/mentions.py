"""Content and allowed_mentions → the users and roles that a message actually mentions.

Source: https://discord.com/developers/docs/resources/message#allowed-mentions-object.
"""

from __future__ import annotations

import re

from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import Message, Pings
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import World

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(?:everyone|here)\b")


def pings(
    world: World,
    channel: Channel,
    author: User,
    content: str,
    allowed: JSON | None,
    replied_to: Message | None = None,
) -> Pings:
    """Find the users and roles that a text mentions, as far as they are allowed.

    A role that is not mentionable, @everyone and @here need the permission to mention everyone.
    """
    users = _users(world, content, allowed)
    if replied_to and (allowed or {}).get("replied_user", allowed is None):
        users += [replied_to.author]
    mighty = bool(world.may(author, channel) & Permission.MENTION_EVERYONE)
    everyone = mighty and _parsed(allowed, "everyone") and bool(EVERYONE.search(content))
    roles = _roles(world, channel, content, allowed)
    heard = [each for each in roles if mighty or each.mentionable]
    return Pings(tuple(dict.fromkeys(users)), tuple(dict.fromkeys(heard)), everyone)


def _users(world: World, content: str, allowed: JSON | None) -> list[User]:
    found = (int(each) for each in USER.findall(content))
    return [world.users[it] for it in found if it in world.users and _may(allowed, "users", it)]


def _roles(world: World, channel: Channel, content: str, allowed: JSON | None) -> list[Role]:
    guild = world.guilds.get(channel.guild_id or 0)
    known = guild.roles if guild else {}
    found = (int(each) for each in ROLE.findall(content))
    return [known[it] for it in found if it in known and _may(allowed, "roles", it)]


def _parsed(allowed: JSON | None, kind: str) -> bool:
    return allowed is None or kind in (allowed.get("parse") or ())


def _may(allowed: JSON | None, kind: str, snowflake: int) -> bool:
    listed = (allowed or {}).get(kind) or ()
    return _parsed(allowed, kind) or str(snowflake) in map(str, listed)

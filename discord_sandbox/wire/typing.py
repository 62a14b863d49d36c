"""User and channel → the TYPING_START event.

Source: https://discord.com/developers/docs/events/gateway-events#typing-start.
"""

from __future__ import annotations

from discord_sandbox.wire import members
from discord_sandbox.world.channels import Channel
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World


def started(world: World, channel: Channel, user: User) -> Event:
    """Return the event that tells that someone has begun to type."""
    data: JSON = {
        "channel_id": str(channel.id),
        "user_id": str(user.id),
        "timestamp": int(world.clock()),
    }
    guild = world.guilds.get(channel.guild_id or 0)
    if guild:
        data["member"] = members.member(guild.members[user.id])
    return Event("TYPING_START", data, channel.guild_id, channel.id)

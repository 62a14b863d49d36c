"""Installations of the application: in guilds and by users, and what each allows where.

The rules are those of interactions/application-commands#contexts and of
interactions/receiving-and-responding#interaction-object-authorizing-integration-owners-object,
below https://discord.com/developers/docs/.
"""

from __future__ import annotations

from discord_sandbox.world.application import (
    BOT_DM,
    GUILD,
    GUILD_INSTALL,
    PRIVATE_CHANNEL,
    USER_INSTALL,
    Command,
)
from discord_sandbox.world.channels import Channel, Kind
from discord_sandbox.world.core import SandboxError
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World

Owners = dict[int, int]
"""Kind of installation → who authorized it: a guild, a user, or 0 in a direct message."""


def context(channel: Channel) -> int:
    """Return the kind of place that a channel is for commands."""
    if channel.guild_id is not None:
        return GUILD
    return BOT_DM if channel.kind is Kind.DIRECT else PRIVATE_CHANNEL


def owners(world: World, user: User, channel: Channel) -> Owners:
    """Return by which installations the user reaches the application in a channel.

    A guild's installation counts in it, and in a direct message with the bot for those who share
    a guild with it; a user's own counts everywhere.
    """
    found: Owners = {}
    guild = world.guilds.get(channel.guild_id or 0)
    if guild and world.bot.id in guild.members:
        found[GUILD_INSTALL] = guild.id
    elif context(channel) == BOT_DM and _share_a_guild(world, user):
        found[GUILD_INSTALL] = 0
    if user.id in world.application.installed_by:
        found[USER_INSTALL] = user.id
    return found


def allowing(world: World, user: User, channel: Channel, command: Command) -> Owners:
    """Return the installations by which the user may use a command in a channel."""
    if command.guild_id is None and not command.is_in(context(channel)):
        return {}
    found = owners(world, user, channel)
    return {kind: found[kind] for kind in command.payload["integration_types"] if kind in found}


def install(world: World, user: User) -> None:
    """Add the application to an account.

    Raises:
        SandboxError: the application allows it in guilds only.
    """
    if USER_INSTALL not in world.application.integration_types:
        raise SandboxError(f"{world.application.name} can be added to guilds only")
    world.application.installed_by.add(user.id)


def _share_a_guild(world: World, user: User) -> bool:
    both = {user.id, world.bot.id}
    return any(both <= guild.members.keys() for guild in world.guilds.values())

"""Changes to guilds, channels and members that both a bot and a user can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discord_sandbox.world.channels import THREADS, Channel, Kind, ThreadState
from discord_sandbox.world.core import Event
from discord_sandbox.world.messages import HAS_THREAD, Message
from discord_sandbox.world.permissions import Overwrite
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member, World


def delete_channel(world: World, channel: Channel) -> None:
    """Delete a channel or thread, with the threads in it."""
    for thread in [each for each in world.channels.values() if each.parent is channel]:
        if thread.kind in THREADS:
            delete_channel(world, thread)
    del world.channels[channel.id]
    guild = world.guilds.get(channel.guild_id or 0)
    if guild:
        del guild.channels[channel.id]
        name = "THREAD_DELETE" if channel.kind in THREADS else "CHANNEL_DELETE"
        world.emit(Event(name, channel, guild.id))
    for webhook in [each for each in world.webhooks.values() if each.channel is channel]:
        del world.webhooks[webhook.id]
    channel.signal.notify()


def update_channel(world: World, channel: Channel) -> None:
    """Emit the update of a channel or thread."""
    name = "THREAD_UPDATE" if channel.kind in THREADS else "CHANNEL_UPDATE"
    world.emit(Event(name, channel, channel.guild_id, channel.id))


def overwrite(world: World, channel: Channel, target_id: int, value: Overwrite | None) -> None:
    """Set or take away a channel's overwrite of a role or member."""
    if value is None:
        channel.overwrites.pop(target_id, None)
    else:
        channel.overwrites[target_id] = value
    update_channel(world, channel)


def open_thread(
    world: World,
    parent: Channel,
    name: str,
    owner: User,
    kind: Kind,
    message: Message | None,
    tags: Sequence[int] = (),
) -> Channel:
    """Open a thread in a channel; one on a message has the message's id."""
    now = world.clock()
    thread = Channel(
        id=message.id if message else world.ids.next(),
        name=name,
        kind=kind,
        guild_id=parent.guild_id,
        parent=parent,
        thread=ThreadState(owner.id, now, now, members={owner.id: now}, tags=list(tags)),
    )
    if message:
        message.flags |= HAS_THREAD
        message.thread_id = thread.id
    guild = world.guilds[parent.guild_id or 0]
    guild.channels[thread.id] = world.channels[thread.id] = thread
    world.emit(Event("THREAD_CREATE", thread, guild.id, thread.id))
    return thread


def remove_member(guild: Guild, member: Member) -> None:
    """Remove a member; when it is the bot, the guild is gone for it."""
    del guild.members[member.id]
    if member.user is guild.world.bot:
        guild.world.emit(Event("GUILD_DELETE", guild, guild.id))
    else:
        guild.world.emit(Event("GUILD_MEMBER_REMOVE", member, guild.id))


def update_member(member: Member) -> None:
    """Emit the update of a member."""
    member.guild.world.emit(Event("GUILD_MEMBER_UPDATE", member, member.guild.id))


def ban(guild: Guild, user: User) -> None:
    """Ban a user, who leaves the guild."""
    guild.bans[user.id] = user
    guild.world.emit(Event("GUILD_BAN_ADD", user, guild.id))
    member = guild.members.get(user.id)
    if member:
        remove_member(guild, member)


def unban(guild: Guild, user: User) -> None:
    """Lift a ban."""
    del guild.bans[user.id]
    guild.world.emit(Event("GUILD_BAN_REMOVE", user, guild.id))


def delete_role(guild: Guild, role: Role) -> None:
    """Delete a role; its members lose it, channels forget it."""
    del guild.roles[role.id]
    for member in guild.members.values():
        if role in member.roles:
            member.remove_role(role)
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    guild.world.emit(Event("GUILD_ROLE_DELETE", role, guild.id))


def deny(world: World, channel: Channel, member: Member, permissions: Overwrite) -> None:
    """Deny a member something in a channel, on top of what it has there."""
    old = channel.overwrites.get(member.id, Overwrite())
    value = replace(
        old,
        allow=old.allow & ~permissions.deny | permissions.allow,
        deny=old.deny & ~permissions.allow | permissions.deny,
        of_member=True,
    )
    overwrite(world, channel, member.id, value)

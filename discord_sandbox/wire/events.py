"""Event → the data of its gateway dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from discord_sandbox.wire import members, messages, places
from discord_sandbox.world.channels import THREADS, Channel
from discord_sandbox.world.core import JSON, Event, timestamp
from discord_sandbox.world.messages import Message
from discord_sandbox.world.reacting import Reaction
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member, World


def render(event: Event, world: World) -> JSON:
    """Render an event; one whose subject is JSON already stays as it is."""
    renderer = RENDERERS.get(event.name)
    data: JSON = renderer(event.subject, world) if renderer else dict(event.subject)
    if event.guild_id is not None and event.name not in OWN_ID:
        data["guild_id"] = str(event.guild_id)
    return data


OWN_ID = frozenset({"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"})


def guild_create(it: Guild, bot_id: int, *, everybody: bool) -> JSON:
    """Render a guild as it becomes available.

    Discord lists all members of a small guild to those with the presence intent; others see
    themselves, and ask for the rest.
    """
    shown = it.members.values() if everybody else [it.members[bot_id]]
    threads = [each for each in it.channels.values() if each.kind in THREADS]
    return {
        **places.guild(it),
        "joined_at": timestamp(it.members[bot_id].joined_at),
        "large": len(it.members) > 250,
        "unavailable": False,
        "member_count": len(it.members),
        "voice_states": [],
        "members": [members.member(each) for each in shown],
        "channels": [places.channel(c) for c in it.channels.values() if c.kind not in THREADS],
        "threads": [places.channel(each) for each in threads],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _message(it: Message, world: World) -> JSON:
    shown = messages.message(it, world.bot.id)
    shown["channel_type"] = int(world.channels[it.channel_id].kind)
    guild = world.guilds.get(it.guild_id or 0)
    if guild is None or it.ephemeral:
        return shown
    author = guild.members.get(it.author.id)
    if author and it.webhook_id is None:
        shown["member"] = members.partial_member(author)
    for each in shown["mentions"]:
        if mentioned := guild.members.get(int(each["id"])):
            each["member"] = members.partial_member(mentioned)
    return shown


def _message_deleted(it: Message, world: World) -> JSON:
    return {"id": str(it.id), "channel_id": str(it.channel_id)}


def _reaction(it: Reaction, world: World) -> JSON:
    data: JSON = {"channel_id": str(it.message.channel_id), "message_id": str(it.message.id)}
    if it.emoji:
        data["emoji"] = messages.emoji(it.emoji)
    if it.user:
        data |= {"user_id": str(it.user.id), "burst": False, "type": 0}
    return data


def _reaction_added(it: Reaction, world: World) -> JSON:
    data = {**_reaction(it, world), "message_author_id": str(it.message.author.id)}
    guild = world.guilds.get(it.message.guild_id or 0)
    member = guild.members.get(it.user.id) if guild and it.user else None
    return {**data, "member": members.member(member)} if member else data


def _role(it: Role, world: World) -> JSON:
    return {"role": members.role(it)}


def _role_deleted(it: Role, world: World) -> JSON:
    return {"role_id": str(it.id)}


def _member(it: Member, world: World) -> JSON:
    return members.member(it)


def _member_removed(it: Member, world: World) -> JSON:
    return {"user": members.user(it.user)}


def _ban(it: User, world: World) -> JSON:
    return {"user": members.user(it)}


def _channel(it: Channel, world: World) -> JSON:
    return places.channel(it)


def _thread_created(it: Channel, world: World) -> JSON:
    return {**places.channel(it), "newly_created": True}


def _thread_deleted(it: Channel, world: World) -> JSON:
    parent = str(it.parent.id) if it.parent else None
    return {"id": str(it.id), "parent_id": parent, "type": int(it.kind)}


def _guild(it: Guild, world: World) -> JSON:
    return places.guild(it)


def _guild_deleted(it: Guild, world: World) -> JSON:
    return {"id": str(it.id)}


Renderer = Callable[[Any, World], JSON]
RENDERERS: dict[str, Renderer] = {
    "GUILD_BAN_ADD": _ban,
    "GUILD_BAN_REMOVE": _ban,
    "GUILD_UPDATE": _guild,
    "GUILD_DELETE": _guild_deleted,
    "GUILD_ROLE_CREATE": _role,
    "GUILD_ROLE_UPDATE": _role,
    "GUILD_ROLE_DELETE": _role_deleted,
    "GUILD_MEMBER_ADD": _member,
    "GUILD_MEMBER_UPDATE": _member,
    "GUILD_MEMBER_REMOVE": _member_removed,
    "CHANNEL_CREATE": _channel,
    "CHANNEL_UPDATE": _channel,
    "CHANNEL_DELETE": _channel,
    "THREAD_CREATE": _thread_created,
    "THREAD_UPDATE": _channel,
    "THREAD_DELETE": _thread_deleted,
    "MESSAGE_CREATE": _message,
    "MESSAGE_UPDATE": _message,
    "MESSAGE_DELETE": _message_deleted,
    "MESSAGE_REACTION_ADD": _reaction_added,
    "MESSAGE_REACTION_REMOVE": _reaction,
    "MESSAGE_REACTION_REMOVE_ALL": _reaction,
    "MESSAGE_REACTION_REMOVE_EMOJI": _reaction,
}

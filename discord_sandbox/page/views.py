"""World and viewer → JSON of what the page shows that viewer."""

from __future__ import annotations

from collections.abc import Iterator

from discord_sandbox.wire import members, messages
from discord_sandbox.world.channels import Channel, Kind
from discord_sandbox.world.core import JSON
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission, names
from discord_sandbox.world.users import Role, User
from discord_sandbox.world.world import Guild, Member, World

RIGHTS = {
    "send": Permission.SEND_MESSAGES,
    "react": Permission.ADD_REACTIONS,
    "manage": Permission.MANAGE_MESSAGES,
    "commands": Permission.USE_APPLICATION_COMMANDS,
}
"""What the page needs to know of the viewer's permissions in a channel."""


def world(it: World, viewer: User, *, read_only: bool = False) -> JSON:
    """Render all that a viewer sees, messages aside."""
    mine = [each for each in it.guilds.values() if viewer.id in each.members]
    directs = [each for each in it.channels.values() if viewer in each.recipients]
    shown: JSON = {
        "readOnly": read_only,
        "me": str(viewer.id),
        "bot": str(it.bot.id),
        "base": it.signer.base,
        "users": {str(each.id): _user(each, it) for each in it.users.values()},
        "guilds": [_guild(each, viewer) for each in mine],
        "directs": [_channel(each, it.may(viewer, each)) for each in directs],
    }
    if read_only:
        for place in (shown, *shown["guilds"]):
            for channel in place.get("channels", place.get("directs", ())):
                channel["can"] = dict.fromkeys(RIGHTS, False)
    return shown


def message(it: Message, viewer: User) -> JSON:
    """Render a message."""
    return messages.message(it, viewer.id)


def history(channel: Channel, viewer: User, before: int | None, limit: int) -> JSON:
    """Render the newest messages before an id, oldest first, with the viewer's ephemeral ones."""
    shown = channel.log.before(before, limit)
    oldest = shown[-1].id if len(shown) == limit else 0
    whispers = [
        each
        for each in channel.whispers.values()
        if each.viewer is viewer and each.id >= oldest and (before is None or each.id < before)
    ]
    found = sorted((*shown, *whispers), key=lambda each: each.id)
    return {"messages": [message(each, viewer) for each in found], "more": bool(oldest)}


def profile(it: World, user: User, channel: Channel) -> JSON:
    """Render what a person may do in a channel."""
    return {"may": names(it.may(user, channel)).split(", ")}


def _user(it: User, where: World) -> JSON:
    return {**members.user(it), "tags": list(_ranks(it, where))}


def _ranks(it: User, where: World) -> Iterator[str]:
    team = where.application.team
    if it is where.application.owner:
        yield "bot owner"
    elif team and it in team.members:
        yield f"bot team: {team.members[it].replace('_', ' ')}"


def _guild(it: Guild, viewer: User) -> JSON:
    me = it.members[viewer.id]
    visible = ((each, me.permissions_in(each)) for each in it.channels.values())
    return {
        "id": str(it.id),
        "name": it.name,
        "owner": str(it.owner.id),
        "roles": [_role(each) for each in it.roles.values()],
        "members": [_member(each) for each in it.members.values()],
        "channels": [_channel(each, may) for each, may in visible if may & Permission.VIEW_CHANNEL],
    }


def _role(it: Role) -> JSON:
    return {
        "id": str(it.id),
        "name": it.name,
        "colour": it.colour,
        "position": it.position,
        "mentionable": it.mentionable,
    }


def _member(it: Member) -> JSON:
    return {
        "id": str(it.id),
        "name": it.name,
        "roles": [str(each.id) for each in it.roles],
        "admin": bool(it.permissions & Permission.ADMINISTRATOR),
    }


def _channel(it: Channel, may: Permission) -> JSON:
    return {
        "id": str(it.id),
        "name": it.recipients[0].name if it.kind is Kind.DIRECT else it.name,
        "type": int(it.kind),
        "parent": str(it.parent.id) if it.parent else None,
        "topic": it.topic,
        "position": it.position,
        "archived": bool(it.thread and it.thread.archived),
        "locked": bool(it.thread and it.thread.locked),
        "tags": it.tags,
        "can": {name: bool(may & needed) for name, needed in RIGHTS.items()},
    }

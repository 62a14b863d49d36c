"""Channels: /channels/{id}, /guilds/{id}/channels, permission overwrites, typing."""

from __future__ import annotations

from discord_sandbox.rest import posts
from discord_sandbox.rest.call import Answer, Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import places
from discord_sandbox.wire.typing import started
from discord_sandbox.world import changes
from discord_sandbox.world.channels import THREADS, Channel, Kind
from discord_sandbox.world.core import JSON
from discord_sandbox.world.permissions import Overwrite, Permission


def one(call: Call) -> JSON:
    """Show a channel."""
    return places.channel(call.channel())


def edit(call: Call) -> JSON:
    """Change a channel or thread."""
    channel = call.channel()
    thread = channel.kind in THREADS
    call.check(rules.THREAD_EDIT if thread else rules.CHANNEL_EDIT)
    call.channel(_needed(call, channel))
    _change(call, channel, call.body)
    changes.update_channel(call.world, channel)
    return places.channel(channel)


def _needed(call: Call, channel: Channel) -> Permission:
    """Return what the change needs (docs/resources/channel#modify-channel).

    Who may write in a thread opens it again, unless it is locked; its owner changes most else.

    Raises:
        Refusal: 50083, an archived thread is changed without being opened.
    """
    state, body = channel.thread, call.body
    if state is None:
        return Permission.MANAGE_CHANNELS
    opens = body.get("archived") is False
    if state.archived and not opens and body.keys() - {"archived", "locked"}:
        raise refuse(50083)
    if "locked" in body or (state.locked and opens):
        return Permission.MANAGE_THREADS
    if state.archived and opens and body.keys() == {"archived"}:
        return Permission.SEND_MESSAGES_IN_THREADS
    own = state.owner_id == call.world.bot.id
    return Permission.VIEW_CHANNEL if own else Permission.MANAGE_THREADS


def delete(call: Call) -> JSON:
    """Delete a channel or thread, or close a direct message."""
    channel = call.channel()
    if channel.kind is not Kind.DIRECT:
        thread = channel.kind in THREADS
        call.channel(Permission.MANAGE_THREADS if thread else Permission.MANAGE_CHANNELS)
        changes.delete_channel(call.world, channel)
    return places.channel(channel)


def listed(call: Call) -> list[JSON]:
    """List a guild's channels, threads left out."""
    found = call.guild().channels.values()
    return [places.channel(each) for each in found if each.kind not in THREADS]


def create(call: Call) -> Answer:
    """Make a channel."""
    guild = call.guild()
    call.need(guild, Permission.MANAGE_CHANNELS)
    call.check(rules.CHANNEL_CREATE)
    channel = guild.add_channel(
        Kind(call.body.get("type") or 0),
        call.body["name"],
        overwrites=_overwrites(call.body.get("permission_overwrites") or []),
        topic=call.body.get("topic"),
        parent=guild.channels.get(int(call.body.get("parent_id") or 0)),
    )
    if channel.forum:
        posts.change_forum(call, channel.forum, call.body)
    return Answer(201, places.channel(channel))


def set_permissions(call: Call) -> None:
    """Set what a channel allows and denies a role or member."""
    channel = call.channel(Permission.MANAGE_ROLES)
    call.check(rules.OVERWRITE)
    target_id, value = next(
        iter(_overwrites([{**call.body, "id": call.path["target_id"]}]).items())
    )
    changes.overwrite(call.world, channel, target_id, value)


def clear_permissions(call: Call) -> None:
    """Take an overwrite away."""
    channel = call.channel(Permission.MANAGE_ROLES)
    changes.overwrite(call.world, channel, call.path["target_id"], None)


def typing(call: Call) -> None:
    """Show "… is typing"."""
    channel = call.channel(Permission.SEND_MESSAGES)
    call.world.emit(started(call.world, channel, call.world.bot))


def _change(call: Call, channel: Channel, body: JSON) -> None:
    channel.name = body.get("name", channel.name)
    channel.topic = body.get("topic", channel.topic)
    channel.nsfw = bool(body.get("nsfw", channel.nsfw))
    channel.slowmode = body.get("rate_limit_per_user", channel.slowmode) or 0
    channel.position = body.get("position", channel.position) or 0
    if "parent_id" in body:
        channel.parent = call.world.channels.get(int(body["parent_id"] or 0))
    if body.get("permission_overwrites") is not None:
        channel.overwrites = _overwrites(body["permission_overwrites"])
    if channel.forum:
        posts.change_forum(call, channel.forum, body)
    if channel.thread:
        _change_thread(call, channel, body)


def _change_thread(call: Call, channel: Channel, body: JSON) -> None:
    state = channel.thread
    if state is None:
        raise refuse(10003)
    if body.get("archived", state.archived) != state.archived:
        state.archived, state.archived_at = body["archived"], call.world.clock()
    if body.get("applied_tags") is not None and channel.parent and channel.parent.forum:
        state.tags = posts.applied(call, channel.parent, body["applied_tags"])
    state.locked = body.get("locked", state.locked)
    state.invitable = body.get("invitable", state.invitable)
    state.auto_archive_minutes = body.get("auto_archive_duration", state.auto_archive_minutes)


def _overwrites(sent: list[JSON]) -> dict[int, Overwrite]:
    return {
        int(each["id"]): Overwrite(
            Permission(int(each.get("allow") or 0)),
            Permission(int(each.get("deny") or 0)),
            of_member=int(each.get("type") or 0) == 1,
        )
        for each in sent
    }


ROUTES = (
    Route("GET", "/channels/{channel_id}", one),
    Route("PATCH", "/channels/{channel_id}", edit, bucket="channel-edit"),
    Route("DELETE", "/channels/{channel_id}", delete),
    Route("GET", "/guilds/{guild_id}/channels", listed),
    Route("POST", "/guilds/{guild_id}/channels", create),
    Route("PUT", "/channels/{channel_id}/permissions/{target_id}", set_permissions),
    Route("DELETE", "/channels/{channel_id}/permissions/{target_id}", clear_permissions),
    Route("POST", "/channels/{channel_id}/typing", typing),
)

"""World event and viewer → the frame for the page, or None."""

from __future__ import annotations

from discord_sandbox.page import views
from discord_sandbox.world.core import JSON, Event
from discord_sandbox.world.messages import Message
from discord_sandbox.world.permissions import Permission
from discord_sandbox.world.reacting import Reaction
from discord_sandbox.world.users import User
from discord_sandbox.world.world import World

OF_STRUCTURE = ("GUILD_", "CHANNEL_", "THREAD_")
NO_STRUCTURE = frozenset({"CHANNEL_PINS_UPDATE"})


def changes_structure(event: Event) -> bool:
    """Return whether an event changes guilds, channels, roles or members."""
    return event.name.startswith(OF_STRUCTURE) and event.name not in NO_STRUCTURE


def frame(world: World, viewer: User, open_channel: int | None, event: Event) -> JSON | None:
    """Return what to tell a viewer of an event in a channel; of other channels only that it is."""
    channel = world.channels.get(event.channel_id or 0)
    if channel is None or not world.may(viewer, channel) & Permission.VIEW_CHANNEL:
        return None
    if isinstance(event.subject, Message) and event.subject.viewer not in (None, viewer):
        return None
    if channel.id == open_channel:
        return _here(world, viewer, event)
    if event.name == "MESSAGE_CREATE":
        return {"event": "unread", "channel": str(channel.id), "loud": _calls(event, viewer)}
    return None


def _here(world: World, viewer: User, event: Event) -> JSON | None:
    subject = event.subject
    channel = str(event.channel_id)
    if event.name == "TYPING_START":
        return {"event": "typing", "channel": channel, "user": subject["user_id"]}
    if event.name == "MESSAGE_DELETE_BULK":
        return {"event": "gone", "channel": channel, "ids": subject["ids"]}
    if event.name == "MESSAGE_DELETE":
        return {"event": "gone", "channel": channel, "ids": [str(subject.id)]}
    if event.name == "MESSAGE_CREATE":
        return {"event": "message", "message": views.message(subject, viewer)}
    changed = subject.message if isinstance(subject, Reaction) else subject
    if isinstance(changed, Message):
        return {"event": "edited", "message": views.message(changed, viewer)}
    return None


def _calls(event: Event, viewer: User) -> bool:
    """Return whether a new message notifies the viewer."""
    pings = event.subject.notified
    return bool(pings.everyone or viewer in pings.users)

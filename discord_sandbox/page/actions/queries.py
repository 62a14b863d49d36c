"""Query of the page → JSON of what its viewer sees."""

from __future__ import annotations

from discord_sandbox.page import traffic, views
from discord_sandbox.page.viewer import Viewer
from discord_sandbox.people import commands
from discord_sandbox.world.core import JSON, SandboxError

FIRST, MORE = 100, 100
"""Messages that a channel shows at first, and that one look further back adds."""
COMMAND_KEYS = ("name", "description", "type", "options")


def become(viewer: Viewer, frame: JSON) -> JSON:
    """Act as a user; return the world as that user sees it."""
    user = viewer.world.users.get(int(frame["user"])) if frame.get("user") else viewer.user
    if user is None or user.bot:
        raise SandboxError("there is no such person")
    viewer.user, viewer.channel = user, None
    return views.world(viewer.world, user, read_only=viewer.context.read_only)


def enter(viewer: Viewer, frame: JSON) -> JSON:
    """Open a channel; return its newest messages."""
    viewer.channel = viewer.place(frame)
    return views.history(viewer.channel, viewer.user, None, FIRST)


def older(viewer: Viewer, frame: JSON) -> JSON:
    """Return the messages before an id."""
    return views.history(viewer.place(frame), viewer.user, int(frame["before"]), MORE)


def direct(viewer: Viewer, frame: JSON) -> JSON:
    """Return the channel of direct messages with the bot."""
    return {"channel": str(viewer.context.people.direct(viewer.user).id)}


def offered(viewer: Viewer, frame: JSON) -> JSON:
    """Return the commands that a client offers in a channel."""
    channel = viewer.place(frame)
    found = commands.offered(viewer.context.stage, viewer.person(channel), channel)
    shown = [
        {"id": str(each.id)} | {key: each.payload.get(key) for key in COMMAND_KEYS}
        for each in found
    ]
    return {"commands": shown}


def profile(viewer: Viewer, frame: JSON) -> JSON:
    """Return the permissions of a user in a channel, and the commands they are offered."""
    channel = viewer.place(frame)
    user = viewer.world.users[int(frame["user"])]
    person = viewer.person(channel, user)
    found = commands.offered(viewer.context.stage, person, channel)
    names = [f"/{each.name}" for each in found if each.type == 1]
    return {**views.profile(viewer.world, user, channel), "commands": names}


def requests(viewer: Viewer, frame: JSON) -> JSON:
    """Return the bot's newest requests."""
    return traffic.recent(viewer.context)

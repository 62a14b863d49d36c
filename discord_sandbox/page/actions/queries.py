"""A page's questions → what its person sees."""

from __future__ import annotations

from discord_sandbox.page import traffic, views
from discord_sandbox.page.viewer import Seat
from discord_sandbox.people import commands
from discord_sandbox.world.core import JSON, SandboxError

FIRST, MORE = 100, 100
"""Messages that a channel shows at first, and that one look further back adds."""
COMMAND_KEYS = ("name", "description", "type", "options")


def become(seat: Seat, frame: JSON) -> JSON:
    """Be someone; show the world as they see it."""
    user = seat.world.users.get(int(frame["user"])) if frame.get("user") else seat.user
    if user is None or user.bot:
        raise SandboxError("there is no such person")
    seat.user, seat.channel = user, None
    return views.world(seat.world, user, read_only=seat.desk.read_only)


def enter(seat: Seat, frame: JSON) -> JSON:
    """Open a channel."""
    seat.channel = seat.place(frame)
    return views.history(seat.channel, seat.user, None, FIRST)


def older(seat: Seat, frame: JSON) -> JSON:
    """Look further back."""
    return views.history(seat.place(frame), seat.user, int(frame["before"]), MORE)


def direct(seat: Seat, frame: JSON) -> JSON:
    """Open the direct messages with the bot."""
    return {"channel": str(seat.desk.people.direct(seat.user).id)}


def offered(seat: Seat, frame: JSON) -> JSON:
    """List the commands that the client offers in a channel."""
    channel = seat.place(frame)
    found = commands.offered(seat.desk.stage, seat.person(channel), channel)
    shown = [
        {"id": str(each.id)} | {key: each.payload.get(key) for key in COMMAND_KEYS}
        for each in found
    ]
    return {"commands": shown}


def profile(seat: Seat, frame: JSON) -> JSON:
    """Tell what someone may do in a channel, and which commands they are offered."""
    channel = seat.place(frame)
    user = seat.world.users[int(frame["user"])]
    person = seat.person(channel, user)
    found = commands.offered(seat.desk.stage, person, channel)
    names = [f"/{each.name}" for each in found if each.type == 1]
    return {**views.profile(seat.world, user, channel), "commands": names}


def requests(seat: Seat, frame: JSON) -> JSON:
    """List the bot's last requests."""
    return traffic.recent(seat.desk)

"""What the page's faults panel is told → faults of the sandbox."""

from __future__ import annotations

from sandbox.faults import Fault, Trouble
from sandbox.page.seat import Seat
from sandbox.world import changes
from sandbox.world.core import JSON, SandboxError
from sandbox.world.permissions import Overwrite, Permission

LONGEST_SECONDS = 3600.0


def faults(seat: Seat, frame: JSON) -> JSON:
    """Tell which faults there are, and which there can be."""
    pending = [
        {
            "trouble": each.trouble.value,
            "method": each.method,
            "path": each.path,
            "times": each.times,
            "seconds": each.seconds,
        }
        for each in seat.desk.faults.pending
    ]
    return {"pending": pending, "troubles": [each.value for each in Trouble]}


def add_fault(seat: Seat, frame: JSON) -> JSON:
    """Let requests fail."""
    fault = Fault(
        Trouble(frame["trouble"]),
        str(frame["method"]),
        str(frame["path"]),
        int(frame["times"]),
        _seconds(frame),
    )
    seat.desk.faults.add(fault)
    return faults(seat, frame)


def clear_faults(seat: Seat, frame: JSON) -> JSON:
    """End all faults."""
    seat.desk.faults.clear()
    return faults(seat, frame)


def gateway(seat: Seat, frame: JSON) -> JSON:
    """Do something to the bot's gateway connections."""
    it = seat.desk.faults
    what = frame["what"]
    if what == "outage":
        it.outage(_seconds(frame))
    elif what == "silence":
        it.silent_heartbeats = not it.silent_heartbeats
    elif what in ("drop", "lose"):
        it.drop_gateway(resume=what == "drop")
    elif what == "reconnect":
        it.reconnect_gateway()
    elif what == "invalidate":
        it.invalidate_sessions()
    else:
        raise SandboxError(f"there is no fault {what!r}")
    return {}


def revoke(seat: Seat, frame: JSON) -> JSON:
    """Take from the bot, or give back, the permission to write in a channel."""
    channel = seat.place(frame)
    guild = seat.desk.stage.guild(channel)
    if guild is None:
        raise SandboxError("in direct messages there is nothing to revoke")
    wanted = Permission.SEND_MESSAGES
    given = bool(guild.bot.permissions_in(channel) & wanted)
    change = Overwrite(deny=wanted) if given else Overwrite(allow=wanted)
    changes.deny(seat.world, channel, guild.bot, change)
    return {"may": not given}


def delete_channel(seat: Seat, frame: JSON) -> JSON:
    """Delete a channel."""
    channel = seat.place(frame)
    if channel.guild_id is None:
        raise SandboxError("direct messages cannot be deleted")
    changes.delete_channel(seat.world, channel)
    return {}


def _seconds(frame: JSON) -> float:
    return min(max(float(frame["seconds"]), 0.0), LONGEST_SECONDS)

"""What the page's faults panel, or the command line, is told → faults of the sandbox."""

from __future__ import annotations

from discord_sandbox.faults import cause, table
from discord_sandbox.page.viewer import Seat
from discord_sandbox.world.core import JSON


def faults(seat: Seat, frame: JSON) -> JSON:
    """Tell which faults there are now, and which there can be."""
    return {"now": seat.desk.faults.now(), "kinds": table.told()}


def fault(seat: Seat, frame: JSON) -> JSON:
    """Let something go wrong."""
    done = cause(seat.desk.faults, str(frame["fault"]), frame.get("values") or {})
    return {"done": done, **faults(seat, frame)}


def clear_faults(seat: Seat, frame: JSON) -> JSON:
    """End all faults."""
    seat.desk.faults.clear()
    return faults(seat, frame)

"""Fault request from the page or the command line → fault injected into the sandbox."""

from __future__ import annotations

from discord_sandbox.faults import cause, table
from discord_sandbox.page.viewer import Viewer
from discord_sandbox.world.core import JSON


def faults(viewer: Viewer, frame: JSON) -> JSON:
    """Return the faults in force, and the table of those that can be caused."""
    return {"now": viewer.context.faults.now(), "kinds": table.as_json()}


def fault(viewer: Viewer, frame: JSON) -> JSON:
    """Cause a fault."""
    done = cause(viewer.context.faults, str(frame["fault"]), frame.get("values") or {})
    return {"done": done, **faults(viewer, frame)}


def clear_faults(viewer: Viewer, frame: JSON) -> JSON:
    """Clear all faults."""
    viewer.context.faults.clear()
    return faults(viewer, frame)

"""What the page's faults panel, or the command line, is told → faults of the sandbox."""

from __future__ import annotations

from discord_sandbox.faults import cause, table
from discord_sandbox.page.viewer import Viewer
from discord_sandbox.world.core import JSON


def faults(viewer: Viewer, frame: JSON) -> JSON:
    """Tell which faults there are now, and which there can be."""
    return {"now": viewer.context.faults.now(), "kinds": table.told()}


def fault(viewer: Viewer, frame: JSON) -> JSON:
    """Let something go wrong."""
    done = cause(viewer.context.faults, str(frame["fault"]), frame.get("values") or {})
    return {"done": done, **faults(viewer, frame)}


def clear_faults(viewer: Viewer, frame: JSON) -> JSON:
    """End all faults."""
    viewer.context.faults.clear()
    return faults(viewer, frame)

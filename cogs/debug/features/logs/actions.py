"""Actions of the controls of /debug logs."""

from __future__ import annotations

from cogs.debug.ui.actions import Action
from services.debugcog.frozen import frozen


@frozen
class ShowLogs(Action, name="logs"):
    """Show records of the log.

    Attributes:
        what: logger and text, as ``queries.Queries`` writes them.
        level: the lowest one, as an index into ``queries.LEVEL_NAMES``.
        where: in the log, as ``queries.where_of`` writes it; empty for the latest.
    """

    what: str = ""
    level: int = 0
    where: str = ""


@frozen
class DownloadLogs(Action, name="logs.download"):
    """Attach what ``ShowLogs`` asks for as a file."""

    what: str = ""
    level: int = 0
    where: str = ""


@frozen
class FollowLogs(Action, name="logs.follow"):
    """Show new records as they are written."""

    what: str = ""
    level: int = 0

"""Inspections, made when something is looked into for the first time, and closed with the cog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.debugcog.inspection import inspections

if TYPE_CHECKING:
    from services.debugcog.host_files import HostFiles
    from services.debugcog.inspection.inspections import Inspections


class Inspecting:
    """Keeps them.

    Args:
        host: knows the host's files.
    """

    def __init__(self, host: HostFiles) -> None:
        self._host = host
        self._made: Inspections | None = None

    def __call__(self) -> Inspections:
        """Return them; they are made by the first call."""
        if self._made is None:
            self._made = inspections.Inspections(self._host)
        return self._made

    def close(self) -> None:
        """End all that was begun."""
        if self._made is not None:
            self._made.close()

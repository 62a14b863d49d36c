"""Handlers of /debug dashboard: a one-time link as a Reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cogs.debug.features.dashboard.reply import Invitation, dashboard_reply
from cogs.debug.ui.feature import Control
from cogs.debug.ui.reply import Reply
from services.debugcog.frozen import frozen


@frozen
class DashboardHandlers:
    """What /debug dashboard does.

    Attributes:
        invite: makes an invitation for somebody, whom the audit log names so; None where there is
            no page.
    """

    invite: Callable[[str], Awaitable[Invitation | None]]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does: the reply has none."""
        return ()

    async def open(self, viewer: str) -> Reply:
        """Show the link."""
        return dashboard_reply(await self.invite(viewer))

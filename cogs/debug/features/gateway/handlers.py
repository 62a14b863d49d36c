"""Handlers of /debug gateway and its controls: show it, ask Discord's status page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cogs.debug.features.gateway.actions import AskStatusPage, ShowGateway
from cogs.debug.features.gateway.reply import gateway_reply
from cogs.debug.ui.feature import Control, asked
from cogs.debug.ui.reply import Reply
from services.debugcog.answers.gateway import gateway
from services.debugcog.answers.published import Publisher
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.gateway.sources import GatewaySources
from services.debugcog.gateway.status_page import Status
from services.debugcog.windows import Window


@frozen(kw_only=True)
class GatewayHandlers:
    """What /debug gateway and its controls do.

    Attributes:
        sources: of the figures.
        gateway: what is known of the gateway.
        publisher: reads what only the bot's thread may read.
        status_page: asks discordstatus.com.
    """

    sources: Sources
    gateway: GatewaySources
    publisher: Publisher
    status_page: Callable[[], Awaitable[Status]]

    def controls(self) -> tuple[Control[Any], ...]:
        """Map each action to what it does."""
        return (
            Control(ShowGateway, asked(lambda action: self.open(action.window))),
            Control(AskStatusPage, asked(self.ask)),
        )

    async def open(self, window: Window, status: Status | None = None) -> Reply:
        """Show the gateway in a window."""
        await self.gateway.vitals.session_starts()  # keeps what it learns
        published = self.publisher.now()
        return gateway_reply(await gateway(self.sources, self.gateway, published, window), status)

    async def ask(self, action: AskStatusPage) -> Reply:
        """Ask discordstatus.com, and show all anew."""
        return await self.open(action.window, await self.status_page())

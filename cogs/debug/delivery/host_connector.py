"""The host's connector → the same for a client of ours, which does not close it."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord


class HostConnector:
    """The host's own way to Discord: its proxy, name server, certificates, address.

    aiohttp closes the connector of a session that is closed, and ours is closed often. It would end
    the host's connections too.

    Args:
        connector: the host's, once it is logged in.
    """

    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> Any:
        """Return what aiohttp asks of a connector."""
        return getattr(self._connector, name)

    async def close(self) -> None:
        """Leave it open: it is the host's."""


def connector_of(bot: discord.Client) -> Any:
    """Return what our client connects with; None for one of its own, where the host has none."""
    connector: Any = bot.http.connector  # before a login it has none
    usable = isinstance(connector, aiohttp.BaseConnector) and not connector.closed
    return HostConnector(connector) if usable else None

"""Settings → REST and gateway URLs that discord.py connects to."""

from __future__ import annotations

import discord.gateway
import discord.http
import yarl

from services.debugcog.settings import Settings


def use_endpoints(settings: Settings) -> None:
    """Point discord.py at ``DISCORD_API_BASE`` and ``DISCORD_GATEWAY_URL``, for this process.

    discord.py has no option for either; both are class attributes that it reads at each use.
    """
    if settings.discord_api_base:
        discord.http.Route.BASE = settings.discord_api_base
    if settings.discord_gateway_url:
        url = yarl.URL(settings.discord_gateway_url)
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = url

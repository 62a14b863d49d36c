"""All routes of the REST API."""

from __future__ import annotations

from discord_sandbox.rest import (
    channels,
    commands,
    guilds,
    hooks,
    interactions,
    messages,
    pins,
    reactions,
    roles,
    threads,
    users,
    webhooks,
)

ALL = (
    *users.ROUTES,
    *guilds.ROUTES,
    *roles.ROUTES,
    *channels.ROUTES,
    *threads.ROUTES,
    *pins.ROUTES,
    *messages.ROUTES,
    *reactions.ROUTES,
    *hooks.ROUTES,
    *webhooks.ROUTES,
    *commands.ROUTES,
    *interactions.ROUTES,
)

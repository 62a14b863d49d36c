"""Users, the application, the gateway's address: /users, /applications/@me, /gateway."""

from __future__ import annotations

from discord_sandbox.rest.call import Call, Route
from discord_sandbox.rules import places as rules
from discord_sandbox.rules.refusals import refuse
from discord_sandbox.wire import application, members, places
from discord_sandbox.world.core import JSON


def me(call: Call) -> JSON:
    """Show the bot's own account."""
    return {
        **members.user(call.world.bot),
        "verified": True,
        "mfa_enabled": True,
        "locale": "en-US",
    }


def user(call: Call) -> JSON:
    """Show any account."""
    found = call.world.users.get(call.path["user_id"])
    if found is None:
        raise refuse(10013)
    return members.user(found)


def open_direct(call: Call) -> JSON:
    """Open the direct messages with a user."""
    call.check(rules.DIRECT)
    found = call.world.users.get(int(call.body["recipient_id"]))
    if found is None or found is call.world.bot:
        raise refuse(50007)
    return places.channel(call.world.direct(found))


def my_guilds(call: Call) -> list[JSON]:
    """List the guilds that the bot is in."""
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner is call.world.bot,
            "permissions": str(int(guild.bot.permissions)),
            "features": [],
        }
        for guild in call.world.guilds.values()
        if call.world.bot.id in guild.members
    ]


def my_application(call: Call) -> JSON:
    """Show the application with its owner or team."""
    return application.application(call.world.application, len(call.world.guilds))


def gateway(call: Call) -> JSON:
    """Return the gateway's address."""
    return {"url": call.app.hub.url}


def gateway_bot(call: Call) -> JSON:
    """Return the gateway's address, the number of shards, and how many sessions may still start."""
    hub = call.app.hub
    limit = {
        "total": hub.identifies_a_day,
        "remaining": hub.identifies_left,
        "reset_after": 86_400_000,
        "max_concurrency": 16,
    }
    return {"url": hub.url, "shards": hub.recommended_shards, "session_start_limit": limit}


ROUTES = (
    Route("GET", "/users/@me", me),
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("POST", "/users/@me/channels", open_direct),
    Route("GET", "/users/{user_id}", user),
    Route("GET", "/applications/@me", my_application),
    Route("GET", "/oauth2/applications/@me", my_application),
    Route("GET", "/gateway", gateway, bot=False),
    Route("GET", "/gateway/bot", gateway_bot),
)

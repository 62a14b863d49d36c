"""Each permission that a request needs, taken away."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Overwrite, Permission
from discord_sandbox.world.permissions import ALL
from tests.discord_sandbox.parts import Home, Rest, filled

NEEDED: dict[str, tuple[str, str, Any, Permission]] = {
    "posting": ("POST", "/channels/{channel}/messages", {"content": "x"}, Permission.SEND_MESSAGES),
    "embeds": (
        "POST",
        "/channels/{channel}/messages",
        {"embeds": [{"title": "x"}]},
        Permission.EMBED_LINKS,
    ),
    "typing": ("POST", "/channels/{channel}/typing", None, Permission.SEND_MESSAGES),
    "renaming": ("PATCH", "/channels/{channel}", {"name": "x"}, Permission.MANAGE_CHANNELS),
    "deleting": ("DELETE", "/channels/{channel}", None, Permission.MANAGE_CHANNELS),
    "webhooks": ("POST", "/channels/{channel}/webhooks", {"name": "x"}, Permission.MANAGE_WEBHOOKS),
    "threads": (
        "POST",
        "/channels/{channel}/threads",
        {"name": "x", "type": 11},
        Permission.CREATE_PUBLIC_THREADS,
    ),
    "private threads": (
        "POST",
        "/channels/{channel}/threads",
        {"name": "x"},
        Permission.CREATE_PRIVATE_THREADS,
    ),
    "overwrites": (
        "PUT",
        "/channels/{channel}/permissions/{role}",
        {"type": 0, "allow": "0", "deny": "0"},
        Permission.MANAGE_ROLES,
    ),
    "channels": ("POST", "/guilds/{guild}/channels", {"name": "x"}, Permission.MANAGE_CHANNELS),
    "roles": ("POST", "/guilds/{guild}/roles", {"name": "x"}, Permission.MANAGE_ROLES),
    "giving roles": (
        "PUT",
        "/guilds/{guild}/members/{mia}/roles/{role}",
        None,
        Permission.MANAGE_ROLES,
    ),
    "nicknames": (
        "PATCH",
        "/guilds/{guild}/members/{mia}",
        {"nick": "x"},
        Permission.MANAGE_NICKNAMES,
    ),
    "kicking": ("DELETE", "/guilds/{guild}/members/{mia}", None, Permission.KICK_MEMBERS),
    "banning": ("PUT", "/guilds/{guild}/bans/{mia}", None, Permission.BAN_MEMBERS),
}


@pytest.mark.parametrize("name", NEEDED)
async def test_a_permission_is_needed_for(name: str, rest: Rest, place: Home) -> None:
    method, path, body, permission = NEEDED[name]
    bot_role = place.guild.bot.roles[0]
    everything = ALL & ~Permission.ADMINISTRATOR
    place.guild.set_permissions(place.guild.everyone, 0)

    place.guild.set_permissions(bot_role, everything & ~permission)
    refused = await rest(method, filled(path, place), body)
    place.guild.set_permissions(bot_role, everything)
    allowed = await rest(method, filled(path, place), body)

    assert (refused.status, refused.body) == (
        403,
        {"message": "Missing Permissions", "code": 50013},
    )
    assert allowed.status in (200, 201, 204), allowed.body


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/messages"), ("POST", "/typing")]
)
async def test_a_channel_that_the_bot_cannot_see_is_out_of_reach(
    rest: Rest, place: Home, method: str, path: str
) -> None:
    place.guild.overwrite(
        place.channel, place.guild.everyone, Overwrite(deny=Permission.VIEW_CHANNEL)
    )

    answer = await rest(method, f"/channels/{place.channel.id}{path}")

    assert (answer.status, answer.body) == (403, {"message": "Missing Access", "code": 50001})

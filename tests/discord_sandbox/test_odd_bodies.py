"""Bodies that nobody should send: every route refuses or takes them, and none breaks."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from yarl import URL

from discord_sandbox import Sandbox
from discord_sandbox.rest import routes
from discord_sandbox.rest.call import Route
from discord_sandbox.world.permissions import ALL
from tests.clock import Clock
from tests.discord_sandbox.parts import Home, Rest

pytestmark = pytest.mark.thorough

LEAVES: tuple[Any, ...] = (None, [], {}, "x", "", 1, -1, 2**70, True, 1.5, [None], [[]], [{}])
KEYS = (
    *("name", "type", "content", "embeds", "components", "attachments", "flags", "data"),
    *("choices", "options", "nonce", "allowed_mentions", "message_reference", "messages"),
    *("recipient_id", "permissions", "allow", "deny", "roles", "nick", "channel_id"),
    *("communication_disabled_until", "parent_id", "permission_overwrites", "archived", "topic"),
)
FULL = {"name": "x", "description": "x", "content": "x", "type": 0}
BODIES = [
    *LEAVES,
    *({key: leaf} for key in KEYS for leaf in LEAVES),
    *({**FULL, key: leaf} for key in KEYS for leaf in LEAVES),
]
WITH_BODY = [route for route in routes.ALL if route.method in ("POST", "PUT", "PATCH")]


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    """Without Discord's description of the API, which nearly all of these bodies break."""
    async with Sandbox(clock=clock, rate_limits=False) as running:
        yield running


async def answered(sandbox: Sandbox, method: str, path: str) -> list[int]:
    """Send all bodies on one connection without waiting, and return the status of each answer.

    A client that sends one and waits takes as long as the sandbox, and these are 20,000 requests.
    """
    url = URL(sandbox.api_base + path)
    head = (
        f"{method} {url.raw_path} HTTP/1.1\r\nHost: {url.authority}\r\n"
        f"Authorization: Bot {sandbox.token}\r\nContent-Type: application/json\r\n"
    )
    reader, writer = await asyncio.open_connection(url.host, url.port)
    for number, body in enumerate(BODIES, 1):
        content = "" if body is None else json.dumps(body)
        last = "Connection: close\r\n" if number == len(BODIES) else ""
        writer.write(f"{head}{last}Content-Length: {len(content)}\r\n\r\n{content}".encode())
    answers = await reader.read()
    writer.close()
    await writer.wait_closed()
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: f"{route.method} {route.path}")
async def test_no_body_breaks(route: Route, sandbox: Sandbox, rest: Rest, place: Home) -> None:
    place.guild.set_permissions(place.guild.bot.roles[0], ALL)
    channel = f"/channels/{place.channel.id}"
    hook = (await rest("POST", channel + "/webhooks", {"name": "h"})).body
    message = (await rest("POST", channel + "/messages", {"content": "x"})).body
    variables = {
        "application_id": sandbox.application.id,
        "guild_id": place.guild.id,
        "channel_id": place.channel.id,
        "message_id": message["id"],
        "user_id": place.mia.id,
        "role_id": place.moderators.id,
        "target_id": place.moderators.id,
        "webhook_id": hook["id"],
        "webhook_token": hook["token"],
        "interaction_id": 1,
        "interaction_token": "t",
        "command_id": 1,
        "emoji": "👍",
    }
    path = route.path.format(**variables)

    statuses = await answered(sandbox, route.method, path)

    assert max(statuses) < 500
    assert len(statuses) == len(BODIES)

"""Channels, their overwrites and names over REST."""

from __future__ import annotations

from typing import Any

import pytest

from discord_sandbox import Kind, Permission, Sandbox
from discord_sandbox.world.permissions import ALL
from tests.discord_sandbox.parts import Gateway, Home, Rest, filled
from tests.discord_sandbox.trees import REQUIRED, between, not_one_of, too_large, too_long


@pytest.fixture
def mighty(place: Home) -> Home:
    """Home, where the bot may do everything."""
    place.guild.set_permissions(place.guild.bot.roles[0], ALL)
    return place


async def test_channels_are_made_changed_and_deleted(rest: Rest, mighty: Home) -> None:
    body = {
        "name": "new",
        "topic": "news",
        "permission_overwrites": [{"id": str(mighty.mia.id), "type": 1, "deny": "2048"}],
    }
    made = await rest("POST", f"/guilds/{mighty.guild.id}/channels", body)
    path = f"/channels/{made.body['id']}"

    changed = await rest("PATCH", path, {"name": "newer", "rate_limit_per_user": 5, "nsfw": True})
    listed = await rest("GET", f"/guilds/{mighty.guild.id}/channels")
    deleted = await rest("DELETE", path)

    assert made.status == 201
    assert made.body["permission_overwrites"] == [
        {"id": str(mighty.mia.id), "type": 1, "allow": "0", "deny": "2048"}
    ]
    assert (changed.body["name"], changed.body["topic"]) == ("newer", "news")
    assert (changed.body["rate_limit_per_user"], changed.body["nsfw"]) == (5, True)
    assert [channel["name"] for channel in listed.body] == ["general", "newer"]
    assert deleted.body["id"] == made.body["id"]
    assert (await rest("GET", path)).code == 10003


async def test_overwrites_are_set_and_taken_away(rest: Rest, mighty: Home) -> None:
    path = f"/channels/{mighty.channel.id}/permissions/{mighty.moderators.id}"

    await rest("PUT", path, {"type": 0, "allow": "8192", "deny": "0"})
    assert mighty.mia.permissions_in(mighty.channel) & Permission.MANAGE_MESSAGES
    await rest("DELETE", path)

    assert not mighty.mia.permissions_in(mighty.channel) & Permission.MANAGE_MESSAGES


async def test_a_category_takes_no_messages(rest: Rest, mighty: Home) -> None:
    category = mighty.guild.add_channel(Kind.CATEGORY, "things")

    answer = await rest("POST", f"/channels/{category.id}/messages", {"content": "x"})

    assert (answer.status, answer.code) == (400, 50008)


NAMES: dict[str, tuple[str, str, Any, Any]] = {
    "a channel's": ("POST", "/guilds/{guild}/channels", {"name": "x" * 101}, between(1, 100)),
    "a nameless channel": ("POST", "/guilds/{guild}/channels", {}, REQUIRED),
    "a thread's": ("POST", "/channels/{channel}/threads", {"name": "x" * 101}, between(1, 100)),
    "a webhook's": ("POST", "/channels/{channel}/webhooks", {"name": "x" * 81}, between(1, 80)),
    "a role's": ("POST", "/guilds/{guild}/roles", {"name": "x" * 101}, too_long(100)),
}


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_refused(name: str, rest: Rest, mighty: Home) -> None:
    method, path, body, errors = NAMES[name]

    answer = await rest(method, filled(path, mighty), body)

    assert answer.errors == {"name": errors}


SETTINGS: dict[str, tuple[str, Any, Any]] = {
    "topic": ("/channels/{channel}", "x" * 1025, too_long(1024)),
    "rate_limit_per_user": ("/channels/{channel}", 21_601, too_large(21_600)),
    "auto_archive_duration": (
        "/channels/{channel}/threads",
        61,
        not_one_of("60, 1440, 4320, 10080"),
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
async def test_a_setting_is_refused(setting: str, rest: Rest, mighty: Home) -> None:
    path, value, errors = SETTINGS[setting]
    method = "POST" if path.endswith("threads") else "PATCH"

    answer = await rest(method, filled(path, mighty), {"name": "x", setting: value})

    assert answer.errors == {setting: errors}


async def test_typing_is_told(rest: Rest, place: Home, sandbox: Sandbox, gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()

    await rest("POST", f"/channels/{place.channel.id}/typing")

    assert (await line.event("TYPING_START"))["user_id"] == str(sandbox.bot.id)

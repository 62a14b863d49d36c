"""What a bot learns of itself, and what there is not."""

from __future__ import annotations

import pytest

from discord_sandbox import Sandbox
from tests.discord_sandbox.parts import Gateway, Home, Rest


async def test_the_bot_knows_itself_and_its_guilds(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    me = await rest("GET", "/users/@me")
    guilds = await rest("GET", "/users/@me/guilds")
    other = await rest("GET", f"/users/{place.mia.id}")
    nobody = await rest("GET", "/users/1")

    assert (me.body["id"], me.body["bot"]) == (str(sandbox.bot.id), True)
    assert [guild["name"] for guild in guilds.body] == ["Home"]
    assert other.body["username"] == "mia"
    assert (nobody.status, nobody.code) == (404, 10013)


@pytest.mark.parametrize("path", ["/applications/@me", "/oauth2/applications/@me"])
async def test_an_application_has_an_owner(rest: Rest, sandbox: Sandbox, path: str) -> None:
    answer = await rest("GET", path)

    assert (answer.body["owner"]["id"], answer.body["team"]) == (str(sandbox.owner.id), None)


async def test_an_application_may_have_a_team(rest: Rest, sandbox: Sandbox) -> None:
    dev, reader = sandbox.add_user("dev"), sandbox.add_user("reader")
    team = sandbox.add_team("Makers", {dev: "developer", reader: "read_only"})

    answer = await rest("GET", "/oauth2/applications/@me")

    assert answer.body["owner"]["username"] == f"team{team.id}"
    assert answer.body["team"]["owner_user_id"] == str(sandbox.owner.id)
    assert [(m["user"]["username"], m["role"]) for m in answer.body["team"]["members"]] == [
        ("owner", "admin"),
        ("dev", "developer"),
        ("reader", "read_only"),
    ]


async def test_the_gateway_is_told(rest: Rest, sandbox: Sandbox, gateway: Gateway) -> None:
    sandbox.hub.recommended_shards = 2
    await (await gateway()).identify()

    answer = await rest("GET", "/gateway/bot")

    assert answer.body == {
        "url": sandbox.gateway_url,
        "shards": 2,
        "session_start_limit": {
            "total": 1000,
            "remaining": 999,
            "reset_after": 86_400_000,
            "max_concurrency": 16,
        },
    }
    assert (await rest("GET", "/gateway")).body == {"url": sandbox.gateway_url}


async def test_without_the_token_nothing_is_told(rest: Rest) -> None:
    answer = await rest("GET", "/users/@me", token="guess")

    assert (answer.status, answer.body) == (401, {"message": "401: Unauthorized", "code": 0})


async def test_what_the_sandbox_lacks_it_says(rest: Rest) -> None:
    answer = await rest("GET", "/sticker-packs")

    assert answer.status == 404
    assert answer.body["message"] == (
        "404: Not Found (the sandbox has no GET /api/v10/sticker-packs)"
    )


@pytest.mark.parametrize("text", ["abc", "-1", "9" * 5000])
async def test_an_id_that_is_none_is_refused(text: str, rest: Rest) -> None:
    answer = await rest("GET", f"/channels/{text}")

    words = f'Value "{text}" is not snowflake.'
    assert answer.errors == {
        "channel_id": {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": words}]}
    }


UNKNOWN = {
    "/channels/1": 10003,
    "/guilds/1": 10004,
    "/channels/{channel}/messages/1": 10008,
    "/guilds/{guild}/members/1": 10007,
    "/guilds/{guild}/roles/1": 10011,
    "/webhooks/1": 10015,
    "/channels/{channel}/thread-members": 10003,
}


@pytest.mark.parametrize("path", UNKNOWN)
async def test_what_is_not_there_is_unknown(rest: Rest, place: Home, path: str) -> None:
    filled = path.format(channel=place.channel.id, guild=place.guild.id)

    answer = await rest("GET", filled)

    assert (answer.status, answer.code) == (404, UNKNOWN[path])

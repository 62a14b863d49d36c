"""Discord's description of its API beside what the sandbox takes and answers."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxError, openapi
from discord_sandbox.faults import cause
from discord_sandbox.openapi import OpenAPI
from discord_sandbox.rest import routes
from tests.discord_bot import described
from tests.discord_sandbox.parts import Home, Rest

NEEDS = pytest.mark.skipif(described() is None, reason="Discord's openapi.json is not here")
BASE = "/channels/1/messages"


@pytest.fixture(scope="module")
def api() -> OpenAPI:
    path = described()
    assert path is not None
    return openapi.load(path)


def row(component: Any) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": [component]}]}


BROKEN: dict[str, tuple[str, str, Any, str]] = {
    "a title": ("POST", BASE, {"embeds": [{"title": "x" * 257}]}, "$.embeds[0].title"),
    "a time": (
        "POST",
        BASE,
        {"embeds": [{"title": "t", "timestamp": "noon"}]},
        "$.embeds[0].timestamp",
    ),
    "a field without value": (
        "POST",
        BASE,
        {"embeds": [{"fields": [{"name": "n"}]}]},
        "$.embeds[0].fields[0]",
    ),
    "a button's label, whatever else a component may be": (
        "POST",
        BASE,
        row({"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}),
        "$.components[0].components[0].label",
    ),
    "a type of component that is none": (
        "POST",
        BASE,
        row({"type": 99}),
        "$.components[0].components[0].type",
    ),
    "an option of a command": (
        "POST",
        "/applications/1/commands",
        {"name": "x", "options": [{"type": 3, "name": "y", "description": ""}]},
        "$.options[0].description",
    ),
    "a callback's message": (
        "POST",
        "/interactions/1/token/callback",
        {"type": 4, "data": {"content": 5}},
        "$.data.content",
    ),
    "a callback's type": ("POST", "/interactions/1/token/callback", {"type": 42}, "$.type"),
    "a modal's title": (
        "POST",
        "/interactions/1/token/callback",
        {"type": 9, "data": {"title": "x" * 46, "custom_id": "a", "components": []}},
        "$.data.title",
    ),
    "a body that is missing": ("POST", BASE, None, "$"),
    "a request that there is none of": ("POST", "/nowhere", {}, "$"),
    "a list of commands": ("PUT", "/applications/1/commands", [{}], "$[0]"),
}


@NEEDS
@pytest.mark.parametrize("name", BROKEN)
def test_a_violation_names_its_place(name: str, api: OpenAPI) -> None:
    method, path, body, place = BROKEN[name]

    found = list(api.request(method, path, body))

    assert place in [each.path for each in found], found


QUERIES: dict[str, tuple[str, list[tuple[str, str]], str]] = {
    "a number that is too large": (
        BASE,
        [("limit", "500")],
        "GET /channels/{channel_id}/messages: ?limit: 500 is greater than the maximum of 100",
    ),
    "a number that is too small": (
        BASE,
        [("limit", "0")],
        "GET /channels/{channel_id}/messages: ?limit: 0 is less than the minimum of 1",
    ),
    "a number that is none": (
        BASE,
        [("limit", "many")],
        "GET /channels/{channel_id}/messages: ?limit: 'many' is not of type 'integer'",
    ),
    "an id that is none": (
        BASE,
        [("before", "now")],
        "GET /channels/{channel_id}/messages: ?before: 'now' does not match '^(0|[1-9][0-9]*)$'",
    ),
    "a switch that is none": (
        "/guilds/1",
        [("with_counts", "maybe")],
        "GET /guilds/{guild_id}: ?with_counts: 'maybe' is not of type 'boolean'",
    ),
    "one id of several": (
        "/guilds/1/messages/search",
        [("author_id", "1,x")],
        (
            "GET /guilds/{guild_id}/messages/search: ?author_id[1]: "
            "'x' does not match '^(0|[1-9][0-9]*)$'"
        ),
    ),
    "a variable that is missing": (
        "/guilds/1/members/search",
        [],
        "GET /guilds/{guild_id}/members/search: ?query: the parameter is missing",
    ),
    "a path that there is none of": (
        "/guilds/1/members/2/nothing",
        [],
        "GET /guilds/1/members/2/nothing: $: Discord describes no such request",
    ),
    "an id in the path that is none": (
        "/channels/here/messages",
        [],
        (
            "GET /channels/{channel_id}/messages: {channel_id}: "
            "'here' does not match '^(0|[1-9][0-9]*)$'"
        ),
    ),
}


@NEEDS
@pytest.mark.parametrize("name", QUERIES)
def test_a_violation_names_its_parameter(name: str, api: OpenAPI) -> None:
    path, query, told = QUERIES[name]

    assert [str(each) for each in api.request("GET", path, None, query)] == [told]


@NEEDS
def test_a_word_in_a_path_is_no_variable(api: OpenAPI) -> None:
    assert list(api.request("PATCH", "/guilds/1/members/@me", {"nick": "n"})) == []
    assert list(api.request("GET", "/guilds/1/members/2", None)) == []
    assert list(api.request("GET", "/users/@me/guilds", None, [("with_counts", "1")])) == []


SKIPPED: dict[str, tuple[str | None, str, str, Any, str]] = {
    "an error of Discord": (
        "error-503",
        "POST",
        "/messages",
        {"embeds": [{"title": "x" * 257}]},
        "$.embeds[0].title",
    ),
    "an outage": ("outage", "POST", "/messages", {"content": 7}, "$.content"),
    "a route that the sandbox lacks": (None, "POST", "/invites", {"max_age": -5}, "$.max_age"),
    "a query": (None, "GET", "/messages?limit=500", None, "?limit"),
}


@NEEDS
@pytest.mark.parametrize("name", SKIPPED)
async def test_whatever_it_meets_a_request_is_checked(
    name: str, sandbox: Sandbox, rest: Rest, place: Home
) -> None:
    fault, method, path, body, where = SKIPPED[name]
    if fault:
        cause(sandbox.faults, fault, {})

    with contextlib.suppress(aiohttp.ClientConnectionError):
        await rest(method, f"/channels/{place.channel.id}{path}", body)

    assert {each.path for each in sandbox.violations} == {where}


VALID: dict[str, tuple[str, str, Any]] = {
    "ids that are numbers": (
        "POST",
        BASE,
        {"content": "x", "allowed_mentions": {"users": [1]}, "attachments": [{"id": 0}]},
    ),
    "null where that may be": ("PATCH", BASE + "/2", {"content": None, "embeds": None}),
    "permissions that are texts": ("POST", "/guilds/1/roles", {"permissions": "8"}),
    "times with a zone": (
        "POST",
        BASE,
        {"embeds": [{"timestamp": "2027-01-15T08:00:00.5+01:00"}, {"timestamp": None}]},
    ),
    "no body where none is needed": ("POST", "/channels/1/typing", None),
}


@NEEDS
@pytest.mark.parametrize("name", VALID)
def test_no_alarm_is_raised_by(name: str, api: OpenAPI) -> None:
    assert list(api.request(*VALID[name])) == []


@NEEDS
def test_discord_has_every_route_of_the_sandbox(api: OpenAPI) -> None:
    unknown = [
        f"{route.method} {route.path}"
        for route in routes.ALL
        if any(
            each.message == "Discord describes no such request"
            for each in api.request(route.method, re.sub(r"{\w+}", "1", route.path), {})
        )
    ]

    assert unknown == []


@NEEDS
async def test_the_answers_of_the_sandbox_are_as_discord_describes_them(
    sandbox: Sandbox, rest: Rest, place: Home, api: OpenAPI
) -> None:
    await tour(sandbox, rest, place)

    wrong = [
        str(violation)
        for each in sandbox.requests
        for violation in api.answer(each.method, each.route, each.status, each.answer)
    ]
    assert len(sandbox.requests) > 40
    assert wrong == []


async def tour(sandbox: Sandbox, rest: Rest, place: Home) -> None:
    """Use every kind of object that the sandbox answers with."""
    from discord_sandbox.world.permissions import ALL

    place.guild.set_permissions(place.guild.bot.roles[0], ALL)
    guild, channel, app = (
        f"/guilds/{place.guild.id}",
        f"/channels/{place.channel.id}",
        f"/applications/{sandbox.application.id}",
    )
    sandbox.add_team("Makers", {})
    for path in (
        "/users/@me",
        "/users/@me/guilds",
        f"/users/{place.mia.id}",
        "/applications/@me",
        "/oauth2/applications/@me",
        "/gateway",
        "/gateway/bot",
        guild + "?with_counts=true",
        guild + "/channels",
        guild + "/roles",
        guild + "/members?limit=10",
        guild + "/members/search?query=m",
        f"{guild}/members/{place.mia.id}",
        channel,
    ):
        assert (await rest("GET", path)).status == 200
    await content(rest, place, channel)
    await structure(rest, place, guild, channel)
    command = {"name": "ask", "description": "Ask.", "default_member_permissions": 8}
    await rest("POST", app + "/commands", command)
    await rest("PUT", f"{app}{guild}/commands", [command, {"type": 3, "name": "Quote"}])
    await rest("GET", app + "/commands")


async def content(rest: Rest, place: Home, channel: str) -> None:
    button = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", "emoji": {"name": "👍"}}
    options = [{"label": "A", "value": "a"}]
    select = {"type": 3, "custom_id": "pick", "options": options, "placeholder": "pick"}
    users = {"type": 5, "custom_id": "who"}
    rows = [{"type": 1, "components": [each]} for each in (button, select, users)]
    embed = {
        "title": "t",
        "description": "d",
        "color": 1,
        "image": {"url": "attachment://a.png"},
        "fields": [{"name": "n", "value": "v"}],
        "footer": {"text": "f"},
        "author": {"name": "a"},
        "timestamp": "2027-01-15T08:00:00Z",
    }
    body = {"content": place.mia.mention, "embeds": [embed], "components": rows}
    files = [("a.png", b"x"), ("b.txt", b"y")]
    made = await rest("POST", channel + "/messages", body, files=files)
    own = f"{channel}/messages/{made.body['id']}"
    reply = {"content": "r", "message_reference": {"message_id": made.body["id"]}}
    layout = {"flags": 1 << 15, "components": [{"type": 17, "components": rows[:1]}]}
    for each in (reply, layout):
        assert (await rest("POST", channel + "/messages", each)).status == 200
    await rest("PUT", own + "/reactions/👍/@me")
    await rest("PUT", f"{channel}/messages/pins/{made.body['id']}")
    for path in (own, channel + "/messages", own + "/reactions/👍", channel + "/messages/pins"):
        assert (await rest("GET", path)).status == 200
    assert (await rest("PATCH", own, {"content": "new"})).status == 200
    thread = await rest("POST", own + "/threads", {"name": "t"})
    await rest("GET", f"/channels/{thread.body['id']}/thread-members")
    await rest("GET", channel + "/threads/archived/public")


async def structure(rest: Rest, place: Home, guild: str, channel: str) -> None:
    hook = (await rest("POST", channel + "/webhooks", {"name": "h"})).body
    await rest("GET", f"/webhooks/{hook['id']}")
    base = f"/webhooks/{hook['id']}/{hook['token']}"
    await rest("GET", base)
    await rest("POST", base, {"content": "x"}, query={"wait": "true"})
    await rest("GET", channel + "/webhooks")
    await rest("GET", guild + "/threads/active")
    role = await rest("POST", guild + "/roles", {"name": "r"})
    await rest("PATCH", f"{guild}/roles/{role.body['id']}", {"name": "s"})
    await rest("GET", f"{guild}/roles/{role.body['id']}")
    made = await rest("POST", guild + "/channels", {"name": "c"})
    await rest("PATCH", f"/channels/{made.body['id']}", {"topic": "t"})
    await rest("DELETE", f"/channels/{made.body['id']}")
    await rest("PATCH", f"{guild}/members/{place.mia.id}", {"nick": "n"})
    await rest("PATCH", guild + "/members/@me", {"nick": "n"})
    await rest("PUT", f"{guild}/bans/{place.mia.id}")
    await rest("GET", guild + "/bans")
    await rest("POST", "/users/@me/channels", {"recipient_id": str(place.mia.id)})


@pytest.mark.parametrize(
    "write", [lambda path: None, lambda path: path.write_text("{"), lambda path: path.mkdir()]
)
def test_a_file_that_is_none_is_told(tmp_path: Path, write: Callable[[Path], Any]) -> None:
    path = tmp_path / "openapi.json"
    write(path)

    with pytest.raises(SandboxError, match=r"requests cannot be checked against .*openapi\.json"):
        Sandbox(openapi=path)


async def test_the_environment_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"paths": {}, "components": {"schemas": {"SnowflakeType": {}}}}))
    monkeypatch.setenv("DISCORD_OPENAPI", str(path))

    assert Sandbox().openapi is openapi.load(path)


@NEEDS
async def test_a_violation_is_an_error_in_the_log(
    rest: Rest, place: Home, caplog: pytest.LogCaptureFixture
) -> None:
    await rest("POST", f"/channels/{place.channel.id}/messages", {"content": 7})

    (error,) = caplog.records
    assert error.levelname == "ERROR"
    assert error.getMessage() == (
        "Discord's description of the API forbids: "
        "POST /channels/{channel_id}/messages: $.content: 7 is not of type 'string', 'null'"
    )

"""Discord's description of its API beside what the sandbox takes and answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox, SandboxError, openapi
from sandbox.openapi import OpenAPI
from sandbox.rest import routes
from tests.discord_bot import described
from tests.sandbox.parts import Home, Rest

NEEDS = pytest.mark.skipif(described() is None, reason="Discord's openapi.json is not here")
BASE = "/channels/{channel_id}/messages"


@pytest.fixture(scope="module")
def api() -> OpenAPI:
    path = described()
    assert path is not None
    return openapi.load(path)


def row(component: Any) -> dict[str, Any]:
    return {"components": [{"type": 1, "components": [component]}]}


BROKEN: dict[str, tuple[str, str, Any, str]] = {
    "a title": ("POST", BASE, {"embeds": [{"title": "x" * 257}]}, "$.embeds[0].title"),
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
        "/applications/{a}/commands",
        {"name": "x", "options": [{"type": 3, "name": "y", "description": ""}]},
        "$.options[0].description",
    ),
    "a callback's message": (
        "POST",
        "/interactions/{a}/{b}/callback",
        {"type": 4, "data": {"content": 5}},
        "$.data.content",
    ),
    "a callback's type": ("POST", "/interactions/{a}/{b}/callback", {"type": 42}, "$.type"),
    "a modal's title": (
        "POST",
        "/interactions/{a}/{b}/callback",
        {"type": 9, "data": {"title": "x" * 46, "custom_id": "a", "components": []}},
        "$.data.title",
    ),
    "a body that is missing": ("POST", BASE, None, "$"),
    "a request that there is none of": ("POST", "/nowhere", {}, "$"),
    "a list of commands": ("PUT", "/applications/{a}/commands", [{}], "$[0]"),
}


@NEEDS
@pytest.mark.parametrize("name", BROKEN)
def test_a_violation_names_its_place(name: str, api: OpenAPI) -> None:
    method, route, body, place = BROKEN[name]

    found = list(api.request(method, route, body))

    assert place in [each.path for each in found], found
    assert str(found[0]).startswith(f"{method} {route}: $")


VALID: dict[str, tuple[str, str, Any]] = {
    "ids that are numbers": (
        "POST",
        BASE,
        {"content": "x", "allowed_mentions": {"users": [1]}, "attachments": [{"id": 0}]},
    ),
    "null where that may be": ("PATCH", BASE + "/{message_id}", {"content": None, "embeds": None}),
    "permissions that are texts": ("POST", "/guilds/{guild_id}/roles", {"permissions": "8"}),
    "no body where none is needed": ("POST", "/channels/{channel_id}/typing", None),
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
            for each in api.request(route.method, route.path, {})
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
    from sandbox.world.permissions import ALL

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

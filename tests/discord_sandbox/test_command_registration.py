"""Registering commands: upsert, overwrite, edit, deletion, daily creates."""

from __future__ import annotations

import pytest

from discord_sandbox import Sandbox
from tests.clock import Clock
from tests.discord_sandbox.command_bodies import command
from tests.discord_sandbox.parts import Home, Rest
from tests.discord_sandbox.trees import at, said


async def test_a_command_with_a_known_name_is_replaced_and_keeps_its_id(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    path = f"/applications/{sandbox.application.id}/guilds/{place.guild.id}/commands"
    first = await rest("POST", path, command())

    second = await rest("POST", path, command(description="Ask anew."))

    assert (first.status, second.status) == (201, 200)
    assert second.body == {
        "id": first.body["id"],
        "application_id": str(sandbox.application.id),
        "guild_id": str(place.guild.id),
        "version": second.body["version"],
        "name": "ask",
        "description": "Ask anew.",
        "type": 1,
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
    }
    assert int(second.body["version"]) > int(first.body["version"])


async def test_one_upsert_leaves_the_other_commands_alone(
    rest: Rest, sandbox: Sandbox, place: Home
) -> None:
    path = f"/applications/{sandbox.application.id}/guilds/{place.guild.id}/commands"
    await rest("POST", path, command(name="host"))

    await rest("POST", path, command(name="debug"))

    assert [each["name"] for each in (await rest("GET", path)).body] == ["host", "debug"]


async def test_an_overwrite_replaces_all_commands_and_keeps_the_ids_of_known_ones(
    rest: Rest, sandbox: Sandbox
) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    kept = await rest("POST", path, command())
    await rest("POST", path, command(name="gone"))

    answer = await rest("PUT", path, [command(), command(name="new")])

    assert [each["name"] for each in answer.body] == ["ask", "new"]
    assert answer.body[0]["id"] == kept.body["id"]
    assert answer.body[0]["version"] == kept.body["version"]


async def test_an_overwrite_tells_which_command_is_wrong(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"

    wrong = await rest("PUT", path, [command(), command(name="Ask")])
    twice = await rest("PUT", path, [command(), command()])

    words = "Command name is invalid"
    assert wrong.errors == at(1, name=said("APPLICATION_COMMAND_INVALID_NAME", words))
    words = "Application command names must be unique"
    assert twice.errors == {"1": said("APPLICATION_COMMANDS_DUPLICATE_NAME", words)}


async def test_a_command_can_be_shown_changed_and_deleted(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    made = await rest("POST", path, command())
    own = f"{path}/{made.body['id']}"

    changed = await rest("PATCH", own, {"description": "Ask anew."})

    assert changed.body["description"] == "Ask anew."
    assert (await rest("GET", own)).body == changed.body
    assert (await rest("DELETE", own)).status == 204
    gone = await rest("GET", own)
    assert (gone.status, gone.code) == (404, 10063)


async def test_the_201st_command_of_a_day_is_refused(
    rest: Rest, sandbox: Sandbox, place: Home, clock: Clock
) -> None:
    path = f"/applications/{sandbox.application.id}/guilds/{place.guild.id}/commands"
    for number in range(200):
        made = await rest("POST", path, command(name=f"c{number}"))
        assert made.status == 201
        await rest("DELETE", f"{path}/{made.body['id']}")

    refused = await rest("POST", path, command())
    elsewhere = await rest("POST", f"/applications/{sandbox.application.id}/commands", command())
    clock.turn(86_400)
    tomorrow = await rest("POST", path, command())

    assert (refused.status, refused.body) == (
        429,
        {
            "message": "Max number of daily application command creates has been reached (200)",
            "code": 30034,
            "retry_after": 86400.0,
        },
    )
    assert refused.headers["Retry-After"] == "86400.0"
    assert (elsewhere.status, tomorrow.status) == (201, 201)


async def test_the_101st_slash_command_is_refused(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    await rest("PUT", path, [command(name=f"c{number}") for number in range(100)])

    answer = await rest("POST", path, command())

    assert (answer.status, answer.code) == (400, 30032)


@pytest.mark.parametrize("kind", [2, 3])
async def test_the_16th_command_of_a_menu_is_refused(
    kind: int, rest: Rest, sandbox: Sandbox
) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    answers = [await rest("POST", path, {"name": f"C {n}", "type": kind}) for n in range(16)]

    assert [each.status for each in answers] == [201] * 15 + [400]
    assert answers[-1].code == 30032


async def test_a_whole_list_is_refused_or_replaces_all(rest: Rest, sandbox: Sandbox) -> None:
    path = f"/applications/{sandbox.application.id}/commands"
    first = [command(name=f"a{number}") for number in range(100)]
    second = [command(name=f"b{number}") for number in range(100)]

    too_many = await rest("PUT", path, [*first, command(name="more")])
    nothing = await rest("GET", path)
    await rest("PUT", path, first)
    replaced = await rest("PUT", path, second)
    too_often = await rest("PUT", path, [*second[1:], command(name="more")])
    now = await rest("GET", path)

    assert (too_many.status, too_many.code, nothing.body) == (400, 30032, [])
    assert replaced.status == 200
    assert (too_often.status, too_often.code) == (429, 30034)
    assert [each["name"] for each in now.body] == [each["name"] for each in second]


async def test_commands_of_other_applications_and_guilds_are_out_of_reach(
    rest: Rest, sandbox: Sandbox
) -> None:
    other = await rest("GET", "/applications/1/commands")
    guild = await rest("GET", f"/applications/{sandbox.application.id}/guilds/1/commands")

    assert (other.status, other.code) == (404, 10002)
    assert (guild.status, guild.code) == (403, 50001)

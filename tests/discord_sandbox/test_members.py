"""Guilds, roles, members and bans over REST."""

from __future__ import annotations

import pytest

from discord_sandbox import Guild, Permission, Role
from discord_sandbox.world.permissions import ALL
from tests.discord_sandbox.parts import Gateway, Home, Rest
from tests.discord_sandbox.trees import said, too_long


@pytest.fixture
def mighty(place: Home) -> Home:
    """Home, where the bot may do everything."""
    place.guild.set_permissions(place.guild.bot.roles[0], ALL)
    return place


async def test_a_nickname_is_up_to_32_characters(rest: Rest, mighty: Home) -> None:
    path = f"/guilds/{mighty.guild.id}/members/@me"

    refused = await rest("PATCH", path, {"nick": "x" * 33})
    accepted = await rest("PATCH", path, {"nick": "Botty"})

    assert refused.errors == {"nick": too_long(32)}
    assert (accepted.body["nick"], mighty.guild.bot.name) == ("Botty", "Botty")


async def test_roles_are_made_changed_given_and_deleted(rest: Rest, mighty: Home) -> None:
    base = f"/guilds/{mighty.guild.id}"
    made = await rest("POST", f"{base}/roles", {"name": "new", "permissions": "8192"})
    own = f"{base}/roles/{made.body['id']}"

    changed = await rest("PATCH", own, {"name": "newer", "color": 255, "mentionable": True})
    await rest("PUT", f"{base}/members/{mighty.mia.id}/roles/{made.body['id']}")
    given = await rest("GET", f"{base}/members/{mighty.mia.id}")
    await rest("DELETE", f"{base}/members/{mighty.mia.id}/roles/{mighty.moderators.id}")
    deleted = await rest("DELETE", own)

    assert (changed.body["name"], changed.body["color"]) == ("newer", 255)
    assert changed.body["permissions"] == "8192"
    assert given.body["roles"] == [str(mighty.moderators.id), made.body["id"]]
    assert (deleted.status, mighty.mia.roles) == (204, [])
    names = [role["name"] for role in (await rest("GET", f"{base}/roles")).body]
    assert names == ["@everyone", "sandbox bot", "Moderators"]


def raised(guild: Guild) -> Role:
    """Make a role that stands as high as the bot's own."""
    high = guild.add_role("High")
    high.position = guild.bot.rank
    return high


async def test_the_bot_does_not_reach_above_its_own_role(rest: Rest, mighty: Home) -> None:
    high = raised(mighty.guild)
    mighty.mia.add_role(high)
    base = f"/guilds/{mighty.guild.id}"

    answers = [
        await rest("PATCH", f"{base}/roles/{high.id}", {"name": "x"}),
        await rest("DELETE", f"{base}/roles/{high.id}"),
        await rest("PUT", f"{base}/members/{mighty.mia.id}/roles/{high.id}"),
        await rest("DELETE", f"{base}/members/{mighty.mia.id}"),
        await rest("DELETE", f"{base}/members/{mighty.guild.owner.id}"),
    ]

    assert [answer.code for answer in answers] == [50013] * 5


async def test_members_of_a_role_above_the_bots_own_stay_as_they_are(
    rest: Rest, mighty: Home
) -> None:
    high = raised(mighty.guild)
    bot = mighty.guild.bot
    base = f"/guilds/{mighty.guild.id}/members"

    given = await rest("PATCH", f"{base}/{mighty.mia.id}", {"nick": "x", "roles": [str(high.id)]})
    taken = await rest("PATCH", f"{base}/{bot.id}", {"roles": []})
    unknown = await rest("PATCH", f"{base}/{mighty.mia.id}", {"roles": ["1"]})

    assert (given.code, taken.code, unknown.code) == (50013, 50013, 10011)
    assert (mighty.mia.nick, mighty.mia.roles) == (None, [mighty.moderators])
    assert [role.name for role in bot.roles] == ["sandbox bot"]


async def test_a_timeout_is_refused(rest: Rest, mighty: Home) -> None:
    boss = mighty.guild.add_member("boss", roles=[mighty.guild.add_role("Admins", ALL)])
    mighty.guild.bot.roles[0].position = 9
    base = f"/guilds/{mighty.guild.id}/members"

    long = {"communication_disabled_until": "2027-02-12T08:00:01+00:00"}  # 28 days and 1 s
    of_mia = await rest("PATCH", f"{base}/{mighty.mia.id}", long)
    of_boss = await rest("PATCH", f"{base}/{boss.id}", long)

    assert of_mia.errors == {
        "communication_disabled_until": said(
            "INVALID_COMMUNICATION_DISABLED_TIMESTAMP", "Invalid communication disabled timestamp"
        )
    }
    assert (of_boss.code, mighty.mia.timed_out_until) == (50013, None)
    longest = {"communication_disabled_until": "2027-02-12T08:00:00+00:00"}
    assert (await rest("PATCH", f"{base}/{mighty.mia.id}", longest)).status == 200


async def test_a_timeout_until_no_time_is_refused(rest: Rest, mighty: Home) -> None:
    path = f"/guilds/{mighty.guild.id}/members/{mighty.mia.id}"

    answer = await rest("PATCH", path, {"communication_disabled_until": "noon"})

    assert answer.errors == {
        "communication_disabled_until": said(
            "DATE_TIME_TYPE_PARSE", "Could not parse noon. Should be ISO8601."
        )
    }


async def test_the_bot_cannot_give_a_role_what_it_has_not(rest: Rest, place: Home) -> None:
    place.guild.set_permissions(place.guild.bot.roles[0], Permission.MANAGE_ROLES)

    body = {"permissions": str(int(Permission.BAN_MEMBERS))}
    answer = await rest("POST", f"/guilds/{place.guild.id}/roles", body)

    assert answer.code == 50013


async def test_members_are_listed_found_changed_and_removed(rest: Rest, mighty: Home) -> None:
    base = f"/guilds/{mighty.guild.id}/members"
    body = {"nick": "Mimi", "communication_disabled_until": "2027-01-16T08:00:00+00:00"}

    listed = await rest("GET", f"{base}?limit=1000")
    found = await rest("GET", f"{base}/search?query=mi&limit=10")
    changed = await rest("PATCH", f"{base}/{mighty.mia.id}", body)
    stripped = await rest("PATCH", f"{base}/{mighty.mia.id}", {"roles": []})
    kicked = await rest("DELETE", f"{base}/{mighty.mia.id}")

    assert len(listed.body) == 3
    assert [member["user"]["username"] for member in found.body] == ["mia"]
    assert (changed.body["nick"], stripped.body["roles"]) == ("Mimi", [])
    assert changed.body["communication_disabled_until"] == "2027-01-16T08:00:00.000000+00:00"
    assert kicked.status == 204
    assert (await rest("GET", f"{base}/{mighty.mia.id}")).code == 10007


async def test_users_are_banned_and_unbanned(rest: Rest, mighty: Home, gateway: Gateway) -> None:
    line = await gateway()
    await line.identify()
    base = f"/guilds/{mighty.guild.id}/bans"

    await rest("PUT", f"{base}/{mighty.mia.id}")
    listed = await rest("GET", base)
    shown = await rest("GET", f"{base}/{mighty.mia.id}")
    lifted = await rest("DELETE", f"{base}/{mighty.mia.id}")
    again = await rest("DELETE", f"{base}/{mighty.mia.id}")

    assert [ban["user"]["username"] for ban in listed.body] == ["mia"]
    assert shown.body == listed.body[0]
    assert (await rest("GET", f"{base}/{mighty.mia.id}")).code == 10026
    assert (lifted.status, again.code) == (204, 10026)
    assert (await rest("PUT", f"{base}/1")).code == 10013
    assert (await line.event("GUILD_BAN_ADD"))["user"]["username"] == "mia"
    await line.event("GUILD_MEMBER_REMOVE")
    await line.event("GUILD_BAN_REMOVE")


async def test_a_guild_is_shown_and_left(rest: Rest, place: Home) -> None:
    shown = await rest("GET", f"/guilds/{place.guild.id}?with_counts=true")
    left = await rest("DELETE", f"/users/@me/guilds/{place.guild.id}")

    assert (shown.body["name"], shown.body["approximate_member_count"]) == ("Home", 3)
    assert left.status == 204
    assert (await rest("GET", f"/guilds/{place.guild.id}")).code == 10004

"""Which events a session gets: intents, visibility, shards, members on request."""

from __future__ import annotations

from discord_sandbox import Overwrite, Permission, Sandbox
from discord_sandbox.gateway.intents import KNOWN, Intent
from discord_sandbox.world import changes
from tests.discord_sandbox.parts import Gateway, Home


async def test_without_the_intent_there_is_no_event(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify(int(Intent.GUILDS))

    await sandbox.say(place.mia, place.channel, "unheard")
    place.guild.set_permissions(place.moderators, 0)

    await line.event("GUILD_ROLE_UPDATE")
    assert "MESSAGE_CREATE" not in [frame["t"] for frame in line.seen]


async def test_without_the_content_intent_messages_are_empty_but_for_mentions(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify(KNOWN & ~Intent.MESSAGE_CONTENT)

    await sandbox.say(place.mia, place.channel, "secret")
    await sandbox.say(place.mia, place.channel, f"hey {sandbox.bot.mention}")
    await sandbox.say(place.mia, sandbox.direct(place.mia), "between us")

    told = [(await line.event("MESSAGE_CREATE"))["content"] for _ in range(3)]
    assert told == ["", f"hey {sandbox.bot.mention}", "between us"]


async def test_what_the_bot_cannot_see_it_is_not_told(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    hidden = place.guild.add_text_channel(
        "hidden", overwrites={place.guild.everyone: Overwrite(deny=Permission.VIEW_CHANNEL)}
    )
    place.guild.overwrite(hidden, place.mia, Overwrite(allow=Permission.VIEW_CHANNEL))
    line = await gateway()
    await line.identify()

    await sandbox.say(place.mia, hidden, "unheard")
    await sandbox.say(place.mia, place.channel, "heard")

    assert (await line.event("MESSAGE_CREATE"))["content"] == "heard"


async def test_each_shard_gets_its_own_guilds(sandbox: Sandbox, gateway: Gateway) -> None:
    even = sandbox.add_guild("Even", id=2 << 22)
    odd = sandbox.add_guild("Odd", id=3 << 22)
    lines = [await gateway(), await gateway()]
    readies = [await line.identify(shard=[n, 2]) for n, line in enumerate(lines)]

    odd.add_role("Only here")

    assert [[guild["id"] for guild in ready["guilds"]] for ready in readies] == [
        [str(even.id)],
        [str(odd.id)],
    ]
    assert (await lines[1].event("GUILD_ROLE_CREATE"))["role"]["name"] == "Only here"
    await lines[0].send(1, None)
    await lines[0].op(11)
    assert "GUILD_ROLE_CREATE" not in [frame["t"] for frame in lines[0].seen]


async def test_direct_messages_go_to_shard_zero(sandbox: Sandbox, gateway: Gateway) -> None:
    lines = [await gateway(), await gateway()]
    for number, line in enumerate(lines):
        await line.identify(shard=[number, 2])
    user = sandbox.add_user("zoe")

    await sandbox.say(user, sandbox.direct(user), "hi")

    assert (await lines[0].event("MESSAGE_CREATE"))["author"]["username"] == "zoe"


async def test_members_are_listed_on_request(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    for number in range(1000):
        place.guild.add_member(f"m{number}")
    line = await gateway()
    await line.identify(KNOWN & ~Intent.GUILD_PRESENCES)
    guild = await line.event("GUILD_CREATE")
    assert [member["user"]["id"] for member in guild["members"]] == [str(sandbox.bot.id)]

    await line.send(8, {"guild_id": str(place.guild.id), "query": "", "limit": 0, "nonce": "n"})
    chunks = [await line.event("GUILD_MEMBERS_CHUNK") for _ in range(2)]

    assert [len(chunk["members"]) for chunk in chunks] == [1000, 3]
    assert [(chunk["chunk_index"], chunk["chunk_count"]) for chunk in chunks] == [(0, 2), (1, 2)]
    assert chunks[0]["nonce"] == "n"


async def test_members_are_found_by_name_and_by_id(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify()
    asked = {"guild_id": str(place.guild.id)}

    await line.send(8, {**asked, "query": "MI", "limit": 5})
    by_name = await line.event("GUILD_MEMBERS_CHUNK")
    await line.send(8, {**asked, "user_ids": [str(place.mia.id), "1"]})
    by_id = await line.event("GUILD_MEMBERS_CHUNK")

    assert [member["user"]["username"] for member in by_name["members"]] == ["mia"]
    assert [member["user"]["username"] for member in by_id["members"]] == ["mia"]
    assert by_id["not_found"] == ["1"]


async def test_all_members_are_told_only_to_who_has_the_intent(
    gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify(int(Intent.GUILDS))

    await line.send(8, {"guild_id": str(place.guild.id), "query": "", "limit": 0})
    await line.send(8, {"guild_id": "1", "query": "", "limit": 0})
    await line.send(1, None)

    await line.op(11)
    assert "GUILD_MEMBERS_CHUNK" not in [frame["t"] for frame in line.seen]


async def test_a_bot_that_leaves_a_guild_hears_no_more_of_it(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify()

    changes.remove_member(place.guild, place.guild.bot)
    place.guild.add_role("Unheard")
    sandbox.add_guild("Next")

    assert await line.event("GUILD_DELETE") == {"id": str(place.guild.id)}
    await line.event("GUILD_CREATE")
    assert "GUILD_ROLE_CREATE" not in [frame["t"] for frame in line.seen]


async def test_of_itself_a_bot_is_told_without_the_members_intent(
    gateway: Gateway, place: Home
) -> None:
    line = await gateway()
    await line.identify(int(Intent.GUILDS))

    place.mia.remove_role(place.moderators)
    place.guild.bot.add_role(place.moderators)

    told = await line.event("GUILD_MEMBER_UPDATE")
    assert told["user"]["username"] == "sandbox bot"

"""Real discord.py clients on the sandbox: their cache, shards, reconnects."""

from __future__ import annotations

import asyncio
import logging

import discord
import pytest
from discord.ext import commands, tasks

from discord_sandbox import Overwrite, Permission, Sandbox
from discord_sandbox.faults import cause
from tests.discord_bot import running
from tests.discord_sandbox.bots import make_bot, until
from tests.discord_sandbox.parts import Home

SHARED = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.MANAGE_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.ADD_REACTIONS
    | Permission.MENTION_EVERYONE
    | Permission.MANAGE_CHANNELS
)
"""What discord.py tells of a text channel as well."""


async def test_dms_members_roles_and_channels(sandbox: Sandbox, place: Home) -> None:
    place.guild.set_permissions(place.guild.bot.roles[0], Permission.ADMINISTRATOR)
    bot = make_bot()
    async with running(bot, sandbox):
        guild = bot.get_guild(place.guild.id)
        assert guild is not None
        mia = guild.get_member(place.mia.id)
        assert mia is not None
        await mia.send("psst")
        await mia.edit(nick="Mimi")
        role = await guild.create_role(name="Fresh", colour=discord.Colour.red())
        await mia.add_roles(role)
        await mia.remove_roles(role)
        channel = await guild.create_text_channel("fresh", topic="new")
        await channel.set_permissions(role, send_messages=False)
        await channel.edit(name="fresher")
        await channel.delete()
        await role.delete()
        members = [member.name async for member in guild.fetch_members(limit=None)]
        await mia.kick()
        info = await bot.application_info()
        user = await bot.fetch_user(sandbox.owner.id)
        await until(lambda: guild.member_count == 2)

    assert sandbox.direct(place.mia).messages[0].content == "psst"
    assert sorted(members) == ["Home owner", "mia", "sandbox bot"]
    assert (info.owner.id, user.name) == (sandbox.owner.id, "owner")


async def test_a_bots_cache_follows_what_people_do(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    heard: list[str] = []

    @bot.listen()
    async def on_member_join(member: discord.Member) -> None:
        heard.append(f"join {member.name}")

    @bot.listen()
    async def on_reaction_add(reaction: discord.Reaction, user: discord.Member) -> None:
        heard.append(f"{user.name} {reaction.emoji}")

    @bot.listen()
    async def on_guild_channel_create(channel: discord.TextChannel) -> None:
        heard.append(f"channel {channel.name}")

    async with running(bot, sandbox):
        zoe = place.guild.add_member("zoe")
        said = await sandbox.say(zoe, place.channel, "hi")
        await until(lambda: bot.cached_messages)
        await sandbox.react(zoe, said, "👍")
        place.guild.add_text_channel("new")
        sandbox.add_guild("Second")
        await until(lambda: len(heard) == 3 and len(bot.guilds) == 2)

    assert heard == ["join zoe", "zoe 👍", "channel new"]


async def test_permissions_are_the_same_on_both_sides(sandbox: Sandbox, place: Home) -> None:
    place.guild.overwrite(
        place.channel,
        place.moderators,
        Overwrite(allow=Permission.MANAGE_MESSAGES, deny=Permission.ADD_REACTIONS),
    )
    place.guild.overwrite(place.channel, place.mia, Overwrite(deny=Permission.SEND_MESSAGES))
    bot = make_bot()
    async with running(bot, sandbox):
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        for member in place.guild.members.values():
            theirs = channel.guild.get_member(member.id)
            assert theirs is not None
            ours = member.permissions_in(place.channel)
            assert channel.permissions_for(theirs).value & SHARED == int(ours) & SHARED


async def test_background_tasks(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @tasks.loop(seconds=0, count=3)
    async def count() -> None:
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.send(str(count.current_loop))

    async with running(bot, sandbox):
        count.start()
        await place.channel.wait_for(lambda m: m.content == "2")


async def test_auto_sharded_bots(sandbox: Sandbox) -> None:
    guilds = [sandbox.add_guild(f"G{number}", id=number << 22) for number in (4, 5, 6)]
    channels = [guild.add_text_channel("c") for guild in guilds]
    sandbox.hub.recommended_shards = 2
    bot = commands.AutoShardedBot("!", intents=discord.Intents.all())

    @bot.command()
    async def shard(context: commands.Context[commands.AutoShardedBot]) -> None:
        assert context.guild is not None
        await context.send(f"shard {context.guild.shard_id}")

    async with running(bot, sandbox):
        for guild, channel in zip(guilds, channels, strict=True):
            await sandbox.say(guild.owner, channel, "!shard")
            await channel.wait_for(lambda m: m.content.startswith("shard"))

    assert [channel.messages[-1].content for channel in channels] == [
        "shard 0",
        "shard 1",
        "shard 0",
    ]


async def test_a_client_resumes_and_hears_what_it_missed(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    heard: list[str] = []
    resumed = asyncio.Event()

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    @bot.listen()
    async def on_resumed() -> None:
        resumed.set()

    async with running(bot, sandbox):
        sandbox.faults.drop_gateway()
        await sandbox.say(place.mia, place.channel, "meanwhile")
        await resumed.wait()
        await until(lambda: heard == ["meanwhile"])


SILENT = {
    "Timed out receiving packet. Attempting a reconnect.",
    "Shard ID None has stopped responding to the gateway. Closing and restarting.",
}
"""What discord.py says then: one of its two clocks is the first to notice."""


# With aiohttp before 3.10, discord.py tells of a disconnect when it has closed its loop already.
@pytest.mark.filterwarnings("ignore:coroutine 'Client._run_event' was never awaited:RuntimeWarning")
async def test_a_client_whose_heartbeats_stay_unanswered_resumes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "discord.gateway")
    bot = make_bot(heartbeat_timeout=1.0)
    heard: list[str] = []

    @bot.listen()
    async def on_disconnect() -> None:
        heard.append("disconnect")

    @bot.listen()
    async def on_resumed() -> None:
        heard.append("resumed")

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        heard.append(message.content)

    async with Sandbox(heartbeat=0.5) as sandbox:
        guild = sandbox.add_guild("Home")
        channel = guild.add_text_channel("general")
        async with running(bot, sandbox):
            cause(sandbox.faults, "silent-heartbeats", {})
            await until(lambda: heard)
            sandbox.faults.clear()
            await sandbox.say(guild.owner, channel, "meanwhile")
            await until(lambda: {"meanwhile", "resumed"} <= set(heard))

    assert heard[0] == "disconnect"
    assert SILENT & set(caplog.messages)


@pytest.mark.parametrize("how", ["reconnect", "invalid", "dropped"])
async def test_a_client_comes_back_after(sandbox: Sandbox, place: Home, how: str) -> None:
    bot = make_bot()
    back: list[str] = []

    @bot.listen()
    async def on_resumed() -> None:
        back.append("resumed")

    async with running(bot, sandbox):

        @bot.listen()
        async def on_ready() -> None:
            back.append("ready")

        if how == "reconnect":
            sandbox.faults.reconnect_gateway()
        elif how == "invalid":
            sandbox.faults.invalidate_sessions()
        else:
            sandbox.faults.drop_gateway(resume=False)
        await until(lambda: back)

    assert back == (["resumed"] if how == "reconnect" else ["ready"])


async def test_refused_intents_end_the_client(sandbox: Sandbox) -> None:
    sandbox.application.flags = 0

    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(make_bot(), sandbox):
            raise AssertionError("it cannot become ready")

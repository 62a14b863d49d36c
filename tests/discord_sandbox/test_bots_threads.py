"""A real discord.py bot that works with threads: what it opens, hears, closes and is told of."""

from __future__ import annotations

import discord
from discord.ext import commands

from discord_sandbox import Sandbox
from tests.discord_bot import running
from tests.discord_sandbox.bots import until
from tests.discord_sandbox.parts import Home


class Helpdesk(commands.Bot):
    """A bot that answers each question in a thread of its own, until it is solved."""

    def __init__(self) -> None:
        super().__init__("!", intents=discord.Intents.all())
        self.told: list[str] = []
        self.add_command(ask)

    async def on_message(self, message: discord.Message, /) -> None:
        if isinstance(message.channel, discord.Thread) and message.author != self.user:
            await message.channel.send(f"In {message.channel.name}: {message.content}")
            if message.content == "solved":
                await message.channel.edit(archived=True, name="solved")
        await self.process_commands(message)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.told.append(f"create {thread.name} in {thread.parent}")

    async def on_thread_member_join(self, member: discord.ThreadMember) -> None:
        user = self.get_user(member.id)
        self.told.append(f"join {user and user.name}")

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        self.told.append(f"update {before.name} to {after.name}, archived: {after.archived}")

    async def on_thread_delete(self, thread: discord.Thread) -> None:
        self.told.append(f"delete {thread.name}")


@commands.command()
async def ask(context: commands.Context[Helpdesk], *, question: str) -> None:
    thread = await context.message.create_thread(name=question, auto_archive_duration=60)
    await thread.add_user(context.author)
    await thread.send("Tell me more.")


async def test_a_bot_answers_in_threads_archives_and_hears_of_them(
    sandbox: Sandbox, place: Home
) -> None:
    bot = Helpdesk()
    told = bot.told
    async with running(bot, sandbox):
        asked = await sandbox.say(place.mia, place.channel, "!ask why")
        await until(lambda: asked.id in sandbox.world.channels)
        thread = sandbox.world.channels[asked.id]
        await thread.wait_for(lambda message: message.content == "Tell me more.")
        await sandbox.say(place.mia, thread, "solved")
        await until(lambda: told[-1:] == ["update why to solved, archived: True"])
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        assert (await channel.guild.active_threads(), channel.threads) == ([], [])
        archived = [each async for each in channel.archived_threads()]
        assert [(each.name, each.auto_archive_duration) for each in archived] == [("solved", 60)]

        await sandbox.say(place.mia, thread, "and again")  # a message opens it again
        await thread.wait_for(lambda message: message.content == "In solved: and again")
        (opened,) = channel.threads
        assert (opened.archived, await channel.guild.active_threads()) == (False, [opened])
        await opened.delete()
        await until(lambda: told[-1:] == ["delete solved"])

    assert told == [
        "create why in general",
        "join mia",
        "update why to solved, archived: True",
        "delete solved",
    ]
    assert [message.content for message in place.channel.messages] == ["!ask why"]

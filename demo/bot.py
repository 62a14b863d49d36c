"""Small AI chat bot that loads DebugCog with one line: ``python -m demo.bot``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import threading
from pathlib import Path
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

import debugcog
from demo.chat import Chat, LlmError
from demo.users import Users
from demo.weather import WEATHERS, Weather

USERS = Path("users.sqlite3")
CANCEL_SECONDS = 0.5


class ChatBot(commands.Bot):
    """Answers every message in a channel whose name starts with ``chat``."""

    def __init__(self) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(commands.when_mentioned, intents=intents)
        self.metrics = debugcog.MetricsService()
        self.chat = Chat(self.metrics)
        self.profiles = Users(USERS)
        self.weather = WEATHERS["healthy"]

    def turn(self, weather: Weather) -> None:
        """Let the services behave otherwise from now on, and free what they have leaked."""
        self.weather = weather
        self.chat.clean_up()

    async def setup_hook(self) -> None:
        """Add the bot's own commands, and DebugCog."""
        self.tree.add_command(ask)
        self.tree.add_command(weather)
        await self.tree.sync()
        await self.profiles.open()
        debugcog.configure(self, metrics=self.metrics, users=self.profiles)
        await self.load_extension("debugcog")
        self.presence.start()

    @tasks.loop(minutes=10)
    async def presence(self) -> None:
        """Say in the list of members how many servers there are."""
        await self.wait_until_ready()
        await self.change_presence(activity=discord.Game(f"chats in {len(self.guilds)} servers"))

    async def on_message(self, message: discord.Message, /) -> None:
        """Answer a person; an exception here is what DebugCog reports."""
        channel = message.channel
        if message.author.bot or not isinstance(channel, discord.TextChannel):
            return
        if channel.name.startswith("chat"):
            author, question = message.author, message.content
            text = await self.chat.reply(author.id, question, self.weather)
            await channel.send(text)
            await self.profiles.remember(author.id, author.name, question, text)


@app_commands.command()
async def ask(interaction: discord.Interaction[ChatBot], question: str) -> None:
    """Ask the bot something.

    Args:
        interaction: from Discord.
        question: What you want to know.
    """
    await interaction.response.defer(thinking=True)
    bot = interaction.client
    if "fail" in question:
        raise LlmError(f"no answer to {question!r}")
    text = await bot.chat.reply(interaction.user.id, question, bot.weather)
    await interaction.followup.send(text)


@app_commands.command()
@app_commands.default_permissions(administrator=True)
async def weather(
    interaction: discord.Interaction[ChatBot],
    state: Literal["healthy", "slow", "failing", "blocking", "crashing"],
) -> None:
    """Let the bot's services get into trouble, or out of it.

    Args:
        interaction: from Discord.
        state: How the services behave from now on.
    """
    interaction.client.turn(WEATHERS[state])
    await interaction.response.send_message(WEATHERS[state].announcement)
    if WEATHERS[state].crashes:
        library_call()


def library_call() -> None:
    """Die as by a library in C that finds its memory damaged."""
    os.abort()


async def run(*, attached: bool) -> None:
    """Run the bot until it is interrupted; attached, until its standard input ends, too."""
    settings = debugcog.load_settings()
    debugcog.use_endpoints(settings)
    logs = debugcog.setup_logging(settings)
    bot = ChatBot()
    if attached:
        ends = (asyncio.get_running_loop(), asyncio.current_task(), bot)
        threading.Thread(target=_end_with_input, args=ends, daemon=True).start()
    try:
        async with bot:
            await bot.start(settings.discord_token)
    finally:
        bot.metrics.close()
        bot.profiles.close()
        logs.close()


def _end_with_input(
    loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], bot: ChatBot
) -> None:
    """Wait in a thread, which every platform can, and cancel the task."""
    while os.read(0, 1024):
        pass
    with contextlib.suppress(RuntimeError):  # the loop is closed: it has ended by itself
        loop.call_soon_threadsafe(_cancel, loop, task, bot)


def _cancel(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None], bot: ChatBot) -> None:
    """Cancel until the bot closes.

    The ``wait_for`` of Python 3.11, in which it connects, loses a cancellation that comes as the
    connection fails; both come when the other process dies.
    """
    if not bot.is_closed():  # nor is it closing
        task.cancel()
        loop.call_later(CANCEL_SECONDS, _cancel, loop, task, bot)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m demo.bot", description=__doc__)
    parser.add_argument("--attached", action="store_true", help="end with the standard input")
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(run(attached=parser.parse_args().attached))

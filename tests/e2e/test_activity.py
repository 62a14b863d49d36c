"""What people do with a bot is counted once, and what a host tells of its users is shown."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

import debugcog
from debugcog import Conversation, Message, Page, UserProfile, UserQuery
from services.debugcog.activity.seen import SeenUser
from services.debugcog.answers.users import conversation, user, users
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


class Button(discord.ui.View):
    @discord.ui.button(label="Again")
    async def again(
        self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]
    ) -> None:
        await interaction.response.send_message("again")


@app_commands.command()
async def ask(interaction: discord.Interaction[Any], question: str) -> None:
    """Ask something."""
    await interaction.response.send_message(question, view=Button())


@ask.autocomplete("question")
async def complete(interaction: discord.Interaction[Any], typed: str) -> list[Any]:
    return [app_commands.Choice(name="why", value="why")]


class Listening(commands.Cog):
    """It listens to every message, three times."""

    @commands.Cog.listener("on_message")
    @commands.Cog.listener("on_message")
    async def hear(self, message: discord.Message) -> None:
        pass

    @commands.Cog.listener("on_interaction")
    async def notice(self, interaction: discord.Interaction[Any]) -> None:
        pass


class Busy(Host):
    """A host with commands and listeners of its own, and no right to read contents."""

    def __init__(self) -> None:
        commands.Bot.__init__(self, "!", intents=discord.Intents.default())

    async def setup_hook(self) -> None:
        self.tree.add_command(ask)
        await self.tree.sync()
        await self.add_cog(Listening())
        await super().setup_hook()


class Users:
    """A provider that answers at once."""

    async def profiles(self, query: UserQuery) -> Page[UserProfile]:
        return Page([UserProfile(id="7", name="ann", affection=0.9)], 1)

    async def profile(self, user_id: str) -> UserProfile | None:
        return UserProfile(id=user_id, name="ann")

    async def conversations(self, user_id: str, offset: int, limit: int) -> Page[Conversation]:
        return Page([Conversation(id="1", title="Monads")], 1)

    async def messages(
        self, user_id: str, conversation_id: str, offset: int, limit: int
    ) -> Page[Message]:
        return Page([Message(at=0.0, author="ann", text="What is a monad?")], 1)


async def counted(bot: Host, name: str, messages: int, interactions: int) -> SeenUser:
    """Wait until so much of a user is counted."""
    async with asyncio.timeout(10):
        while True:
            for one in bot.cog.runtime.usage.activity.users():
                if (one.name, one.messages, one.interactions) == (name, messages, interactions):
                    return one
            await asyncio.sleep(0.01)


async def test_messages_commands_and_buttons_are_counted_once_over_a_restart(home: Home) -> None:
    sandbox = home.sandbox
    chatbot = home.guild.add_member(user=sandbox.add_user("r2", bot=True))
    async with running(Busy(), sandbox) as bot:
        await registered()
        await sandbox.say(home.stranger, home.channel, "hello")
        await sandbox.say(chatbot, home.channel, "beep")
        await sandbox.say(home.stranger, home.channel, "!nothing")
        await sandbox.autocomplete(home.stranger, home.channel, "ask", option="question", value="w")
        run = await sandbox.run_command(home.stranger, home.channel, "ask", {"question": "why"})
        await run.wait(lambda asked: asked.message)
        await sandbox.click(home.stranger, run.message, "Again")
        shown = await sandbox.run_command(home.owner, home.channel, "debug metrics")
        await shown.wait(lambda asked: asked.message and asked.message.embeds)
        await sandbox.say(home.moderator, home.channel, "last")
        await counted(bot, "mia", 1, 0)
        found = {one.name: one for one in bot.cog.runtime.usage.activity.users()}
        assert {name: (one.messages, one.interactions) for name, one in found.items()} == {
            "noah": (2, 2),
            "mia": (1, 0),
        }
        assert found["noah"].id == home.stranger.id
        activity, now = bot.cog.runtime.usage.activity, found["mia"].last_seen
        assert activity.messages(now - 3600, now + 60) == 5
        assert activity.active_users(now - 3600, now + 60) == 2
    async with running(Busy(), sandbox) as bot:
        await registered()
        await sandbox.say(home.stranger, home.channel, "back")
        await counted(bot, "noah", 3, 2)


async def test_nothing_is_counted_where_metrics_are_off(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("METRICS_ENABLED", "false")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        await home.sandbox.say(home.stranger, home.channel, "!ping")
        run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
        await run.wait(lambda asked: asked.message)
        assert bot.cog.runtime.usage.activity.users() == ()


async def test_a_hosts_users_are_asked_on_its_loop_until_the_cog_is_unloaded(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DASHBOARD_CONVERSATIONS", "false")
    bot = Host()
    debugcog.configure(bot, users=Users())
    async with running(bot, home.sandbox):
        await registered()
        sources = bot.cog.runtime.usage.users
        assert sources.calls is not None
        sources.calls._seconds = 60.0  # a machine with much to do is slow itself
        answer = await asyncio.to_thread(asyncio.run, users(sources))
        assert [(one.name, one.affection.text) for one in answer.users] == [("ann", "0.9")]
        one = await asyncio.to_thread(asyncio.run, user(sources, "7"))
        assert [(talk.id, talk.title) for talk in one.conversations] == [("1", "")]
        shown = await conversation(sources, "7", "1", reader="token")
        assert (shown.messages, "DASHBOARD_CONVERSATIONS is false" in (shown.trouble or "")) == (
            (),
            True,
        )
        await bot.unload_extension("cogs.debug")
        gone = await users(sources)
        assert gone.trouble == "The user provider is not asked: the bot is stopping."


async def test_what_models_cost_is_kept_over_a_restart(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("LLM_PRICES", '{"small": {"input": 0.15, "output": 0.6}}')
    for _ in range(2):
        async with running(Host(), home.sandbox) as bot:
            await registered()
            debugcog.metrics_of(bot).record("tokens_input", 1_000_000, model="small")
    async with running(Host(), home.sandbox) as bot:
        await registered()
        days = bot.cog.runtime.kept.costs.days
        assert {(one.model, one.cost) for one in days} == {("small", 300_000_000_000)}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (7, "users is without profiles, profile, conversations, messages(), of type int: "),
        (Users, "users is the class itself, of type type: give a debugcog.UserProvider"),
    ],
)
def test_what_is_no_provider_is_refused(given: Any, text: str) -> None:
    with pytest.raises(TypeError) as caught:
        debugcog.configure(discord.Client(intents=discord.Intents.none()), users=given)
    assert str(caught.value).startswith(text)

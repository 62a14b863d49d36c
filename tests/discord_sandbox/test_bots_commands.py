"""Real discord.py clients on the sandbox: commands of every kind."""

from __future__ import annotations

import io
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from discord_sandbox import File, Sandbox, SandboxError
from tests.discord_bot import running
from tests.discord_sandbox.bots import make_bot
from tests.discord_sandbox.parts import Home


class Shop(app_commands.Group):
    """Groups of groups."""

    stock = app_commands.Group(name="stock", description="The stock.")

    @stock.command()
    @app_commands.describe(count="How many.", kind="Which.", where="Where.", price="For what.")
    async def add(
        self,
        interaction: discord.Interaction,
        kind: str,
        count: app_commands.Range[int, 1, 10],
        where: discord.TextChannel | None = None,
        price: float = 1.5,
        urgent: bool = False,
    ) -> None:
        """Add to the stock."""
        place = where.name if where else "nowhere"
        await interaction.response.send_message(f"{count} {kind} {place} {price} {urgent}")

    @add.autocomplete("kind")
    async def _kinds(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=each.title(), value=each) for each in ("apple", "pear")]


async def test_slash_commands_groups_options_and_autocomplete(
    sandbox: Sandbox, place: Home
) -> None:
    bot = make_bot()
    bot.tree.add_command(Shop(name="shop", description="A shop."))
    async with running(bot, sandbox):
        await bot.tree.sync()

        offered = await sandbox.autocomplete(
            place.mia, place.channel, "shop stock add", option="kind", value="a"
        )
        values = {"kind": "apple", "count": 3, "where": place.channel, "urgent": True}
        run = await sandbox.run_command(place.mia, place.channel, "/shop stock add", values)

    assert offered == [{"name": "Apple", "value": "apple"}, {"name": "Pear", "value": "pear"}]
    assert run.message is not None
    assert run.message.content == "3 apple general 1.5 True"


async def test_every_type_of_option_arrives(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    seen: list[Any] = []

    @bot.tree.command(description="Take everything.")
    @app_commands.choices(size=[app_commands.Choice(name="Big", value=2)])
    async def take(
        interaction: discord.Interaction,
        member: discord.Member,
        role: discord.Role,
        anyone: discord.Member | discord.Role,
        channel: discord.TextChannel,
        size: app_commands.Choice[int],
        file: discord.Attachment,
    ) -> None:
        seen.extend([member.name, role.name, anyone.name, channel.name, size.value])
        seen.append(await file.read())
        await interaction.response.send_message("taken", ephemeral=True)

    async with running(bot, sandbox):
        await bot.tree.sync(guild=None)
        run = await sandbox.run_command(
            place.mia,
            place.channel,
            "take",
            {
                "member": place.mia,
                "role": place.moderators,
                "anyone": place.moderators,
                "channel": place.channel,
                "size": "Big",
                "file": File("a.txt", b"content"),
            },
        )

    assert seen == ["mia", "Moderators", "Moderators", "general", 2, b"content"]
    assert run.message is not None
    assert run.message.ephemeral


async def test_hybrid_and_prefix_commands(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @bot.hybrid_command(description="Greet.")  # type: ignore[arg-type]  # its stubs want a cog
    async def greet(context: commands.Context[commands.Bot], name: str) -> None:
        await context.send(f"hello {name}")

    @bot.command()
    async def ping(context: commands.Context[commands.Bot]) -> None:
        async with context.typing():
            await context.reply("pong")

    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, place.channel, "greet", {"name": "Mia"})
        await sandbox.say(place.mia, place.channel, "!greet Zoe")
        await place.channel.wait_for(lambda m: m.content == "hello Zoe")
        asked = await sandbox.say(place.mia, place.channel, "!ping")
        answer = await place.channel.wait_for(lambda m: m.content == "pong")

    assert run.message is not None
    assert run.message.content == "hello Mia"
    assert answer.referenced is asked
    assert answer.notified.users == (place.mia.user,)
    assert "/channels/{channel_id}/typing" in [each.route for each in sandbox.requests]


async def test_context_menus(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @bot.tree.context_menu(name="Quote This")
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"> {message.content}")

    @bot.tree.context_menu(name="Who Is It")
    async def who(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(member.display_name)

    async with running(bot, sandbox):
        await bot.tree.sync()
        said = await sandbox.say(place.mia, place.channel, "wise words")
        quoted = await sandbox.use_on(place.mia, place.channel, "Quote This", said)
        shown = await sandbox.use_on(place.mia, place.channel, "Who Is It", place.mia)

        assert (quoted.message and quoted.message.content) == "> wise words"
        assert (shown.message and shown.message.content) == "mia"
        with pytest.raises(SandboxError, match="no command 'Quote'; it has: Quote This"):
            await sandbox.use_on(place.mia, place.channel, "Quote", said)


async def test_followups_of_interactions(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @bot.tree.command(description="Do much.")
    async def much(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        first = await interaction.followup.send("first", wait=True)
        second = await interaction.followup.send("second", wait=True, ephemeral=True)
        await second.edit(content="second, edited")
        third = await interaction.followup.send("third", wait=True)
        await third.delete()
        original = await interaction.original_response()
        await interaction.edit_original_response(
            content="done", attachments=[discord.File(io.BytesIO(b"x"), "x.txt")]
        )
        assert first.id == original.id

    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, place.channel, "much")
        await run.wait(lambda run: run.message and run.message.content == "done")

    assert run.message is not None
    assert run.message.attachments[0].data == b"x"
    assert [message.content for message in run.followups] == ["second, edited"]


async def test_commands_in_direct_messages(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()

    @bot.tree.command(description="Where.")
    async def where(interaction: discord.Interaction) -> None:
        kind = type(interaction.channel).__name__
        await interaction.response.send_message(f"{kind} {interaction.guild}")

    async with running(bot, sandbox):
        await bot.tree.sync()
        run = await sandbox.run_command(place.mia, sandbox.direct(place.mia), "where")

    assert run.message is not None
    assert run.message.content == "DMChannel None"
    assert repr(run) == "<Run of 'where': 'DMChannel None'>"

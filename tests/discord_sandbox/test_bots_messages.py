"""Real discord.py clients on the sandbox: messages, webhooks, errors, extensions."""

from __future__ import annotations

import io
import re

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox
from tests.discord_bot import described, running
from tests.discord_sandbox.bots import make_bot, until
from tests.discord_sandbox.parts import Home, home


async def test_embeds_files_edits_and_deletion(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    embed = discord.Embed(title="Chart", description="Of today.", colour=0x5865F2)
    embed.set_image(url="attachment://chart.png").set_footer(text="foot").set_author(name="me")
    embed.add_field(name="a", value="1").add_field(name="b", value="2", inline=False)
    embed.timestamp = discord.utils.utcnow()
    async with running(bot, sandbox):
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        file = discord.File(io.BytesIO(b"png"), "chart.png", description="a chart")
        sent = await channel.send(
            embed=embed,
            file=file,
            nonce="once",
            silent=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        again = await channel.send("again", nonce="once")
        image = sent.embeds[0].image.url
        assert image is not None
        fetched = await channel.fetch_message(sent.id)
        edited = await sent.edit(content="text", embed=None, attachments=[])
        found = [message.id async for message in channel.history(limit=5)]
        await sent.add_reaction("👍")
        await sent.pin()
        pins = [message.id async for message in channel.pins()]
        thread = await sent.create_thread(name="talk")
        await thread.send("in thread")
        await until(lambda: sandbox.world.channels[thread.id].messages)
        await sent.delete()
        with pytest.raises(discord.NotFound):
            await sent.edit(content="gone")

    assert again.id == sent.id
    assert fetched.embeds[0].to_dict() == sent.embeds[0].to_dict()
    assert (edited.content, edited.embeds, edited.attachments) == ("text", [], [])
    assert found == pins == [sent.id]
    assert place.channel.messages == []


async def test_webhooks(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    async with running(bot, sandbox), aiohttp.ClientSession() as session:
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        made = await channel.create_webhook(name="News")
        assert made.token is not None
        hook = discord.Webhook.partial(made.id, made.token, session=session)
        sent = await hook.send("hi", username="Reporter", wait=True, embed=discord.Embed(title="t"))
        await sent.edit(content="hello")
        fetched = await hook.fetch_message(sent.id)
        await hook.delete_message((await hook.send("bye", wait=True)).id)
        await hook.delete()

    assert fetched.content == "hello"
    assert [m.author.name for m in place.channel.messages] == ["Reporter"]


async def test_discords_error_trees_are_understood(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    async with running(bot, sandbox):
        channel = bot.get_channel(place.channel.id)
        assert isinstance(channel, discord.TextChannel)
        words = "In embeds.0.title: Must be 256 or fewer in length."
        with pytest.raises(discord.HTTPException, match=re.escape(words)) as caught:
            await channel.send(embed=discord.Embed(title="x" * 257))

        assert (caught.value.status, caught.value.code) == (400, 50035)
        sandbox.violations.clear()  # the description says the same


async def test_what_discord_describes_and_a_client_breaks_is_told(
    sandbox: Sandbox, place: Home
) -> None:
    if described() is None:
        pytest.skip("Discord's openapi.json is not on this machine")
    bot = make_bot()

    async def broken() -> None:
        async with running(bot, sandbox):
            channel = bot.get_channel(place.channel.id)
            assert isinstance(channel, discord.TextChannel)
            with pytest.raises(discord.HTTPException):
                await channel.send(embed=discord.Embed(title="x" * 257))

    with pytest.raises(AssertionError, match=re.escape("$.embeds[0].title")):
        await broken()


async def test_jishaku_runs(sandbox: Sandbox, place: Home) -> None:
    bot = make_bot()
    bot.owner_id = place.mia.id
    async with running(bot, sandbox):
        await bot.load_extension("jishaku")
        await sandbox.say(place.mia, place.channel, "!jsk py 20 + 22")
        await place.channel.wait_for(lambda m: m.content == "42")
        await bot.unload_extension("jishaku")


async def test_rate_limits_only_slow_a_client_down() -> None:
    async with Sandbox() as sandbox:
        place = home(sandbox)
        bot = make_bot()
        async with running(bot, sandbox):
            channel = bot.get_channel(place.channel.id)
            assert isinstance(channel, discord.TextChannel)
            message = await channel.send("x")
            for emoji in "👍👎🎉":
                await message.add_reaction(emoji)

    assert [each.status for each in sandbox.requests if "reactions" in each.route] == [204] * 3

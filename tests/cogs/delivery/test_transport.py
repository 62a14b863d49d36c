"""The sender's REST client against a Discord that answers, refuses, sleeps and is away."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord.ext import commands

from cogs.debug.delivery.hidden_nonce import hide
from cogs.debug.delivery.message_builder import Outgoing
from cogs.debug.delivery.transport import DiscordTransport
from cogs.debug.features.alerts.actions import OpenIncident
from cogs.debug.ui.reply import Attachment, Button
from discord_sandbox import Overwrite, Permission, Sandbox
from discord_sandbox.faults import Fault, Trouble
from discord_sandbox.rest.messages import EDITS_OF_OLD
from discord_sandbox.world import changes, posting
from discord_sandbox.world.channels import Kind
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.setting_kinds import OWNERS_DM
from tests.delivery_line import HELLO, POSTS, Line, connected
from tests.discord_bot import pointed_at


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with connected() as line:
        yield line


async def test_a_message_is_found_again_by_the_tag_of_its_first_button_or_by_what_is_hidden(
    line: Line,
) -> None:
    button = (Button("Details", OpenIncident(1)),)
    tagged = await line.post("1", Outgoing(content="a", controls=button, tag="0123456789a"))
    plain = await line.post("2", Outgoing(content="b\n-# 0123456789b"))
    earlier = discord.Embed(title="c").set_footer(text="Incident 1 · 0123456789c")
    footed = await line.post("3", Outgoing(embeds=(earlier,), controls=button))
    hidden = await line.post("4", Outgoing(content=hide("0123456789d", "Memory 2 GB")))
    below = discord.Embed(title="e").set_footer(text=hide("0123456789e", "Incident 1"))
    embedded = await line.post("5", Outgoing(embeds=(below,)))
    found = await line.transport.recent(line.channel.id)
    assert isinstance(found, dict)
    for nonce, result in (
        ("789a", tagged),
        ("789b", plain),
        ("789c", footed),
        ("789d", hidden),
        ("789e", embedded),
    ):
        assert [key for key, text in found.items() if nonce in text] == [result.message_id]
    (shown, *_) = line.channel.messages
    assert "0123456789a" not in shown.text


async def test_a_message_arrives_with_all_that_it_has(line: Line) -> None:
    role = line.guild.add_role("Ops", mentionable=True)
    message = Outgoing(
        content=f"<@&{role.id}> look",
        embeds=(discord.Embed(title="Memory"),),
        controls=(Button("Details", OpenIncident(1)),),
        files=(Attachment("crash.txt", b"trace", "what happened"),),
        role_id=role.id,
    )
    result = await line.post(message=message)
    (posted,) = line.channel.messages
    assert result == Result(Outcome.SENT, message_id=posted.id)
    assert posted.embeds[0]["title"] == "Memory"
    assert posted.attachments[0].filename == "crash.txt"
    assert posted.components[0]["components"][0]["custom_id"] == "debugcog:alert.details:1"
    assert posted.notified.roles == (role,)


async def test_nobody_is_called_unless_it_is_the_role(line: Line) -> None:
    role = line.guild.add_role("Ops", mentionable=True)
    await line.post(message=Outgoing(f"<@&{role.id}> <@{line.sandbox.owner.id}> @everyone"))
    (posted,) = line.channel.messages
    assert (posted.notified.roles, posted.notified.users) == ((), ())
    assert not posted.notified.everyone


async def test_the_same_nonce_twice_is_one_message(line: Line) -> None:
    assert await line.post() == await line.post()
    assert len(line.channel.messages) == 1


async def test_an_answer_refers_to_its_card_even_if_that_is_gone(line: Line) -> None:
    card = (await line.post()).message_id
    answer = await line.transport.post(line.channel.id, HELLO, "abc1", card)
    assert answer.outcome is Outcome.SENT
    assert line.sandbox.requests[-1].body["message_reference"]["message_id"] == card
    posting.delete(line.sandbox.world, line.channel, line.channel.messages[0])
    late = await line.transport.post(line.channel.id, HELLO, "abc2", card)
    assert late.outcome is Outcome.SENT


async def test_an_edit_replaces_content_embed_buttons_and_files(line: Line) -> None:
    await line.post(
        message=Outgoing("a", (discord.Embed(title="A"),), (Button("A", OpenIncident(1)),))
    )
    (posted,) = line.channel.messages
    chart = Attachment("chart.png", b"png")
    result = await line.transport.edit(
        line.channel.id, posted.id, Outgoing(embeds=(discord.Embed(title="B"),), files=(chart,))
    )
    assert result == Result(Outcome.SENT)
    assert (posted.content, posted.embeds[0]["title"], posted.components) == ("", "B", [])
    assert [file.filename for file in posted.attachments] == ["chart.png"]


async def test_our_last_messages_are_found_by_content_and_footer(line: Line) -> None:
    stranger = line.guild.add_member("noah")
    await line.sandbox.say(stranger, line.channel, "abc9")
    await line.post(message=Outgoing("short\n-# abc0"))
    await line.post("abc1", Outgoing(embeds=(discord.Embed().set_footer(text="1 · abc1"),)))
    found = await line.transport.recent(line.channel.id)
    ours = line.channel.messages[1:]
    assert isinstance(found, dict)
    assert {number: text.split()[-1] for number, text in found.items()} == {
        ours[0].id: "abc0",
        ours[1].id: "abc1",
    }


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (Trouble.ERROR_503, Outcome.UNSURE),
        (Trouble.RESET, Outcome.UNSURE),
        (Trouble.CLOUDFLARE, Outcome.BANNED),
    ],
)
async def test_trouble_has_its_outcome_and_is_over_after_it(
    line: Line, trouble: Trouble, outcome: Outcome
) -> None:
    line.fault(trouble)
    assert (await line.post()).outcome is outcome
    assert (await line.post()).outcome is Outcome.SENT


async def test_a_short_429_is_slept_over_and_a_long_one_is_told(line: Line) -> None:
    line.fault(Trouble.RATE_LIMIT, 0.1)
    assert (await line.post()).outcome is Outcome.SENT
    line.fault(Trouble.RATE_LIMIT, 1336.0)
    result = await line.post("abc1")
    assert (result.outcome, result.retry_after) == (Outcome.LIMITED, 1336.0)


async def test_no_answer_in_time_is_unsure_and_asks_for_thirty_seconds() -> None:
    async with connected(deadline=0.5) as line:
        line.fault(Trouble.SILENCE)
        started = time.monotonic()
        result = await line.post()
        assert time.monotonic() - started < 2
        assert result == Result(Outcome.UNSURE, retry_after=30.0, detail="no answer in time")
        assert (await line.post()).outcome is Outcome.SENT


async def test_a_global_429_at_the_deadline_locks_neither_the_host_nor_the_sender() -> None:
    async with connected(deadline=0.5) as line:
        line.fault(Trouble.GLOBAL_RATE_LIMIT, 20.0)
        assert (await line.post()).outcome is Outcome.UNSURE
        host = line.bot.get_partial_messageable(line.channel.id)
        assert (await host.send("the host goes on")).content == "the host goes on"
        assert (await line.post()).outcome is Outcome.SENT


async def test_a_discord_that_is_away_is_unreachable() -> None:
    async with Sandbox() as sandbox:
        bot = commands.Bot("!", intents=discord.Intents.default())
        with pointed_at(sandbox):
            await bot.login(sandbox.token)
            transport = DiscordTransport(bot)
            await sandbox.__aexit__(None, None, None)
            assert (await transport.post(1, HELLO, "abc0", None)).outcome is Outcome.UNREACHABLE
            await bot.close()


async def test_a_host_that_is_not_logged_in_yet_is_unreachable() -> None:
    transport = DiscordTransport(commands.Bot("!", intents=discord.Intents.default()))
    assert (await transport.post(1, HELLO, "abc0", None)).outcome is Outcome.UNREACHABLE
    await transport.close()


async def test_a_token_that_is_refused_opens_the_circuit(line: Line) -> None:
    line.bot.http.token = "another"
    result = await line.post()
    assert result.outcome is Outcome.BANNED
    assert "another" not in result.detail


async def test_a_token_that_is_refused_later_opens_the_circuit_too(line: Line) -> None:
    await line.post()
    client = line.transport._client
    assert client
    client.http.token = "another"
    assert (await line.post("abc1")).outcome is Outcome.BANNED


async def test_a_message_that_cannot_even_be_written_is_an_error_of_ours(line: Line) -> None:
    file = Attachment("a.txt", "no bytes")  # type: ignore[arg-type]  # what a bug would do
    result = await line.post(message=Outgoing(files=(file,)))
    assert result.outcome is Outcome.UNBUILT


async def test_a_look_gets_its_outcome_too(line: Line) -> None:
    changes.delete_channel(line.sandbox.world, line.channel)
    result = await line.transport.recent(line.channel.id)
    assert isinstance(result, Result)
    assert result.outcome is Outcome.NO_CHANNEL


async def test_a_429_that_lasts_over_five_tries_is_told_with_its_wait(line: Line) -> None:
    limit = Fault(Trouble.RATE_LIMIT, *POSTS, times=5, seconds=0.01)
    line.sandbox.faults.add(limit)
    result = await line.post()
    assert result.outcome is Outcome.LIMITED
    assert result.retry_after <= 1.0


async def test_one_edit_too_many_of_an_old_card_is_told_with_its_wait(line: Line) -> None:
    number = (await line.post()).message_id
    assert number
    (posted,) = line.channel.messages
    line.sandbox.world.clock = lambda: posted.created_at + 2 * 3600
    posted.late_edits = [posted.created_at + 2 * 3600] * EDITS_OF_OLD
    result = await line.transport.edit(line.channel.id, number, HELLO)
    assert (result.outcome, result.retry_after) == (Outcome.EDIT_LIMITED, 3600.0)


async def test_a_channel_that_is_closed_is_forbidden_and_one_that_is_gone_is_none(
    line: Line,
) -> None:
    everyone = line.guild.roles[line.guild.id]
    line.guild.overwrite(line.channel, everyone, Overwrite(deny=Permission.SEND_MESSAGES))
    assert (await line.post()).outcome is Outcome.FORBIDDEN
    changes.delete_channel(line.sandbox.world, line.channel)
    assert (await line.post()).outcome is Outcome.NO_CHANNEL


async def test_a_channel_that_takes_no_messages_is_closed_and_costs_no_alert(line: Line) -> None:
    line.channel = line.guild.add_channel(Kind.CATEGORY, "ops")
    assert (await line.post()).outcome is Outcome.WRONG_CHANNEL


async def test_a_message_that_a_human_deleted_is_gone_or_was_taken(line: Line) -> None:
    number = (await line.post()).message_id
    assert number
    posting.delete(line.sandbox.world, line.channel, line.channel.messages[0])
    assert (await line.transport.edit(line.channel.id, number, HELLO)).outcome is Outcome.GONE
    assert (await line.post()).outcome is Outcome.DELETED


async def test_a_payload_over_a_limit_is_refused(line: Line) -> None:
    result = await line.post(message=Outgoing(embeds=(discord.Embed(title="x" * 257),)))
    assert result.outcome is Outcome.REFUSED


async def test_the_host_is_asked_for_nothing_until_there_is_a_post() -> None:
    async with connected() as line:
        before = len(line.sandbox.requests)
        DiscordTransport(line.bot)
        assert len(line.sandbox.requests) == before


async def test_the_owners_direct_messages_are_opened_once_and_take_posts_edits_and_looks(
    line: Line,
) -> None:
    first = await line.transport.post(OWNERS_DM, HELLO, "abc0", None)
    answer = await line.transport.post(OWNERS_DM, Outgoing("again"), "abd0", first.message_id)
    assert first.message_id is not None
    await line.transport.edit(OWNERS_DM, first.message_id, Outgoing("changed"))
    direct = line.sandbox.direct(line.sandbox.owner)
    assert [message.content for message in direct.messages] == ["changed", "again"]
    assert await line.transport.recent(OWNERS_DM) == {
        first.message_id: "changed",
        answer.message_id: "again",
    }
    opened = [it for it in line.sandbox.requests if it.path.endswith("/users/@me/channels")]
    assert len(opened) == 1


async def test_of_a_team_its_owner_gets_the_direct_messages(line: Line) -> None:
    owner = line.sandbox.owner
    line.sandbox.add_team("Ops", {})
    await line.transport.post(OWNERS_DM, HELLO, "abc0", None)
    assert [message.content for message in line.sandbox.direct(owner).messages] == ["hello"]


async def test_direct_messages_that_cannot_be_opened_are_a_closed_channel(line: Line) -> None:
    line.bot.owner_id = line.channel.id  # no user
    result = await line.transport.post(OWNERS_DM, HELLO, "abc0", None)
    assert result.outcome is Outcome.FORBIDDEN


class Counting(aiohttp.TCPConnector):
    """A host's own way to Discord, which counts who takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    async def connect(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        self.paths.append(req.url.path)
        return await super().connect(req, *args, **kwargs)


async def test_the_hosts_own_connector_is_used_and_is_not_closed() -> None:
    connector = Counting()
    async with connected(connector=connector) as line:
        assert (await line.post()).outcome is Outcome.SENT
        assert connector.paths[-1] == f"/api/v10/channels/{line.channel.id}/messages"
        await line.transport.close()
        assert not connector.closed
        await line.bot.http.get_channel(line.channel.id)
    assert connector.closed


async def test_after_the_hosts_connector_is_closed_a_post_goes_by_one_of_our_own() -> None:
    connector = Counting()
    async with connected(connector=connector) as line:
        assert (await line.post("1")).outcome is Outcome.SENT
        await connector.close()
        assert (await line.post("2")).outcome is Outcome.UNBUILT
        assert (await line.post("2")).outcome is Outcome.SENT


async def test_an_answer_that_is_refused_is_posted_as_a_message_of_its_own(line: Line) -> None:
    first = await line.post("1")
    line.sandbox.faults.revoke(line.channel, Permission.READ_MESSAGE_HISTORY)
    result = await line.transport.post(line.channel.id, Outgoing("again"), "2", first.message_id)
    assert result.outcome is Outcome.SENT
    assert [message.content for message in line.channel.messages] == ["hello", "again"]

"""Calls of a host are followed from Discord to their end: /debug commands and /debug trace."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

import debugcog
from discord_sandbox import SandboxError
from discord_sandbox.people.runs import Run
from discord_sandbox.world.messages import Pings
from services.debugcog.activity.day_store import sums
from services.debugcog.activity.days import DAY, EVERYBODY
from services.debugcog.answers.commands import commands as answer_commands
from services.debugcog.answers.performance import performance
from services.debugcog.calls.call import Call, ServiceSum, Span
from services.debugcog.stalls.stall import Stall
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered


class Confirm(discord.ui.View):
    @discord.ui.button(label="Go")
    async def go(self, interaction: discord.Interaction[Any], _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Feedback())

    @discord.ui.button(label="Silent")
    async def silent(
        self, interaction: discord.Interaction[Any], _: discord.ui.Button[Any]
    ) -> None:
        """Forget to answer."""


class Feedback(discord.ui.Modal, title="Feedback"):
    text: discord.ui.TextInput[Feedback] = discord.ui.TextInput(label="Text", required=False)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("thanks")


@app_commands.command()
async def ask(interaction: discord.Interaction[Any], question: str = "") -> None:
    """Ask something."""
    metrics = debugcog.metrics_of(interaction.client)
    await interaction.response.send_message("thinking", view=Confirm())
    both = asyncio.Barrier(2)

    async def part(name: str) -> None:
        with metrics.timer(name):
            await both.wait()

    with metrics.timer("database_query"):
        pass
    await asyncio.gather(part("llm_generation"), part("tts_generation"))
    metrics.record("tokens_input", 120, model="small")


@ask.autocomplete("question")
async def complete(interaction: discord.Interaction[Any], typed: str) -> list[Any]:
    return [app_commands.Choice(name="why", value="why")]


@app_commands.command()
async def block(interaction: discord.Interaction[Any]) -> None:
    """Block the event loop before it answers."""
    time.sleep(2.05)  # noqa: ASYNC251 - it is what a host does wrong
    await interaction.response.send_message("late")


@app_commands.command()
async def fail(interaction: discord.Interaction[Any], what: str = "") -> None:
    """Fail."""
    raise RuntimeError("boom")


@fail.autocomplete("what")
async def fail_to_complete(interaction: discord.Interaction[Any], typed: str) -> list[Any]:
    raise LookupError("nothing to offer")


class Buy(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="buy:1"):
    @classmethod
    async def from_custom_id(cls, *_: object) -> Buy:
        return cls(discord.ui.Button(label="Buy", custom_id="buy:1"))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("bought")


@app_commands.context_menu()
async def shout(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(message.content.upper())


@commands.command()
async def ping(ctx: commands.Context[Any]) -> None:
    await ctx.send("pong")


class Busy(Host):
    """A host with commands of all kinds, and one that chats."""

    async def setup_hook(self) -> None:
        every: list[Any] = [ask, block, fail, shout]
        for one in every:
            self.tree.add_command(one)
        self.add_command(ping)
        self.add_dynamic_items(Buy)
        await self.tree.sync()
        await super().setup_hook()

    async def on_message(self, message: discord.Message, /) -> None:
        if message.content == "hello":
            with debugcog.metrics_of(self).timer("llm_generation"):
                await message.channel.send("hello yourself")
        await self.process_commands(message)


@pytest.fixture
async def busy(home: Home) -> AsyncIterator[Busy]:
    async with running(Busy(), home.sandbox) as bot:
        await registered()
        yield bot


async def kept(bot: Host, name: str, wanted: Callable[[Call], object] = bool) -> Call:
    """Wait until a call of a name has ended."""
    async with asyncio.timeout(10):
        while True:
            for call in bot.cog.runtime.usage.calls.book.recent(name, 0.0):
                if wanted(call):
                    return call
            await asyncio.sleep(0.01)


async def shown(
    home: Home, command: str, options: dict[str, object] | None = None, *, text: str = ""
) -> Run:
    """Ask as the owner, and wait until the answer has a text."""
    run = await home.sandbox.run_command(home.owner, home.channel, f"debug {command}", options)
    return await run.wait(lambda run: run.message and run.message.embeds and text in words(run))


def words(run: Run) -> str:
    """Give title, text and fields of an answer, without times and ids, which differ."""
    assert run.message
    embed = run.message.embeds[0]
    fields = [f"{field['name']}: {field['value']}" for field in embed.get("fields", ())]
    text = "\n".join((embed["title"], embed.get("description") or "", *fields))
    text = re.sub(r"[\d.]+ (µs|ms|s)\b", "N s", text)
    text = re.sub(r"\b\d+\.\d\d\b", "0.00", text)
    return re.sub(r"\d{9,}", "ID", text)


def ids(run: Run) -> list[str]:
    """List the custom ids of the buttons, without ours in front and without ids of calls."""
    assert run.message
    found = (each for row in run.message.components for each in row["components"])
    texts = (str(each["custom_id"]).removeprefix("debugcog:") for each in found if "label" in each)
    return [re.sub(r"\d{9,}", "ID", text) for text in texts]


async def use_all(home: Home, bot: Host) -> None:
    """Use a command of each kind once."""
    sandbox, noah = home.sandbox, home.stranger
    await sandbox.autocomplete(noah, home.channel, "ask", option="question", value="w")
    run = await sandbox.run_command(noah, home.channel, "ask", {"question": "why"})
    await run.wait(lambda asked: asked.message)
    form = await sandbox.click(noah, run.message, "Go")
    assert form.modal
    await sandbox.submit(noah, form.modal, {})
    await sandbox.say(noah, home.channel, "!ping")
    await home.channel.wait_for(lambda one: one.content == "pong")
    await sandbox.say(noah, home.channel, "hello")
    await home.channel.wait_for(lambda one: one.content == "hello yourself")
    names = ("ask:autocomplete", "ask", "Confirm:view", "Feedback:form", "ping", "Busy.on_message")
    for name in names:
        await kept(bot, name)


async def test_a_call_of_each_kind_is_followed_with_its_parts(home: Home, busy: Busy) -> None:
    await use_all(home, busy)
    calls = {
        name: await kept(busy, name)
        for name in ("ask:autocomplete", "ask", "Confirm:view", "Feedback:form", "ping")
    }
    assert {name: (call.kind, call.outcome, call.problem) for name, call in calls.items()} == {
        "ask:autocomplete": ("autocomplete", "done", ""),
        "ask": ("slash", "done", ""),
        "Confirm:view": ("component", "done", ""),
        "Feedback:form": ("modal", "done", ""),
        "ping": ("prefix", "done", ""),
    }
    for name, call in calls.items():
        assert call.user_id == home.stranger.user.id, name
        assert call.channel_id == home.channel.id, name
        assert call.gateway_ms >= 0.0, name
        assert (call.code_ms is None) == (name == "ping"), name
    traced = {call.name: call for call in busy.cog.runtime.usage.calls.book.traces()}
    lanes = {one.service: one.lane for one in traced["ask"].spans}
    assert (lanes["discord"], lanes["database_query"]) == (0, 0)
    assert {lanes["llm_generation"], lanes["tts_generation"]} == {1, 2}
    assert {one.service: one.calls for one in traced["ask"].services} == {
        "discord": 1,
        "database_query": 1,
        "llm_generation": 1,
        "tts_generation": 1,
    }
    chat = traced["Busy.on_message"]
    assert [(one.service, one.detail) for one in chat.spans] == [
        ("discord", "messages, POST"),
        ("llm_generation", ""),
    ]


LATER = 4_000_000_000.0
"""Unix seconds that are in every window, whenever this is run."""
SLOW = Call(
    id=11,
    kind="slash",
    name="ask",
    at=LATER,
    ms=3900.0,
    gateway_ms=60.0,
    loop_ms=2900.0,
    code_ms=140.0,
    problem="unknown",
    user_id=7,
    guild_id=1,
    channel_id=2,
    error="E-7K3Q9D",
    outcome="failed",
    spans=(
        Span("llm_generation", "model=small", 150.0, 3200.0, False, 0),
        Span("discord", "callback, POST", 5.0, 135.0, True, 0),
    ),
    services=(ServiceSum("llm_generation", 1, 0, 3200.0, 3200.0),),
)
NEAR = Call(
    id=12,
    kind="component",
    name="Confirm:view",
    at=LATER + 60,
    ms=2500.0,
    gateway_ms=20.0,
    loop_ms=0.0,
    code_ms=2480.0,
    user_id=8,
    channel_id=2,
    message_id=3,
)
DOUBLE = "Discord did not know it after only N s: does the bot run twice?"
TOP = (
    "**1 interaction not acknowledged in time, 1 near Discord's limit of 3 s**\n"
    "⚠️ <t:4000000060:t> `Confirm:view` · <@8> · [message](https://discord.com/channels/@me/2/3)\n"
    "acknowledged after 2.5 s: its code took 2.48 s of 2.5 s; defer the response first\n"
    "🔴 <t:4000000000:t> `ask` · <@7> · [channel](https://discord.com/channels/1/2)\n"
    "not acknowledged in time (10062): the event loop was busy for 2.9 s of 3.1 s\n"
)


def recorded(bot: Host) -> None:
    """Let the bot have handled two calls, and some of another command."""
    metrics, book = bot.cog.runtime.metrics, bot.cog.runtime.usage.calls.book
    late = metrics.timer("acknowledgement", handler="ask").since(time.perf_counter() - 3.1)
    late.__exit__(RuntimeError, None, None)
    metrics.record("command", 3900.0, command="ask")
    metrics.record("interaction", 2500.0, handler="Confirm:view")
    metrics.record("acknowledgement", 2500.0, handler="Confirm:view")
    for _ in range(3):
        metrics.record("command", 20.0, command="ping")
    for call in (SLOW, NEAR):
        book.keep(call)


async def test_menus_dynamic_items_and_completions_that_fail_are_followed_too(
    home: Home, busy: Busy
) -> None:
    said = await home.sandbox.say(home.stranger, home.channel, "quiet")
    await home.sandbox.use_on(home.stranger, home.channel, "Shout", said)
    channel = busy.get_channel(home.channel.id)
    assert isinstance(channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(await Buy.from_custom_id())
    await channel.send("For sale", view=view)
    view.stop()
    message = await home.channel.wait_for(lambda one: one.content == "For sale")
    await home.sandbox.click(home.stranger, message, "Buy")
    with pytest.raises(SandboxError):
        await home.sandbox.autocomplete(
            home.stranger, home.channel, "fail", option="what", value="x"
        )
    calls = [await kept(busy, name) for name in ("Shout", "Buy:item", "fail:autocomplete")]
    assert [(call.kind, call.outcome, call.problem) for call in calls] == [
        ("menu", "done", ""),
        ("component", "done", ""),
        ("autocomplete", "failed", "never"),
    ]


async def test_the_table_has_the_worst_first_and_what_came_near_the_limit_on_top(
    home: Home, host: Host
) -> None:
    recorded(host)
    run = await shown(home, "commands", text="ping")
    assert run.message
    (embed,) = run.message.embeds
    assert embed["title"] == "Commands · last 1 hour"
    assert embed["description"] == TOP + (
        "Slowest: `ask` **3.9 s** (p95 of 1 call) · why: `/debug trace`\n"
        "```\n"
        "calls bad  p50  p95  max  ack\n"
        "ask\n"
        "    1   1 3.90 3.90 3.90 3.10\n"
        "Confirm:view\n"
        "    1   0 2.50 2.50 2.50 2.50\n"
        "ping\n"
        "    3   0 0.02 0.02 0.02    \N{EN DASH}\n"
        "```"
    )
    assert run.message.notified == NOBODY
    await run.wait(lambda run: run.message and run.message.attachments)
    description = run.message.attachments[0].description
    assert description
    assert description.startswith("Response time of the slowest, p95, ")
    assert "warning at 3 s. critical at 5 s." in description


async def test_one_command_is_opened_from_the_table_and_its_trace_from_there(
    home: Home, host: Host
) -> None:
    recorded(host)
    run = await shown(home, "commands", text="ping")
    opened = await home.sandbox.choose(home.owner, run.message, "Open a command", ["ask"])
    await opened.wait(lambda run: run.message and "Slowest calls" in run.message.text)
    assert opened.message
    assert opened.message.embeds[0]["title"] == "ask · last 1 hour"
    fields = {field["name"]: field["value"] for field in opened.message.embeds[0]["fields"]}
    assert fields == {
        "Calls": "**1** call\n0 failed",
        "Response": "p50 **3.9 s**\np95 3.9 s\nslowest 3.9 s",
        "Acknowledged": "p95 **3.1 s**\nslowest 3.1 s of 3 s\n1 missed",
        "Until the acknowledgement, on average": (
            "gateway **60 ms** · event loop **2.9 s** · code **140 ms**\nof the last 1 call"
        ),
        "Slowest calls": (
            "**3.9 s** ❌ `E-7K3Q9D` · <t:4000000000:t> `ask` · <@7>"
            " · [channel](https://discord.com/channels/1/2)"
            " · ack 3.1 s (gateway 60 ms, event loop 2.9 s, code 140 ms)"
        ),
    }
    traced = await home.sandbox.choose(
        home.owner, opened.message, "Open the trace of a call", ["3.9 s, 2 Oct 07:06 UTC"]
    )
    await traced.wait(lambda run: run.message and run.message.attachments)
    assert traced.message
    (embed,) = traced.message.embeds
    assert embed["title"] == "Trace · ask · 6.86 s"
    assert embed["description"] == (
        "**LLM took 3.2 s of 6.86 s**\n"
        "<t:4000000000:t> `ask` · <@7> · [channel](https://discord.com/channels/1/2)\n"
        "ack 3.1 s (gateway 60 ms, event loop 2.9 s, code 140 ms)\n"
        "❌ failed: `/debug errors find:E-7K3Q9D`"
    )
    description = traced.message.attachments[0].description
    assert description == (
        "ask · 6.86 s: 1 trace, 6.86 s. Slowest: LLM · small, 3.2 s. "
        "Failed: ask, Discord · callback, POST. ask from 0 ms to 6.86 s. "
        "gateway from 0 ms to 60 ms. event loop from 60 ms to 2.96 s. "
        "Discord · callback, POST from 2.96 s to 3.1 s. LLM · small from 3.11 s to 6.31 s."
    )
    back = await home.sandbox.click(home.owner, traced.message, "Its command")
    await back.wait(lambda run: run.message and "Slowest calls" in run.message.text)
    everything = await home.sandbox.click(home.owner, back.message, "All commands")
    await everything.wait(lambda run: run.message and "Confirm:view" in run.message.text)


async def test_the_last_calls_are_shown_as_traces_and_chosen_by_service(
    home: Home, busy: Busy
) -> None:
    await use_all(home, busy)
    run = await shown(home, "trace", {"find": "ask"}, text="ack ")
    await run.wait(lambda run: run.message and run.message.attachments)
    assert run.message
    assert run.message.embeds[0]["title"].startswith("Trace · ask · ")
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug trace", option="service", value="llm"
    )
    assert [choice["name"] for choice in offered] == ["llm_generation"]
    by_service = await shown(home, "trace", {"service": "llm_generation"}, text="on_message")
    assert by_service.message
    menu = by_service.message.components[1]["components"][0]
    assert [one["label"].partition(" · ")[0] for one in menu["options"]] == [
        "Busy.on_message",
        "ask",
    ]
    other = await home.sandbox.choose(
        home.owner, by_service.message, "Another call", [menu["options"][1]["label"]]
    )
    await other.wait(lambda run: run.message and "Trace · ask" in words(run))
    assert ids(other) == [
        *("trace:|llm_generation|7d|ID", "trace:|llm_generation|7d|0", "commands.open:ask.7d")
    ]
    refreshed = await home.sandbox.click(home.owner, other.message, "Refresh")
    await refreshed.wait(lambda run: run.message and ids(run) == ids(other))
    assert "Trace · ask" in words(refreshed)
    await shown(home, "trace", {"find": "on_m", "window": "5m"}, text="on_message")
    offered = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug commands", option="find", value="form"
    )
    assert [choice["name"] for choice in offered] == ["Feedback:form"]


async def test_what_discord_no_longer_knew_is_told_with_the_reason(home: Home, busy: Busy) -> None:
    home.sandbox.faults.expire_next()
    with pytest.raises(SandboxError, match="did not respond"):
        await home.sandbox.run_command(home.stranger, home.channel, "ask")
    call = await kept(busy, "ask")
    assert (call.problem, call.outcome) == ("unknown", "failed")
    run = await shown(home, "commands", text="10062")
    assert words(run).splitlines()[1:4] == [
        "**1 interaction not acknowledged in time**",
        "🔴 <t:ID:t> `ask` · <@ID> · [channel](https://discord.com/channels/ID/ID)",
        f"not acknowledged in time (10062): {DOUBLE}",
    ]
    opened = await shown(home, "commands", {"find": "ask"}, text="NotFound")
    assert "🔴" in words(opened)


async def test_what_answers_late_is_near_the_limit_and_the_code_is_to_blame(
    home: Home, busy: Busy
) -> None:
    with suppress(SandboxError):  # on a busy machine it is too late
        await home.sandbox.run_command(home.stranger, home.channel, "block")
    call = await kept(busy, "block")
    assert call.code_ms
    assert call.code_ms >= 2000.0
    reason = "its code took N s of N s; defer the response first"
    await shown(home, "commands", text=reason)


async def test_what_waits_for_a_blocked_loop_is_laid_to_the_loop(home: Home, busy: Busy) -> None:
    beats = busy.cog.runtime.usage.calls.delays
    asking = asyncio.ensure_future(home.sandbox.run_command(home.stranger, home.channel, "ask"))
    asyncio.get_running_loop().call_soon(time.sleep, 1.5)  # before the bot reads what was sent
    await asking
    call = await kept(busy, "ask")
    assert beats.between(0.0, time.perf_counter()) > 0.5
    assert call.loop_ms > 500.0
    assert call.loop_ms > call.gateway_ms


async def test_what_nobody_answers_is_named_when_its_time_is_over(home: Home, busy: Busy) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
    assert run.message
    dead = await home.sandbox.run_command(home.stranger, home.channel, "ask")
    assert dead.message
    dead.message.components[0]["components"][1]["custom_id"] = "of a view that has timed out"
    refused = await asyncio.gather(
        home.sandbox.click(home.stranger, run.message, "Silent"),
        home.sandbox.click(home.stranger, dead.message, "of a view that has timed out"),
        return_exceptions=True,
    )
    assert [type(one) for one in refused] == [SandboxError, SandboxError]
    silent = await kept(busy, "Confirm:view")
    unhandled = await kept(busy, "unhandled:component")
    assert (silent.problem, silent.outcome) == ("never", "done")
    assert (unhandled.problem, unhandled.outcome) == ("never", "unhandled")
    assert unhandled.message_id == dead.message.id


async def test_errors_are_those_of_the_call(home: Home, busy: Busy) -> None:
    await home.sandbox.run_command(home.stranger, home.channel, "fail")
    call = await kept(busy, "fail")
    assert (call.outcome, call.problem) == ("failed", "")
    assert re.fullmatch("E-[0-9A-Z]{6}", call.error)


async def test_after_a_reload_calls_are_followed_as_before(home: Home, host: Host) -> None:
    host.tree.add_command(fail)
    await host.tree.sync()
    await host.reload_extension("cogs.debug")
    await registered()
    await home.sandbox.run_command(home.stranger, home.channel, "fail")
    await kept(host, "fail")
    assert len(host.cog.runtime.usage.calls.book.recent("fail", 0.0)) == 1
    await host.unload_extension("cogs.debug")
    assert "request" not in vars(host.http)
    assert "_from_interaction" not in vars(host.tree)


async def test_what_is_done_by_day_is_kept_over_a_restart(home: Home) -> None:
    for _ in range(2):
        async with running(Busy(), home.sandbox) as bot:
            await registered()
            await use_all(home, bot)
    async with running(Busy(), home.sandbox) as bot:
        await registered()
        today = int(time.time()) // DAY
        rows = await bot.cog.runtime.sources.query(
            lambda one: sums(one, today - 1, today, by=("kind", "name", "user_id"))
        )
    noah = home.stranger.user.id
    assert {(row.kind, row.name, row.user_id): row.calls for row in rows} == {
        ("command", "ask", noah): 2,
        ("command", "ping", noah): 2,
        ("component", "Confirm:view", noah): 2,
        ("component", "Feedback:form", noah): 2,
        ("message", "", noah): 4,
        ("model", "small", noah): 0,
        ("service", "discord", EVERYBODY): 12,
        ("service", "database_query", EVERYBODY): 2,
        ("service", "llm_generation", EVERYBODY): 4,
        ("service", "tts_generation", EVERYBODY): 2,
    }
    assert [row.tokens_input for row in rows if row.kind == "model"] == [240]


async def test_the_dashboard_has_the_rows_of_the_command(home: Home, host: Host) -> None:
    recorded(host)
    runtime = host.cog.runtime
    published = runtime.publisher.now()
    page = await performance(runtime.sources, published, "1h")
    assert page.commands == (await answer_commands(runtime.sources, published, "1h")).rows
    assert [row.name for row in page.commands] == ["ask", "Confirm:view", "ping"]


NOBODY = Pings((), (), everyone=False)
HOSTILE = "**x** `@everyone` <@1> \u202e[a](https://b.c) 漢字漢字漢字漢字 ```"


async def test_hostile_names_and_long_lists_are_shown_within_discords_limits(
    home: Home, host: Host
) -> None:
    metrics, book = host.cog.runtime.metrics, host.cog.runtime.usage.calls.book
    stall = Stall(LATER, 9e9, function=HOSTILE * 9, file=HOSTILE * 9, line=7)
    host.cog.runtime.stalls._stalls.add(stall)
    for number in range(120):
        name = f"{HOSTILE[:40]}{number:03}"
        label = host.cog.runtime.usage.calls.calls._records.label(name)
        metrics.record("command", 20.0 + number, command=name)
        spans = tuple(Span(HOSTILE, HOSTILE * 9, 1.0, 9e12, True, lane) for lane in range(60))
        book.keep(
            replace(
                SLOW,
                id=number,
                name=label,
                spans=spans,
                left_out=9,
                channel_id=2**63,
                guild_id=2**63,
                message_id=2**63,
            )
        )
    run = await shown(home, "commands", text="of 101 commands")
    assert run.message
    assert "`@everyone`" not in run.message.text
    assert run.message.notified == NOBODY
    worse = await home.sandbox.click(home.owner, run.message, "More ▶")
    await worse.wait(lambda run: run.message and "◀ Back" in str(run.message.components))
    menu = worse.message.components[1]["components"][0] if worse.message else {}
    opened = await home.sandbox.choose(
        home.owner, worse.message, "Open a command", [menu["options"][0]["label"]]
    )
    await opened.wait(lambda run: run.message and run.message.embeds[0].get("fields"))
    traced = await shown(home, "trace", text="not drawn")
    await traced.wait(lambda run: run.message and run.message.attachments)
    assert traced.message
    assert traced.message.notified == NOBODY
    nothing = await shown(home, "commands", {"find": HOSTILE * 50}, text="No command matches")
    assert nothing.message
    await shown(home, "trace", {"service": HOSTILE * 50}, text="No call that is kept")

"""Every place where a discord.py bot can fail: the group it makes, and what the user is told."""

from __future__ import annotations

import asyncio
from types import FunctionType

import discord
import pytest
from discord import app_commands
from discord.ext import commands, tasks
from discord.webhook.async_ import AsyncWebhookAdapter

from tests.failing_host import Prefix, Slash, Stage, Trouble, tags, unanswered, until


def logged(caplog: pytest.LogCaptureFixture, logger: str) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == logger]


async def test_a_slash_command_that_fails_makes_a_group_and_a_private_user_notice(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "ask")

    group = await stage.group()
    assert group.event is not None
    assert group.type == "tests.failing_host.Trouble"
    assert group.where.startswith("tests/failing_host.py:")
    assert tags(group) == ("ask", "command", "ask")
    context = group.event.context
    assert (context.cog, context.user_id) == ("Slash", stage.member.user.id)
    assert (context.guild_id, context.shard) == (stage.guild.id, 0)
    assert [line[9:] for line in group.event.breadcrumbs] == [
        f"[WARNING] host: asked by user_id={stage.member.user.id}"
    ]
    assert run.message is not None
    assert run.message.ephemeral
    assert run.message.content == stage.user_notice(group)
    assert logged(caplog, "discord.app_commands.tree") == ["Ignoring exception in command 'ask'"]
    assert stage.reports.counts == {"errors_captured": 1}


async def test_a_command_that_fails_after_a_defer_gets_its_user_notice_as_an_answer(
    stage: Stage,
) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "think")

    await run.wait(lambda run: "Sorry" in str([run.message, *run.followups]))
    group = await stage.group()
    texts = [message.content for message in [run.message, *run.followups] if message]
    assert stage.user_notice(group) in texts


async def test_the_user_notice_is_private_after_a_defer_that_all_see(stage: Stage) -> None:
    run = await stage.sandbox.run_command(
        stage.member, stage.channel, "ponder", {"answered": False}
    )

    await run.wait(lambda run: run.followups)
    (notice,) = run.followups
    assert (notice.content, notice.ephemeral) == (stage.user_notice(await stage.group()), True)
    assert run.message is None or run.message.deleted


async def test_what_was_answered_after_a_defer_stays_beside_the_user_notice(stage: Stage) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "ponder", {"answered": True})

    await run.wait(lambda run: run.followups)
    (notice,) = run.followups
    assert (notice.content, notice.ephemeral) == (stage.user_notice(await stage.group()), True)
    assert run.message
    assert run.message.content == "first"


async def test_a_command_that_has_answered_gets_no_user_notice(stage: Stage) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "answer")

    assert tags(await stage.group()) == ("answer", "command", "answer")
    assert run.message is not None
    assert (run.message.content, run.followups) == ("first", [])


async def test_a_command_with_a_handler_of_the_hosts_is_captured_once_and_left_to_it(
    stage: Stage,
) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "handled")

    group = await stage.group()
    assert tags(group) == ("handled", "command", "handled")
    assert group.count == 1
    assert run.message is not None
    assert (run.message.content, run.followups) == ("the host's own words", [])


async def test_a_transformer_that_fails_makes_a_group_and_one_that_refuses_does_not(
    stage: Stage,
) -> None:
    typed = {"what": "no number"}
    use = stage.sandbox.run_command(stage.member, stage.channel, "look", typed)
    async with unanswered(use):
        await until(lambda: stage.reports.counts == {"user_mistakes": 1})
    failed = await stage.sandbox.run_command(stage.member, stage.channel, "look", {"what": "down"})

    group = await stage.group()
    assert group.type == "ConnectionError"
    assert tags(group) == ("lookup is down", "command", "look")
    assert failed.message is not None
    assert failed.message.content == stage.user_notice(group)
    assert stage.reports.counts == {"errors_captured": 1, "user_mistakes": 1}


async def test_a_refusal_is_counted_and_makes_no_group(stage: Stage) -> None:
    running = stage.sandbox.run_command(stage.member, stage.channel, "forbidden")

    async with unanswered(running):
        await until(lambda: stage.reports.counts == {"user_mistakes": 1})
    assert await stage.groups() == ()


async def test_an_autocomplete_that_fails_makes_a_group(stage: Stage) -> None:
    typing = stage.sandbox.autocomplete(
        stage.member, stage.channel, "search", option="word", value="x", options={}
    )

    async with unanswered(typing):
        assert tags(await stage.group()) == ("autocomplete", "autocomplete", "search")


async def test_a_context_menu_that_fails_makes_a_group_and_a_user_notice(stage: Stage) -> None:
    message = await stage.sandbox.say(stage.member, stage.channel, "hello")

    run = await stage.sandbox.use_on(stage.member, stage.channel, "Quote", message)

    group = await stage.group()
    assert tags(group) == ("menu", "command", "Quote")
    assert run.message is not None
    assert run.message.content == stage.user_notice(group)


async def test_a_view_that_fails_makes_a_group_and_a_user_notice(stage: Stage) -> None:
    shown = await stage.sandbox.run_command(
        stage.member, stage.channel, "buttons", {"handling": False}
    )
    assert shown.message is not None

    run = await stage.sandbox.click(stage.member, shown.message, "Fail")

    group = await stage.group()
    assert tags(group) == ("view", "view", "Failing")
    assert group.event is not None
    assert group.event.context.user_id == stage.member.user.id
    assert run.message is not None
    assert run.message.content == stage.user_notice(group)


async def test_a_view_with_a_handler_of_its_own_is_captured_and_left_to_it(stage: Stage) -> None:
    shown = await stage.sandbox.run_command(
        stage.member, stage.channel, "buttons", {"handling": True}
    )
    assert shown.message is not None

    run = await stage.sandbox.click(stage.member, shown.message, "Fail")

    assert tags(await stage.group()) == ("view", "view", "Handling")
    assert run.message is not None
    assert (run.message.content, run.followups) == ("the view's own words", [])


async def test_a_modal_that_fails_makes_a_group_and_a_user_notice(stage: Stage) -> None:
    shown = await stage.sandbox.run_command(stage.member, stage.channel, "form")

    run = await stage.sandbox.submit(stage.member, shown.modal, {"Name": "x"})

    group = await stage.group()
    assert tags(group) == ("modal", "modal", "Form")
    assert run.message is not None
    assert run.message.content == stage.user_notice(group)


async def test_a_prefix_command_that_fails_makes_a_group_and_a_reply(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "!shout")

    reply = await stage.channel.wait_for(lambda message: "Sorry" in message.text)
    group = await stage.group()
    assert tags(group) == ("shout", "command", "shout")
    assert reply.content == stage.user_notice(group)
    assert logged(caplog, "discord.ext.commands.bot") == ["Ignoring exception in command shout"]


async def test_a_hybrid_command_that_fails_makes_one_group_both_ways(stage: Stage) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "mixed")
    await stage.sandbox.say(stage.member, stage.channel, "!mixed")

    await stage.channel.wait_for(lambda message: "Sorry" in message.text)
    group = await stage.group()
    assert tags(group) == ("mixed", "command", "mixed")
    assert group.count == 2
    assert run.message is not None
    assert run.message.ephemeral


async def test_a_command_that_does_not_exist_and_a_wrong_argument_are_mistakes(
    stage: Stage,
) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "!nothing")
    await stage.sandbox.say(stage.member, stage.channel, "!repeat word")
    await stage.sandbox.say(stage.member, stage.channel, "!repeat 5")

    await stage.channel.wait_for(lambda message: message.text == "5")
    assert await stage.groups() == ()
    assert stage.reports.counts == {"user_mistakes": 2}


async def test_a_listener_that_fails_makes_a_group(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "boom")

    group = await stage.group()
    assert tags(group) == ("listener", "listener", "on_message")
    assert group.event is not None
    assert group.event.context.user_id == stage.member.user.id
    assert group.event.context.guild_id == stage.guild.id
    assert logged(caplog, "discord.client") == ["Ignoring exception in on_message"]


async def test_a_loop_that_fails_makes_a_group(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    cog = stage.bot.get_cog("Prefix")
    assert isinstance(cog, Prefix)

    task = cog.sweep.start()
    await asyncio.wait({task})

    assert isinstance(task.exception(), Trouble)
    assert tags(await stage.group()) == ("loop", "task", "Prefix.sweep")
    assert logged(caplog, "discord.ext.tasks") == [
        "Unhandled exception in internal background task 'sweep'."
    ]


async def test_a_loop_with_a_handler_of_its_own_is_captured_and_left_to_it(stage: Stage) -> None:
    told: list[BaseException] = []

    @tasks.loop(count=1)
    async def swept() -> None:
        raise Trouble("loop")

    @swept.error
    async def on_swept(*errors: BaseException) -> None:
        told.extend(errors)

    task = swept.start()
    await asyncio.wait({task})

    assert tags(await stage.group())[:2] == ("loop", "task")
    assert [str(error) for error in told] == ["loop"]
    assert task.exception() is told[0]


async def test_a_loop_that_fails_before_it_starts_makes_a_group(stage: Stage) -> None:
    @tasks.loop(count=1)
    async def swept() -> None:
        """Never run."""

    @swept.before_loop
    async def before() -> None:
        raise Trouble("before")

    task = swept.start()
    await asyncio.wait({task})

    assert tags(await stage.group())[:2] == ("before", "task")
    assert isinstance(task.exception(), Trouble)


async def test_what_a_user_wrote_stays_out_of_the_log_lines_of_an_error(stage: Stage) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "boom, said my private diary")
    await stage.sandbox.run_command(
        stage.member, stage.channel, "search", {"word": "an embarrassing illness"}
    )

    await until(
        lambda: len(stage.reports.counts) > 0 and stage.reports.counts["errors_captured"] == 2
    )
    crumbs = [group.event.breadcrumbs for group in await stage.groups() if group.event]
    assert sorted(line[9:] for lines in crumbs for line in lines) == [
        "[WARNING] host: heard '[user's text]'",
        "[WARNING] host: searched for [user's text]",
    ]


async def test_commands_are_timed_and_written_to_the_log_with_their_user(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "debugcog.commands")
    await stage.sandbox.run_command(stage.member, stage.channel, "fine")
    await stage.sandbox.run_command(stage.member, stage.channel, "works")
    await stage.sandbox.run_command(stage.member, stage.channel, "ask")
    await stage.sandbox.say(stage.member, stage.channel, "!repeat 5")
    await stage.sandbox.say(stage.member, stage.channel, "!repeat often")
    await stage.sandbox.say(stage.member, stage.channel, "!shout")
    await stage.channel.wait_for(lambda message: "Sorry" in message.text)

    labelled = stage.metrics.snapshot(300.0).labelled["command"]
    assert {name: (timed.count, timed.failed) for name, timed in labelled.items()} == {
        "command=fine": (1, 0),
        "command=works": (1, 0),
        "command=ask": (1, 1),
        "command=repeat": (1, 0),
        "command=shout": (1, 1),
    }
    whom = f"user_id={stage.member.user.id} guild_id={stage.guild.id}"
    lines = [line.partition(" after ")[0] for line in logged(caplog, "debugcog.commands")]
    assert sorted(lines) == [
        f"Command ask: {whom} failed",
        f"Command fine: {whom} done",
        f"Command repeat: {whom} done",
        f"Command repeat: {whom} refused",
        f"Command shout: {whom} failed",
        f"Command works: {whom} done",
    ]


def held(stage: Stage) -> list[dict[str, object]]:
    """List what each object and class that may be patched holds."""
    slash = stage.bot.get_cog("Slash")
    assert isinstance(slash, Slash)
    owners: tuple[object, ...] = (
        *(stage.bot, stage.bot.tree, slash.view, asyncio.get_running_loop()),
        *(*type(stage.bot).__mro__, *type(stage.bot.tree).__mro__),
        *(discord.ui.View, discord.ui.LayoutView, discord.ui.Modal, tasks.Loop),
        *(commands.Command, app_commands.Command, app_commands.ContextMenu),
        *(stage.bot.http, stage.bot._connection._view_store, AsyncWebhookAdapter),
    )
    return [
        {name: value for name, value in vars(owner).items() if isinstance(value, FunctionType)}
        for owner in owners
    ]


async def test_everything_is_put_back_in_the_end(stage: Stage) -> None:
    shown = await stage.sandbox.run_command(
        stage.member, stage.channel, "buttons", {"handling": True}
    )
    assert shown.message is not None
    stage.uninstall()
    before = held(stage)
    stage.install()
    await stage.sandbox.click(stage.member, shown.message, "Fail")
    assert held(stage) != before

    stage.uninstall()

    assert held(stage) == before
    assert set(stage.bot.extra_events) == {"on_message"}


async def test_a_fault_of_the_capture_never_reaches_the_host(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(stage.reports.reporter._error_buffer, "add", broken)
    monkeypatch.setattr(stage.calls.calls, "_ended", broken)

    run = await stage.sandbox.run_command(stage.member, stage.channel, "fine")
    assert run.message is not None
    assert run.message.content == "fine"
    async with unanswered(stage.sandbox.run_command(stage.member, stage.channel, "ask")):
        await until(lambda: stage.reports.reporter.failures > 0)
    assert await stage.groups() == ()

"""Handlers that a host sets while the cog is loaded: they are called, and no error is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, cast

import discord
import pytest
from discord import app_commands
from discord.ext import commands, tasks

from cogs.debug.capture.error_capture import Capture
from discord_sandbox import Message
from tests.failing_host import (
    Failing,
    Form,
    Host,
    Slash,
    Stage,
    Trouble,
    staged,
    tags,
    unanswered,
    until,
)

Called = list[tuple[object, ...]]
Trigger = Callable[[Stage], Awaitable[object]]


@pytest.fixture
def called() -> Called:
    """What the host's late handler was called with."""
    return []


@pytest.fixture
def late(called: Called) -> Callable[..., Awaitable[None]]:
    """A handler of a host."""

    async def handler(*args: object) -> None:
        called.append(args)

    return handler


async def listener(stage: Stage) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "boom")


async def prefix(stage: Stage) -> None:
    await stage.sandbox.say(stage.member, stage.channel, "!shout")


async def loop(stage: Stage) -> None:
    @tasks.loop(count=1)
    async def swept() -> None:
        raise Trouble("loop")

    await asyncio.gather(swept.start(), return_exceptions=True)


async def slash(stage: Stage) -> None:
    await stage.sandbox.run_command(stage.member, stage.channel, "answer")


async def menu(stage: Stage) -> None:
    message = await stage.sandbox.say(stage.member, stage.channel, "hello")
    using = stage.sandbox.use_on(stage.member, stage.channel, "Quote", message)
    await without_answer(stage, using)


async def shown(stage: Stage) -> Message:
    run = await stage.sandbox.run_command(
        stage.member, stage.channel, "buttons", {"handling": False}
    )
    assert run.message is not None
    return run.message


async def button(stage: Stage) -> None:
    message = await shown(stage)
    await without_answer(stage, stage.sandbox.click(stage.member, message, "Fail"))


async def form(stage: Stage) -> None:
    run = await stage.sandbox.run_command(stage.member, stage.channel, "form")
    using = stage.sandbox.submit(stage.member, run.modal, {"Name": "x"})
    await without_answer(stage, using)


async def without_answer(stage: Stage, using: Coroutine[Any, Any, object]) -> None:
    """Use what fails without an answer, until one more error was captured."""
    before = stage.reports.counts["errors_captured"]
    async with unanswered(using):
        await until(lambda: stage.reports.counts["errors_captured"] > before)


async def reported(stage: Stage, trigger: Trigger, called: Called) -> str:
    """Let something fail; return what was reported once the host's handler was called."""
    await trigger(stage)
    await until(lambda: len(called) > 0)
    group = await stage.group()
    assert stage.reports.counts == {"errors_captured": 1}
    return tags(group)[0]


@pytest.mark.parametrize(
    ("owner", "name", "trigger", "message"),
    [
        (discord.Client, "on_error", listener, "listener"),
        (commands.Bot, "on_error", listener, "listener"),
        (Host, "on_error", listener, "listener"),
        (commands.Bot, "on_command_error", prefix, "shout"),
        (Host, "on_command_error", prefix, "shout"),
        (app_commands.CommandTree, "on_error", slash, "answer"),
        (app_commands.CommandTree, "on_error", menu, "menu"),
        (discord.ui.View, "on_error", button, "view"),
        (Failing, "on_error", button, "view"),
        (discord.ui.Modal, "on_error", form, "modal"),
        (Form, "on_error", form, "modal"),
        (tasks.Loop, "_error", loop, "loop"),
    ],
)
async def test_a_handler_set_on_a_class_is_called(
    stage: Stage,
    late: Any,
    called: Called,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    name: str,
    trigger: Trigger,
    message: str,
) -> None:
    monkeypatch.setattr(owner, name, late, raising=False)

    assert await reported(stage, trigger, called) == message


@pytest.mark.parametrize(
    ("owner", "name", "trigger", "message"),
    [
        (lambda stage: stage.bot, "on_error", listener, "listener"),
        (lambda stage: stage.bot, "on_command_error", prefix, "shout"),
        (lambda stage: stage.bot.tree, "on_error", slash, "answer"),
        (lambda stage: stage.bot.tree, "on_error", menu, "menu"),
    ],
)
async def test_a_handler_set_on_the_bot_or_its_tree_is_called_and_the_error_is_not_missed(
    stage: Stage,
    late: Any,
    called: Called,
    owner: Callable[[Stage], object],
    name: str,
    trigger: Trigger,
    message: str,
) -> None:
    setattr(owner(stage), name, late)

    assert await reported(stage, trigger, called) == message
    stage.uninstall()
    assert vars(owner(stage))[name] is late


async def test_a_handler_set_by_a_decorator_is_called_and_the_error_is_not_missed(
    stage: Stage, called: Called
) -> None:
    @stage.bot.tree.error
    async def on_error(interaction: discord.Interaction[Any], error: Exception) -> None:
        called.append((type(error), interaction.command))
        await interaction.response.send_message("the tree's own words")

    run = await stage.sandbox.run_command(stage.member, stage.channel, "ask")

    assert tags(await stage.group()) == ("ask", "command", "ask")
    assert run.message is not None
    assert (run.message.content, run.followups) == ("the tree's own words", [])
    stage.uninstall()
    assert stage.bot.tree.on_error is on_error


async def test_a_handler_that_a_view_gets_in_its_callback_is_called(
    stage: Stage, late: Any, called: Called
) -> None:
    slash_cog = stage.bot.get_cog("Slash")
    assert isinstance(slash_cog, Slash)
    message = await shown(stage)
    view = slash_cog.view

    async def callback(interaction: discord.Interaction[Any]) -> None:
        view.on_error = late  # type: ignore[method-assign]  # as a host does
        raise Trouble("late")

    view.children[0].callback = callback  # type: ignore[method-assign]  # as a host does
    async with unanswered(stage.sandbox.click(stage.member, message, "Fail")):
        await until(lambda: len(called) > 0)

    assert tags(await stage.group()) == ("late", "view", "Failing")
    assert called[0][0].__class__ is discord.Interaction


async def test_what_a_class_loses_again_is_not_called_any_more(
    stage: Stage, late: Any, called: Called, caplog: pytest.LogCaptureFixture
) -> None:
    Host.on_error = late  # type: ignore[method-assign]  # as a host does
    await listener(stage)
    await until(lambda: len(called) == 1)
    del Host.on_error

    await listener(stage)
    await until(lambda: stage.reports.counts["errors_captured"] == 2)
    await until(lambda: "Ignoring exception in on_message" in caplog.messages)
    assert len(called) == 1


async def test_invoke_and_the_trees_check_may_be_set_at_any_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def invoke(bot: Any, ctx: Any) -> None:
        seen.append(f"invoke {ctx.command}")
        await commands.bot.BotBase.invoke(bot, ctx)

    async def interaction_check(interaction: discord.Interaction[Any]) -> bool:
        seen.append(f"check {interaction.command and interaction.command.name}")
        return True

    monkeypatch.setattr(Host, "invoke", invoke, raising=False)
    stage.bot.tree.interaction_check = interaction_check  # type: ignore[method-assign]  # as hosts do

    await stage.sandbox.say(stage.member, stage.channel, "!repeat 5")
    await stage.channel.wait_for(lambda message: message.text == "5")
    await stage.sandbox.run_command(stage.member, stage.channel, "fine")

    assert seen == ["invoke repeat", "check fine"]
    both = {"command=repeat", "command=fine"}
    await until(lambda: set(stage.metrics.snapshot(300.0).labelled["command"]) == both)


async def test_the_host_may_take_over_the_place_of_ours_and_is_called_behind_us_again(
    stage: Stage,
) -> None:
    seen: list[str] = []

    async def invoke(ctx: Any) -> None:
        seen.append(str(ctx.command))
        await commands.bot.BotBase.invoke(stage.bot, ctx)

    stage.bot.invoke = invoke  # type: ignore[method-assign]  # as a host does
    stage.install()
    await prefix(stage)

    assert tags(await stage.group()) == ("shout", "command", "shout")
    assert seen == ["shout"]
    stage.uninstall()
    assert vars(stage.bot)["invoke"] is invoke


class Sharded(commands.AutoShardedBot):
    """A host of several shards."""


@pytest.mark.parametrize("owner", [discord.Client, commands.AutoShardedBot, Sharded])
async def test_a_sharded_bot_s_classes_may_get_a_handler_too(
    tmp_path: Path,
    stage: Stage,
    late: Any,
    called: Called,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
) -> None:
    sharded = Sharded("!", intents=discord.Intents.none())
    async with sharded:
        capture = Capture(cast("commands.Bot", sharded), stage.reports.reporter, stage.calls.calls)
        capture.install()
        monkeypatch.setattr(owner, "on_error", late, raising=False)

        @sharded.listen("on_probe")
        async def fail() -> None:
            raise Trouble("sharded")

        sharded.dispatch("probe")
        await until(lambda: len(called) > 0)
        capture.uninstall()

    assert tags(await stage.group()) == ("sharded", "listener", "on_probe")


async def test_without_the_private_functions_of_discord_py_its_log_lines_tell_of_the_errors(
    stage: Stage,
) -> None:
    stage.capture.uninstall()
    await listener(stage)
    await prefix(stage)
    message = await shown(stage)
    await slash(stage)
    await without_answer(stage, stage.sandbox.click(stage.member, message, "Fail"))
    await until(lambda: stage.reports.counts["errors_captured"] == 4)

    assert sorted(group.message for group in await stage.groups()) == [
        "answer",
        "listener",
        "shout",
        "view",
    ]


async def test_errors_of_another_bot_are_left_to_its_own_cog(tmp_path: Path, stage: Stage) -> None:
    async with staged(Host(), tmp_path / "other.sqlite3") as other:
        await prefix(other)
        await button(other)
        await slash(other)
        await until(lambda: other.reports.counts["errors_captured"] == 3)

        stage.uninstall()
        await prefix(other)
        await without_answer(other, other.sandbox.click(other.member, await shown(other), "Fail"))
        assert other.reports.counts == {"errors_captured": 5}
        stage.install()

    assert (await stage.groups(), stage.reports.counts) == ((), {})
    assert await reported(stage, slash, [()]) == "answer"

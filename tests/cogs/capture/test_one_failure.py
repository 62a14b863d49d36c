"""One failure is one error, however often and in whichever words the host's handlers log it."""

# ruff: noqa: G004 - hosts log f-strings

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands, tasks

from cogs.debug.capture import invocations
from services.debugcog.errors import reporter
from tests.failing_host import Host, Stage, Trouble, staged, unanswered, until

Interaction = discord.Interaction[Any]
Context = commands.Context[Any]
log = logging.getLogger("host")


class Pressed(discord.ui.View):
    """A button that fails, and a host's handler that logs it."""

    @discord.ui.button(label="Fail")
    async def fail(self, interaction: Interaction, _: discord.ui.Button[Any]) -> None:
        raise Trouble("no voice here")

    async def on_error(self, interaction: Interaction, error: Exception, *_: object) -> None:
        log.error(f"View error: {error}")
        await interaction.response.send_message("Sorry.")
        log.error("A view failed", exc_info=error)


class Filled(discord.ui.Modal, title="Form"):
    """A form that fails, and a host's handler that logs it."""

    name = discord.ui.TextInput[Any](label="Name")

    async def on_submit(self, interaction: Interaction, /) -> None:
        raise Trouble("no voice here")

    async def on_error(self, interaction: Interaction, error: Exception, *_: object) -> None:
        log.error(f"Modal error: {error}")
        await interaction.response.send_message("Sorry.")


class Group(app_commands.Group):
    """A group whose command and which itself log what fails."""

    @app_commands.command()
    async def slash(self, interaction: Interaction) -> None:
        """Fail."""
        raise Trouble("no voice here")

    @slash.error
    async def on_slash(self, interaction: Interaction, error: Exception) -> None:
        log.error(f"Slash error: {error}")

    async def on_error(self, interaction: Interaction, error: Exception) -> None:
        log.error(f"Group error: {error}")


class Cog(commands.Cog):
    """Commands that fail, and handlers that log it, each in its own words."""

    group = Group(name="group")

    @commands.command()
    async def boom(self, ctx: Context) -> None:
        raise Trouble("no voice here")

    @boom.error
    async def on_boom(self, ctx: Context, error: Exception) -> None:
        log.error(f"Local error: {error}")

    async def cog_command_error(self, ctx: Context, error: Exception) -> None:
        log.error(f"Cog error: {error}")

    async def cog_app_command_error(self, interaction: Interaction, error: Exception) -> None:
        log.error(f"Cog slash error: {error}")

    @commands.Cog.listener()
    async def on_command_error(self, ctx: Context, error: Exception) -> None:
        log.error(f"Heard of: {error}")

    @commands.Cog.listener()
    async def on_app_command_error(self, interaction: Interaction, error: Exception) -> None:
        log.error(f"Heard of slash: {error}")

    @commands.hybrid_command()  # type: ignore[arg-type]  # its overloads need arguments
    async def mixed(self, ctx: Context) -> None:
        """Fail."""
        raise Trouble("no voice here")

    @app_commands.command()
    async def press(self, interaction: Interaction) -> None:
        """Show a button."""
        await interaction.response.send_message("press", view=Pressed())

    @app_commands.command()
    async def fill(self, interaction: Interaction) -> None:
        """Show a form."""
        await interaction.response.send_modal(Filled())

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.content == "boom":
            raise Trouble("no voice here")


@app_commands.context_menu(name="Point")
async def point(interaction: Interaction, message: discord.Message) -> None:
    raise Trouble("no voice here")


@point.error
async def on_point(interaction: Interaction, error: Exception) -> None:
    log.error(f"Menu error: {error}")


class Logging(Host):
    """A host whose handlers log everything at ERROR."""

    async def setup_hook(self) -> None:
        await self.add_cog(Cog())
        self.tree.add_command(point)
        self.tree.error(self.on_tree_error)
        await self.tree.sync()

    async def on_command_error(self, ctx: Context, error: commands.CommandError, /) -> None:
        log.error(f"Command error: {error}")
        await ctx.send("Sorry.")
        log.error("Command %s failed", ctx.command, exc_info=error)
        log.error("Command %s failed", ctx.command, exc_info=error.__cause__)

    async def on_tree_error(self, interaction: Interaction, error: Exception) -> None:
        log.error(f"Tree error: {error}")
        self.dispatch("app_command_error", interaction, error)
        if not interaction.response.is_done():
            await interaction.response.send_message("Sorry.")
        log.error("Slash failed", exc_info=error)

    async def on_error(self, event: str, /, *args: object, **kwargs: object) -> None:
        log.error(f"Error in {event}")
        log.exception("Event %s failed", event)  # noqa: LOG004 - discord.py calls it in an except


@pytest.fixture
async def loud(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(Logging(), tmp_path / "state.sqlite3") as stage:
        yield stage


async def lines(stage: Stage, count: int) -> list[str]:
    """Wait until one error has so many log lines; return these."""
    async with asyncio.timeout(10):
        while True:
            groups = await stage.groups()
            event = groups[0].event if groups else None
            if event is not None and len(event.breadcrumbs) >= count:
                break
    (group,) = await stage.groups()
    assert (group.count, group.message) == (1, "no voice here")
    assert stage.reports.counts == {"errors_captured": 1}
    assert [post["kind"] for post in stage.reports.posts()] == ["open"]
    return [line[9:].removeprefix("[ERROR] host: ") for line in event.breadcrumbs]


async def test_a_prefix_command_with_five_handlers(loud: Stage) -> None:
    await loud.sandbox.say(loud.member, loud.channel, "!boom")

    text = "Command raised an exception: Trouble: no voice here"
    assert sorted(await lines(loud, 6)) == [
        f"Cog error: {text}",
        "Command boom failed",
        "Command boom failed",
        f"Command error: {text}",
        f"Heard of: {text}",
        f"Local error: {text}",
    ]


async def test_a_slash_command_with_five_handlers(loud: Stage) -> None:
    await loud.sandbox.run_command(loud.member, loud.channel, "group slash")

    text = "Command 'slash' raised an exception: Trouble: no voice here"
    assert sorted(await lines(loud, 6)) == [
        f"Cog slash error: {text}",
        f"Group error: {text}",
        f"Heard of slash: {text}",
        f"Slash error: {text}",
        "Slash failed",
        f"Tree error: {text}",
    ]


async def test_a_hybrid_command_used_as_a_slash_command(loud: Stage) -> None:
    using = loud.sandbox.run_command(loud.member, loud.channel, "mixed")
    async with unanswered(using):
        found = await lines(loud, 5)

    text = (
        "Hybrid command raised an error: Command 'mixed' raised an exception: Trouble:"
        " no voice here"
    )
    assert sorted(found) == [
        f"Cog error: {text}",
        f"Command error: {text}",
        "Command mixed failed",
        "Command mixed failed",
        f"Heard of: {text}",
    ]


async def test_a_context_menu_with_a_handler(loud: Stage) -> None:
    message = await loud.sandbox.say(loud.member, loud.channel, "hello")
    await loud.sandbox.use_on(loud.member, loud.channel, "Point", message)

    text = "Command 'Point' raised an exception: Trouble: no voice here"
    assert sorted(await lines(loud, 4)) == [
        f"Heard of slash: {text}",
        f"Menu error: {text}",
        "Slash failed",
        f"Tree error: {text}",
    ]


async def test_a_view_with_a_handler(loud: Stage) -> None:
    shown = await loud.sandbox.run_command(loud.member, loud.channel, "press")
    assert shown.message is not None
    await loud.sandbox.click(loud.member, shown.message, "Fail")

    assert await lines(loud, 2) == ["View error: no voice here", "A view failed"]


async def test_a_form_with_a_handler(loud: Stage) -> None:
    shown = await loud.sandbox.run_command(loud.member, loud.channel, "fill")
    await loud.sandbox.submit(loud.member, shown.modal, {"Name": "x"})

    assert await lines(loud, 1) == ["Modal error: no voice here"]


async def test_a_listener_with_a_handler(loud: Stage) -> None:
    await loud.sandbox.say(loud.member, loud.channel, "boom")

    assert await lines(loud, 2) == ["Error in on_message", "Event on_message failed"]


async def test_a_loop_with_a_handler(loud: Stage) -> None:
    @tasks.loop(count=1)
    async def sweep() -> None:
        raise Trouble("no voice here")

    @sweep.error
    async def on_sweep(*errors: BaseException) -> None:
        log.error(f"Loop error: {errors[0]}")

    @sweep.after_loop
    async def after() -> None:
        if sweep.failed():
            log.error("The loop has ended")

    task = sweep.start()
    await asyncio.wait({task})
    assert isinstance(task.exception(), Trouble)

    assert await lines(loud, 2) == ["Loop error: no voice here", "The loop has ended"]


async def test_what_a_handler_logs_of_a_failure_of_debug_itself_is_no_error_of_the_host(
    loud: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def debug(interaction: Interaction) -> None:
        """Fail, as a command of the cog may."""
        raise Trouble("ours")

    file = str(Path(invocations.__file__).parents[1] / "features" / "command.py")
    debug.__code__ = debug.__code__.replace(co_filename=file)
    loud.bot.tree.add_command(app_commands.command(name="debug")(debug))
    await loud.bot.tree.sync()
    run = await loud.sandbox.run_command(loud.member, loud.channel, "debug")
    await until(lambda: "Slash failed" in caplog.messages)

    assert run.message is not None
    assert (run.message.content, await loud.groups(), loud.reports.counts) == ("Sorry.", (), {})


Handler = Callable[[Exception], Awaitable[object]]


async def shouted(stage: Stage, handle: Handler) -> None:
    """Let a command fail for which the host has a handler, and wait for that one's end."""
    done = asyncio.Event()

    async def on_command_error(ctx: Context, error: Exception) -> None:
        try:
            await handle(error)
        finally:
            done.set()

    stage.bot.on_command_error = on_command_error  # type: ignore[method-assign]  # as a host does
    await stage.sandbox.say(stage.member, stage.channel, "!shout")
    await done.wait()


async def found(stage: Stage) -> list[tuple[str, int]]:
    """List what was reported, once all of it is stored: messages, and how often."""
    await asyncio.sleep(0)
    return sorted((group.message, group.count) for group in await stage.groups())


async def crumbs(stage: Stage) -> list[str]:
    (group,) = await stage.groups()
    assert group.event is not None
    return [line[9:] for line in group.event.breadcrumbs]


async def test_what_a_handler_logs_in_tasks_and_threads_that_it_waits_for(stage: Stage) -> None:
    async def tell(error: Exception) -> None:
        log.error(f"Told of {error!r}")

    async def handle(error: Exception) -> None:
        await asyncio.gather(tell(error), tell(error))
        await asyncio.wait_for(tell(error), 5)
        await asyncio.to_thread(log.error, "Told in a thread")

    await shouted(stage, handle)

    assert await found(stage) == [("shout", 1)]
    assert stage.reports.counts == {"errors_captured": 1}
    assert len(await crumbs(stage)) == 4


async def test_what_a_handler_logs_after_the_error_was_stored(stage: Stage) -> None:
    async def handle(error: Exception) -> None:
        assert await found(stage) == [("shout", 1)]
        log.error("Only now")

    await shouted(stage, handle)

    assert await found(stage) == [("shout", 1)]
    assert await crumbs(stage) == ["[ERROR] host: Only now"]


async def test_what_is_logged_after_the_handlers_end_is_an_error_of_its_own(stage: Stage) -> None:
    go_on, later = asyncio.Event(), []

    async def work() -> None:
        await go_on.wait()
        log.error("Unrelated")

    async def handle(error: Exception) -> None:
        log.error(f"Command error: {error}")
        later.append(asyncio.create_task(work()))

    await shouted(stage, handle)
    await asyncio.sleep(0)
    go_on.set()
    await later[0]
    log.error("Outside")

    assert await found(stage) == [("Outside", 1), ("Unrelated", 1), ("shout", 1)]
    assert stage.reports.counts == {"errors_captured": 3}


async def test_another_exception_of_a_handler_is_an_error_of_its_own(stage: Stage) -> None:
    async def handle(error: Exception) -> None:
        try:
            raise KeyError("settings")
        except KeyError:
            log.exception("The handler has no settings")
        raise LookupError("the handler itself")

    await shouted(stage, handle)

    async with asyncio.timeout(10):
        while len(await found(stage)) < 3:
            pass
    assert await found(stage) == [("'settings'", 1), ("shout", 1), ("the handler itself", 1)]


@pytest.mark.parametrize("wrap", [False, True])
async def test_an_error_that_a_handler_raises_again_or_translates_is_the_same(
    stage: Stage, caplog: pytest.LogCaptureFixture, wrap: bool
) -> None:
    async def handle(error: Exception) -> None:
        if wrap:
            raise RuntimeError("translated") from error
        raise error

    await shouted(stage, handle)

    await until(lambda: "Ignoring exception in on_command_error" in caplog.messages)
    assert await found(stage) == [("shout", 1)]
    assert stage.reports.counts == {"errors_captured": 1}


async def test_a_handler_that_runs_on_for_minutes_logs_errors_of_its_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handle(error: Exception) -> None:
        log.error("At once")
        monkeypatch.setattr(reporter, "HANDLER_SECONDS", 0.0)
        log.error("Minutes later")

    await shouted(stage, handle)

    assert await found(stage) == [("Minutes later", 1), ("shout", 1)]


async def test_what_a_handler_says_of_a_mistake_is_no_error_and_what_else_it_logs_is(
    stage: Stage,
) -> None:
    handled = asyncio.Event()

    async def on_command_error(ctx: Context, error: Exception) -> None:
        log.error(f"Command error: {error}")
        log.error("%s was raised", type(error).__name__)
        log.error("Command error", exc_info=error)
        log.error("The database is gone")
        handled.set()

    stage.bot.on_command_error = on_command_error  # type: ignore[method-assign]  # as a host does
    await stage.sandbox.say(stage.member, stage.channel, "!nothing")
    await handled.wait()

    assert await found(stage) == [("The database is gone", 1)]
    assert stage.reports.counts == {"user_mistakes": 1, "errors_captured": 1}


async def test_an_event_without_an_exception_starts_afresh(stage: Stage) -> None:
    heard = asyncio.Event()

    @stage.bot.listen("on_probe")
    async def listener() -> None:
        log.error("Of the probe")
        heard.set()

    async def handle(error: Exception) -> None:
        stage.bot.dispatch("probe")
        await heard.wait()

    await shouted(stage, handle)

    assert await found(stage) == [("Of the probe", 1), ("shout", 1)]

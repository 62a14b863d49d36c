"""Every source of errors, raised in a connected host → its card in the admin channel."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
import threading
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from discord.ext import commands

from discord_sandbox import Message, SandboxError
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host, registered
from tests.failing_host import Dynamic, Prefix, Slash, Trouble, greet, quote

Trigger = Callable[[Home, Host], Awaitable[object]]


@pytest.fixture
async def failing(host: Host) -> Host:
    """The host, with something of everything that fails."""
    await host.add_cog(Slash())
    await host.add_cog(Prefix())
    host.tree.add_command(quote)
    host.tree.add_command(greet)
    host.add_dynamic_items(Dynamic)
    await host.tree.sync()
    return host


async def slash(home: Home, host: Host) -> object:
    return await home.sandbox.run_command(home.stranger, home.channel, "ask")


async def autocomplete(home: Home, host: Host) -> None:
    task = asyncio.create_task(
        home.sandbox.autocomplete(
            home.stranger, home.channel, "search", option="word", value="x", options={}
        )
    )
    with contextlib.suppress(SandboxError):
        await task


async def context_menu(home: Home, host: Host) -> object:
    message = await home.sandbox.say(home.stranger, home.channel, "hello")
    return await home.sandbox.use_on(home.stranger, home.channel, "Quote", message)


async def user_context_menu(home: Home, host: Host) -> object:
    return await home.sandbox.use_on(home.stranger, home.channel, "Greet", home.admin)


async def dynamic_item(home: Home, host: Host) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "lasting")
    assert run.message is not None
    press = asyncio.create_task(home.sandbox.click(home.stranger, run.message, "Dynamic"))
    press.add_done_callback(asyncio.Task.exception)  # nobody answers the press
    await asyncio.wait({press}, timeout=0.1)


async def view(home: Home, host: Host) -> object:
    run = await home.sandbox.run_command(
        home.stranger, home.channel, "buttons", {"handling": False}
    )
    assert run.message is not None
    return await home.sandbox.click(home.stranger, run.message, "Fail")


async def modal(home: Home, host: Host) -> object:
    run = await home.sandbox.run_command(home.stranger, home.channel, "form")
    return await home.sandbox.submit(home.stranger, run.modal, {"Name": "x"})


async def prefix(home: Home, host: Host) -> object:
    return await home.sandbox.say(home.stranger, home.channel, "!shout")


async def hybrid(home: Home, host: Host) -> object:
    return await home.sandbox.run_command(home.stranger, home.channel, "mixed")


async def hybrid_by_prefix(home: Home, host: Host) -> object:
    return await home.sandbox.say(home.stranger, home.channel, "!mixed")


async def listener(home: Home, host: Host) -> object:
    return await home.sandbox.say(home.stranger, home.channel, "boom")


async def loop(home: Home, host: Host) -> None:
    cog = host.get_cog("Prefix")
    assert isinstance(cog, Prefix)
    await asyncio.gather(cog.sweep.start(), return_exceptions=True)


async def task(home: Home, host: Host) -> None:
    async def work() -> None:
        raise Trouble("task")

    await asyncio.wait({asyncio.create_task(work())})
    gc.collect()


async def callback(home: Home, host: Host) -> None:
    def work() -> None:
        raise Trouble("callback")

    asyncio.get_running_loop().call_soon(work)


async def thread(home: Home, host: Host) -> None:
    def work() -> None:
        raise Trouble("thread")

    started = threading.Thread(target=work)
    started.start()
    started.join()


class Careless:
    def __del__(self) -> None:
        raise Trouble("unraisable")


async def unraisable(home: Home, host: Host) -> None:
    Careless()
    gc.collect()


async def last_resort(home: Home, host: Host) -> None:
    sys.excepthook(Trouble, Trouble("main"), None)


async def task_in_a_group(home: Home, host: Host) -> None:
    async def work() -> None:
        raise Trouble("task group")

    async def many() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(work())

    await asyncio.wait({asyncio.create_task(many())})
    gc.collect()


async def extension(home: Home, host: Host) -> None:
    """Load a cog whose ``cog_load`` fails, in a task, as a host's reload command does."""

    class Broken(commands.Cog):
        async def cog_load(self) -> None:
            raise Trouble("cog_load")

    await asyncio.wait({asyncio.create_task(host.add_cog(Broken()))})
    gc.collect()


async def log_with_traceback(home: Home, host: Host) -> None:
    try:
        raise Trouble("log")
    except Trouble:
        logging.getLogger("host").exception("Failed to speak")


async def log_alone(home: Home, host: Host) -> None:
    logging.getLogger("host").error("Trouble: no voice")


SOURCES: tuple[Trigger, ...] = (
    *(slash, autocomplete, context_menu, user_context_menu, view, dynamic_item, modal, prefix),
    *(hybrid, hybrid_by_prefix, listener, loop, task, task_in_a_group, extension, callback),
    *(thread, unraisable, last_resort, log_with_traceback, log_alone),
)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.__name__))
async def test_an_error_of_every_source_gets_its_card_in_the_channel(
    home: Home, failing: Host, source: Trigger
) -> None:
    with pytest.MonkeyPatch.context() as patch:  # ends before the host does
        patch.setattr(sys, "excepthook", lambda *_: None)
        patch.setattr(sys, "unraisablehook", lambda _: None)
        patch.setattr(threading, "excepthook", lambda _: None)
        failing.cog.runtime.errors.catch()  # in front of those three
        await source(home, failing)
        card = await card_in(home)
    assert "Trouble" in str(card.embeds[0]["description"])
    assert "Error group" in str(card.embeds[0]["footer"])


async def card_in(home: Home) -> Message:
    return await home.alerts.wait_for(lambda message: "New error" in message.text)


async def test_an_admin_finds_an_error_by_the_id_that_the_user_was_shown(
    home: Home, failing: Host
) -> None:
    run = await home.sandbox.run_command(home.stranger, home.channel, "ask")
    assert run.message is not None
    error_id = run.message.content.split("`")[1]
    await card_in(home)

    found = await home.sandbox.run_command(
        home.owner, home.channel, "debug errors", {"find": error_id}
    )

    await found.wait(lambda run: "Trouble: ask" in (run.message.text if run.message else ""))
    assert found.message is not None
    assert error_id in found.message.text


async def test_the_buttons_of_a_card_mute_and_resolve_it(home: Home, failing: Host) -> None:
    await slash(home, failing)
    card = await card_in(home)

    await home.sandbox.click(home.owner, card, "Mute 24 h")
    await home.alerts.wait_for(lambda message: "Muted" in message.text)
    await home.sandbox.click(home.owner, home.alerts.messages[-1], "Resolve")
    await home.alerts.wait_for(lambda message: "Resolved" in message.text)

    assert len(home.alerts.messages) == 1


async def test_errors_of_our_own_commands_and_loggers_get_no_card(
    home: Home, failing: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise Trouble("ours")

    monkeypatch.setattr(type(failing.cog.runtime.metrics), "snapshot", broken)
    run = await home.sandbox.run_command(home.owner, home.channel, "debug metrics")
    await run.wait(lambda run: "DebugCog failed" in str([run.message, *run.followups]))

    assert await failing.cog.runtime.off_loop(failing.cog.runtime.errors.store.flush)
    assert await failing.cog.runtime.errors.store.groups() == ()


async def opened(home: Home) -> Message:
    """Open the new group as an admin does."""
    found = str((await card_in(home)).embeds[0]["footer"]["text"]).split()[2]
    run = await home.sandbox.run_command(home.owner, home.channel, "debug errors", {"find": found})
    await run.wait(lambda run: run.message and run.message.components)
    assert run.message
    return run.message


async def shows(home: Home, message: Message, label: str, text: str) -> None:
    run = await home.sandbox.click(home.owner, message, label)
    await run.wait(lambda run: run.message and text in run.message.text)


async def test_a_group_is_muted_for_as_long_as_chosen_and_unmuted(
    home: Home, failing: Host
) -> None:
    await slash(home, failing)
    message = await opened(home)
    muted = await home.sandbox.choose(home.owner, message, "Mute for …", ["7 d"])
    await muted.wait(lambda run: run.message and "Muted until <t:" in run.message.text)
    (group,) = await failing.cog.runtime.errors.store.groups()
    assert group.muted_until is not None
    assert group.muted_until - group.since == pytest.approx(7 * 86_400, abs=1)
    await shows(home, message, "Details", "🔕 Muted: ")
    await shows(home, message, "Unmute", "Reopened: ")
    (group,) = await failing.cog.runtime.errors.store.groups()
    assert (group.state, group.muted_until) == ("ongoing", None)


async def test_a_group_is_resolved_reopened_and_listed_by_state(home: Home, failing: Host) -> None:
    await slash(home, failing)
    message = await opened(home)
    await shows(home, message, "Resolve", "Resolved: ")
    await shows(home, message, "Details", "✅ Resolved: ")
    await shows(home, message, "All errors", "Errors · 1 group")
    shown = await home.sandbox.choose(home.owner, message, "Show", ["Open"])
    await shown.wait(lambda run: run.message and "No error group is open." in run.message.text)
    shown = await home.sandbox.choose(home.owner, message, "Show", ["Resolved"])
    await shown.wait(lambda run: run.message and "Errors · 1 resolved group" in run.message.text)
    (group,) = await failing.cog.runtime.errors.store.groups()
    again = await home.sandbox.choose(home.owner, message, "Open a group", [group.id])
    await again.wait(lambda run: run.message and "✅ Resolved" in run.message.text)
    await shows(home, message, "Reopen", "Reopened: ")


async def test_a_stale_reopen_changes_nothing_and_says_so(home: Home, failing: Host) -> None:
    await slash(home, failing)
    message = await opened(home)
    await shows(home, message, "Resolve", "Resolved: ")
    await shows(home, message, "Details", "✅ Resolved: ")
    stale = list(message.components)
    await shows(home, message, "Reopen", "Reopened: ")
    message.components = stale
    await shows(home, message, "Reopen", "neither muted nor resolved any more")


async def test_without_a_release_there_is_no_next_one(home: Home, failing: Host) -> None:
    await slash(home, failing)
    message = await opened(home)
    assert "Resolve in next release" not in str(message.components)
    button = message.components[0]["components"][0]
    button["custom_id"] = button["custom_id"].replace("resolve", "resolve_next")
    await shows(home, message, "Resolve", "Set `RELEASE` first")


async def test_a_group_resolved_in_the_next_release_comes_back_with_that_alone(
    home: Home, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("RELEASE", "1.2")

    async def fail(host: Host) -> None:
        logging.getLogger("host").error("Trouble: no voice")
        assert await host.cog.runtime.off_loop(host.cog.runtime.errors.store.flush)

    async with running(Host(), home.sandbox) as host:
        await registered()
        await fail(host)
        message = await opened(home)
        assert "1.2" in message.text
        await shows(home, message, "Resolve in next release", "Resolved in the next release: ")
        await fail(host)
        assert [one.state for one in await host.cog.runtime.errors.store.groups()] == ["resolved"]
        environment.setenv("RELEASE", "1.3")
        await host.reload_extension("cogs.debug")
        await fail(host)
        assert [one.state for one in await host.cog.runtime.errors.store.groups()] == ["regressed"]


async def test_find_completes_groups_by_what_is_in_them(home: Home, failing: Host) -> None:
    await slash(home, failing)
    await card_in(home)
    (group,) = await failing.cog.runtime.errors.store.groups()
    choices = await home.sandbox.autocomplete(
        home.owner, home.channel, "debug errors", option="find", value="slash.ASK"
    )
    name = f"Trouble: ask · tests/failing_host.py:100 · {group.id}"
    assert [(one["name"], one["value"]) for one in choices] == [(name, group.id)]


async def test_a_group_that_is_not_kept_any_more_is_told(home: Home, failing: Host) -> None:
    await slash(home, failing)
    card = await card_in(home)
    await failing.cog.runtime.database.run(lambda one: one.execute("DELETE FROM error_groups"))
    for label in ("Resolve", "Mute 24 h", "Details"):
        run = await home.sandbox.click(home.owner, card, label)
        await run.wait(lambda run: run.message and "No error is known as" in run.message.text)


DYING = """
import asyncio, sys
import discord
from discord.ext import commands
from cogs.debug.app.endpoints import use_endpoints
from services import settings

class Dying(commands.Bot):
    async def setup_hook(self):
        await self.load_extension("cogs.debug")
        if sys.argv[2:]:
            raise RuntimeError("Trouble in setup_hook")

use_endpoints(settings.load())
asyncio.run(Dying("!", intents=discord.Intents.default()).start(sys.argv[1]))
"""


async def test_what_ends_the_host_in_its_setup_hook_is_told_by_the_next_process(home: Home) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent.parent.parent),
        "DISCORD_API_BASE": home.sandbox.api_base,
        "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
    }

    async def start(*arguments: str) -> Process:
        program = (sys.executable, "-c", DYING, home.sandbox.token, *arguments)
        return await asyncio.create_subprocess_exec(*program, env=environment, stderr=DEVNULL)

    first = await start("dying")
    assert await first.wait() == 1
    second = await start()
    try:
        card = await home.alerts.wait_for(lambda message: "New error" in message.text)
    finally:
        second.kill()
        await second.wait()
    assert "Trouble in setup_hook" in card.text


async def test_muting_and_resolving_answer_in_one_line_and_can_be_undone(
    home: Home, failing: Host
) -> None:
    await slash(home, failing)
    card = await card_in(home)
    muted = await home.sandbox.click(home.owner, card, "Mute 24 h")
    await muted.wait(lambda run: run.message and "Muted until <t:" in run.message.content)
    assert muted.message
    assert ": Trouble: ask. It is still counted." in muted.message.content
    assert muted.message.embeds == []
    await home.alerts.wait_for(lambda it: f"by {home.owner.mention}" in it.text)
    resolved = await home.sandbox.click(home.owner, card, "Resolve")
    await resolved.wait(lambda run: run.message and "Resolved: Trouble: ask." in run.message.text)
    late = await home.sandbox.click(home.owner, muted.message, "Undo")
    await late.wait(lambda run: run.message and "Too late to undo: " in run.message.text)
    assert resolved.message
    await shows(home, resolved.message, "Undo", "is as before (muted).")
    (group,) = await failing.cog.runtime.errors.store.groups()
    assert (group.state, group.changed_by) == ("muted", home.owner.mention)


async def test_undo_of_a_mute_leaves_a_new_error_new(home: Home, failing: Host) -> None:
    await slash(home, failing)
    card = await card_in(home)
    muted = await home.sandbox.click(home.owner, card, "Mute 24 h")
    await muted.wait(lambda run: run.message and "Muted until <t:" in run.message.content)
    assert muted.message
    await shows(home, muted.message, "Undo", "is as before (new error).")
    (group,) = await failing.cog.runtime.errors.store.groups()
    assert (group.state, group.muted_until, group.changed_by) == ("new", None, "")


async def test_find_searches_type_message_and_place(home: Home, failing: Host) -> None:
    await slash(home, failing)
    await card_in(home)
    for text in ("trouble", "ASK", "failing_host.py:"):
        run = await home.sandbox.run_command(
            home.owner, home.channel, "debug errors", {"find": text}
        )
        await run.wait(lambda run: run.message and "🔴 New error: Trouble: ask" in run.message.text)
    logging.getLogger("host").error("Trouble with the voice")
    assert await failing.cog.runtime.off_loop(failing.cog.runtime.errors.store.flush)
    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug errors", {"find": "trouble"}
    )
    title = "Errors · 2 groups, worst first · trouble"
    await run.wait(lambda run: run.message and title in run.message.text)


async def test_the_list_of_errors_has_a_way_to_every_group(home: Home, failing: Host) -> None:
    for letter in "abcdefghijklmnop":
        place = ("host", logging.ERROR, f"{letter}.py", 1)
        text = f"Line {letter * 3} is out"
        logging.getLogger("host").handle(logging.LogRecord(*place, text, (), None))
    assert await failing.cog.runtime.off_loop(failing.cog.runtime.errors.store.flush)

    run = await home.sandbox.run_command(
        home.owner, home.channel, "debug errors", {"find": "is out"}
    )
    await run.wait(lambda run: run.message and "Page 1 of 2" in run.message.text)
    assert run.message
    assert "Errors · 16 groups, worst first · is out" in run.message.text
    await home.sandbox.click(home.owner, run.message, "More ▶")
    await run.wait(lambda run: run.message and "Page 2 of 2" in run.message.text)
    assert run.message.text.count("**ERROR host: Line ") == 1

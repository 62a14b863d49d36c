"""/debug tasks on a real bot: its tasks and loops, and what its buttons do with them."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import discord
import pytest
from discord.ext import commands, tasks

from cogs.debug.capture.task_loops import KEY_MAX
from cogs.debug.features.tasks import handlers as task_handlers
from discord_sandbox.people.runs import Run
from services.debugcog.ticker import stop
from tests.e2e.conftest import Home, Host

STAMP = re.compile(r"<t:\d+:(\w)>")


class Chat(commands.Cog):
    """A cog with a loop in each state."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.is_stubborn = False
        self.released = asyncio.Event()

    @tasks.loop(minutes=5)
    async def cleanup(self, folder: str) -> None:
        self.runs.append(folder)

    @tasks.loop(hours=1)
    async def broken(self) -> None:
        raise ValueError("@everyone `x`")

    @tasks.loop(seconds=0.5)
    async def slow(self) -> None:
        await asyncio.sleep(600)

    @tasks.loop(hours=1)
    async def unused(self) -> None:
        """Never started."""

    @tasks.loop(hours=1)
    async def stubborn(self) -> None:
        self.is_stubborn = True
        while not self.released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await self.released.wait()

    @tasks.loop(minutes=1)
    async def offline(self) -> None:
        raise OSError("no network")


@pytest.fixture
async def chat(host: Host) -> AsyncIterator[Chat]:
    chat = Chat()
    await host.add_cog(chat)
    yield chat
    chat.released.set()
    for loop in (chat.cleanup, chat.broken, chat.slow, chat.stubborn, chat.offline):
        if (task := loop.get_task()) is not None:
            await stop(task)
            await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)


def overdue(loop: tasks.Loop[Any]) -> float:
    """Return the seconds since a loop's next run was due."""
    due = loop.next_iteration
    return (discord.utils.utcnow() - due).total_seconds() if due else 0.0


async def ask(home: Home, find: str = "", **options: object) -> Run:
    given = {**options, **({"find": find} if find else {})}
    run = await home.sandbox.run_command(home.owner, home.channel, "debug tasks", given)
    return await run.wait(lambda run: run.message and (run.message.embeds or run.message.content))


async def press(home: Home, run: Run, label: str, shows: str) -> str:
    assert run.message
    pressed = await home.sandbox.click(home.owner, run.message, label)
    await pressed.wait(lambda _: shows in text_of(run))
    return text_of(run)


def text_of(run: Run) -> str:
    assert run.message
    return STAMP.sub(r"<\1>", run.message.text)


def labels(run: Run) -> list[str]:
    assert run.message
    rows = (row["components"] for row in run.message.components)
    return [one.get("label") or one["placeholder"] for row in rows for one in row]


async def test_each_loop_is_told_in_its_state_the_worst_first(
    home: Home, host: Host, chat: Chat
) -> None:
    chat.cleanup.start("tmp")
    chat.broken.start()
    chat.slow.start()
    await until(lambda: chat.broken.failed() and chat.runs == ["tmp"])
    await until(lambda: overdue(chat.slow) > 1.1)
    run = await ask(home, "chat")
    loops = text_of(run).partition("\nTasks ·")[0]
    assert re.sub(r"by \d s", "by # s", loops) == (
        "Loops · 6\n"
        "🔴 `broken` of cog `Chat`: **failed** with `ValueError` · every 1 h\n"
        "⚠️ `slow` of cog `Chat`: **late** by # s · every 0.5 s, 0 runs\n"
        "✅ `cleanup` of cog `Chat`: next run <R> · every 5 min, 1 run\n"
        "▫️ `offline` of cog `Chat`: never started · every 1 min\n"
        "▫️ `stubborn` of cog `Chat`: never started · every 1 h\n"
        "▫️ `unused` of cog `Chat`: never started · every 1 h"
    )


async def test_tasks_are_grouped_with_what_they_wait_for_and_opened_with_their_stack(
    home: Home, host: Host
) -> None:
    async def worker(number: int) -> None:
        await inner()

    async def inner() -> None:
        await gate.wait()

    gate = asyncio.Event()
    workers = [asyncio.create_task(worker(number)) for number in range(12)]
    run = await ask(home)
    assert "\n**12** `test_tasks_are_grouped_with_what_they_wait_for_" in text_of(run)
    opened = await ask(home, "<locals>.worker")
    lines = text_of(opened).splitlines()
    assert lines[0] == "Tasks of one coroutine"
    assert lines[1].endswith("<locals>.worker`")
    assert re.fullmatch(r"`e2e/test_debug_tasks\.py:\d+`", lines[2])
    assert re.fullmatch(r"\*\*12 tasks\*\*, the oldest seen for ≥ \d s", lines[3])
    assert re.fullmatch(r"-# at `e2e/test_debug_tasks\.py:\d+ in inner` → `wait`", lines[4])
    assert lines[5] == "Stack of the oldest:"
    assert [line.rpartition(" in ")[2] for line in lines[7:10]] == ["worker", "inner", "wait"]
    assert opened.message
    (file,) = opened.message.attachments
    assert file.filename == "tasks.txt"
    stacks = file.data.decode().split("\n\n")
    assert len([one for one in stacks if one.startswith("Task ")]) == 12
    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


async def test_a_loop_is_restarted_with_what_it_was_started_with(
    home: Home, host: Host, chat: Chat
) -> None:
    chat.cleanup.start("tmp")
    await until(lambda: chat.runs == ["tmp"])
    before = chat.cleanup.get_task()
    run = await ask(home, "cleanup")
    assert labels(run) == ["Restart …", "Cancel …", "Refresh", "All tasks"]
    asked = await press(home, run, "Restart …", "Restart `cleanup`")
    assert asked == "Restart `cleanup` of cog `Chat`? Its present run is cancelled."
    assert labels(run) == ["Confirm", "Cancel"]
    told = await press(home, run, "Confirm", "Restarted")
    assert told.startswith("Restarted: `cleanup` of cog `Chat`. Now: ")
    await until(lambda: chat.runs == ["tmp", "tmp"])
    assert chat.cleanup.get_task() is not before
    assert "Loop cleanup of cog Chat restarted" in await changes(host)


async def changes(host: Host) -> list[str]:
    rows = await host.cog.runtime.database.query(
        lambda connection: connection.execute("SELECT text FROM changes").fetchall()
    )
    return [text for (text,) in rows]


async def test_a_loop_that_is_cancelled_can_be_started_again_by_undo(
    home: Home, host: Host, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.cleanup.start("tmp")
    await until(lambda: chat.runs == ["tmp"])
    run = await ask(home, "cleanup")
    await press(home, run, "Cancel …", "Cancel `cleanup`")
    assert await press(home, run, "Cancel", "next run") != ""
    assert chat.cleanup.is_running(), "the question was answered with no"
    await press(home, run, "Cancel …", "Cancel `cleanup`")
    assert await press(home, run, "Confirm", "Cancelled") == "Cancelled: `cleanup` of cog `Chat`."
    assert not chat.cleanup.is_running()
    assert labels(run) == ["Undo", "Details"]
    assert (await press(home, run, "Undo", "Started")).startswith("Started: `cleanup`")
    await until(lambda: chat.runs == ["tmp", "tmp"])
    assert [text for text in await changes(host) if text.startswith("Loop")] == [
        "Loop cleanup of cog Chat cancelled",
        "Loop cleanup of cog Chat started",
    ]
    audit = [one.getMessage() for one in caplog.records if one.name == "debugcog.audit"]
    assert any("tasks.do cog Chat.cleanup.cancel" in line for line in audit), audit


async def test_a_loop_that_has_failed_is_started_again_and_leads_to_its_error(
    home: Home, host: Host, chat: Chat
) -> None:
    await asyncio.gather(chat.broken.start(), return_exceptions=True)
    run = await ask(home, "broken")
    text = text_of(run)
    (found,) = re.findall(r"`/debug errors find:(E-\w+)`", text)
    assert text == (
        "Loop broken 🔴\n"
        "`broken` of cog `Chat`: **failed** with `ValueError`\n"
        "Runs\nevery 1 h\n"
        "Completed\n**0** since its start\n"
        f"Last error\n`ValueError` <R>\n`/debug errors find:{found}`"
    )
    assert host.cog.runtime.errors.store.flush()
    details = await home.sandbox.run_command(
        home.owner, home.channel, "debug errors", {"find": found}
    )
    await details.wait(lambda run: run.message and "ValueError" in run.message.text)
    first = chat.broken.get_task()
    await press(home, run, "Start", "Start `broken`")
    await press(home, run, "Confirm", "Started: `broken`")
    await until(lambda: chat.broken.get_task() is not first and chat.broken.failed())


async def test_a_run_that_does_not_let_itself_be_cancelled_is_said_to_go_on(
    home: Home, host: Host, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cogs.debug.capture.task_loops.END_SECONDS", 0.1)
    chat.stubborn.start()
    await until(lambda: chat.is_stubborn)
    run = await ask(home, "stubborn")
    await press(home, run, "Cancel …", "Cancel `stubborn`")
    assert await press(home, run, "Confirm", "told to end") == (
        "`stubborn` of cog `Chat` was told to end, but its present run goes on: it does not let "
        "itself be cancelled."
    )
    assert not any("stubborn" in text for text in await changes(host))


async def test_a_loop_that_retries_is_no_failed_one(home: Home, host: Host, chat: Chat) -> None:
    chat.offline.start()
    await until(lambda: chat.offline._last_iteration_failed)
    assert text_of(await ask(home, "offline")).splitlines()[1] == (
        "`offline` of cog `Chat`: **failed**, it tries again"
    )


async def test_a_loop_of_a_cog_that_is_gone_is_said_to_be_gone(
    home: Home, host: Host, chat: Chat
) -> None:
    run = await ask(home, "unused")
    await host.remove_cog("Chat")
    assert await press(home, run, "Refresh", "no such loop") == "There is no such loop any more."


async def test_module_level_loops_are_found_by_their_task_and_stay_known_when_cancelled(
    home: Home, host: Host
) -> None:
    @tasks.loop(hours=1)
    async def nightly() -> None:
        ran.set()

    ran = asyncio.Event()
    nightly.start()
    await ran.wait()
    run = await ask(home, "nightly")
    await press(home, run, "Cancel …", "Cancel `nightly`")
    told = await press(home, run, "Confirm", "Cancelled")
    assert told == "Cancelled: `nightly` of module `tests.e2e.test_debug_tasks`."
    await press(home, run, "Undo", "Started: `nightly`")
    assert nightly.is_running()
    nightly.cancel()


async def test_loops_that_one_function_makes_are_told_apart(home: Home, host: Host) -> None:
    def poll(feed: str) -> tasks.Loop[Any]:
        @tasks.loop(hours=1)
        async def poll() -> None:
            polled.append(feed)

        return poll

    polled: list[str] = []
    loops = [poll(feed) for feed in ("a", "b", "c")]
    for loop in loops:
        loop.start()
    await until(lambda: len(polled) == 3)
    run = await ask(home, "poll")
    module = "`tests.e2e.test_debug_tasks`"
    lines = text_of(run).splitlines()[1:4]
    assert [line.partition(":")[0] for line in lines] == [
        f"✅ `poll #{number}` of module {module}" for number in (1, 2, 3)
    ]
    again = await home.sandbox.choose(
        home.owner,
        run.message,
        "debugcog:tasks.loop:",
        ["module tests.e2e.test_debug_tasks.poll#2"],
    )
    await again.wait(lambda _: "Loop poll #2" in text_of(run))
    await press(home, run, "Restart …", "Restart `poll #2`")
    await press(home, run, "Confirm", "Restarted")
    await until(lambda: len(polled) == 4)
    for loop in loops:
        loop.cancel()


class Odd(Coroutine[Any, Any, None]):
    """A coroutine of the host's own kind, of which every other attribute raises."""

    KNOWN = frozenset(("send", "throw", "close", "inner", "__class__"))

    def __init__(self, inner: Coroutine[Any, Any, None]) -> None:
        self.inner = inner

    def __getattribute__(self, name: str) -> Any:
        if name not in Odd.KNOWN:
            raise RuntimeError(name)
        return object.__getattribute__(self, name)

    def send(self, value: Any) -> Any:
        return self.inner.send(value)

    def throw(self, *args: Any) -> Any:
        return self.inner.throw(*args)

    def close(self) -> None:
        self.inner.close()

    def __await__(self) -> Any:
        return self


async def test_a_coroutine_whose_attributes_raise_is_a_task_like_others(
    home: Home, host: Host
) -> None:
    async def wait() -> None:
        await gate.wait()

    gate = asyncio.Event()
    task = asyncio.create_task(Odd(wait()), name="odd one")
    run = await ask(home, "odd one")
    assert "`odd one`\n**1 task**" in text_of(run)
    gate.set()
    await task


async def test_names_full_of_markup_are_shown_and_mark_nothing_up(home: Home, host: Host) -> None:
    async def odd() -> None:
        await gate.wait()

    gate = asyncio.Event()
    odd.__qualname__ = "`@everyone` **[x](http://y)** \u202eevil\n# big <@1> ```" + "n" * 3000
    task = asyncio.create_task(odd())
    run = await ask(home, "evil")
    text = text_of(run)
    assert "@everyone" not in text.replace("@\u200beveryone", "")
    assert "\u202e" not in text
    assert "<@1>" not in text
    task.cancel()


async def test_thousands_of_tasks_and_loops_are_paged_within_discords_limits(
    home: Home, host: Host
) -> None:
    async def wait() -> None:
        await gate.wait()

    class Many(commands.Cog):
        """Sixty loops with long names."""

    for number in range(60):

        async def body(self: Many) -> None: ...

        body.__name__ = body.__qualname__ = f"loop_{number:02}_" + "x" * 90
        setattr(Many, body.__name__, tasks.loop(hours=1)(body))
    gate = asyncio.Event()
    await host.add_cog(Many())
    made: list[asyncio.Task[None]] = []
    for number in range(40):
        coroutine: Callable[[], Coroutine[Any, Any, None]] = named(wait, f"job_{number:02}")
        made += [asyncio.create_task(coroutine()) for _ in range(50 + number)]
    run = await ask(home)
    assert text_of(run).startswith("Loops · 60\n")
    assert " more: use `find`" in text_of(run)
    assert "**89** `job_39`" in text_of(run)
    assert "Page 1 of " in text_of(run)
    await press(home, run, "More ▶", "Page 2 of ")
    await press(home, run, "◀ Back", "Page 1 of ")
    for task in made:
        task.cancel()
    await asyncio.gather(*made, return_exceptions=True)


def named(
    wait: Callable[[], Awaitable[None]], name: str
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Make a coroutine function with a name and a code of its own."""
    scope: dict[str, Any] = {"wait": wait}
    exec(f"async def {name}():\n    await wait()\n", scope)
    found: Callable[[], Coroutine[Any, Any, None]] = scope[name]
    return found


async def test_autocompletion_offers_loops_and_groups_of_tasks(
    home: Home, host: Host, chat: Chat
) -> None:
    choices = await home.sandbox.autocomplete(
        home.admin, home.channel, "debug tasks", option="find", value="cog chat"
    )
    assert [choice["name"] for choice in choices] == [
        f"{name} of cog Chat · new"
        for name in ("broken", "cleanup", "offline", "slow", "stubborn", "unused")
    ]
    assert choices[1]["value"] == "cog Chat.cleanup"


def test_a_text_to_look_for_fits_into_the_id_of_a_button_and_may_be_the_key_of_a_loop() -> None:
    assert task_handlers.FIND_MAX + len("debugcog:tasks:.9999") <= 100
    assert task_handlers.FIND_MAX >= KEY_MAX

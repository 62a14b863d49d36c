"""Python's own last resorts: what they report, and that all goes on as before."""

from __future__ import annotations

import asyncio
import gc
import logging
import logging.handlers
import queue
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from services.debugcog.errors.records import ErrorGroup
from tests.error_rig import ROOT, Rig, rig

LAST_WORDS = """
import asyncio, atexit, os, pathlib, sys, time
from tests.error_rig import rig

parts = rig(pathlib.Path(sys.argv[1]), time.time)
reports = parts.__enter__()
reports.hooks.install(asyncio.new_event_loop())
atexit.register(os._exit, 1)  # nothing is closed
raise RuntimeError("the end")
"""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for what the host had in the three hooks; what they were given."""
    kept: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: kept.append(repr(args[1])))
    monkeypatch.setattr(threading, "excepthook", lambda args: kept.append(repr(args.exc_value)))
    monkeypatch.setattr(sys, "unraisablehook", lambda args: kept.append(repr(args.exc_value)))
    return kept


@pytest.fixture
async def reports(tmp_path: Path, seen: list[str]) -> AsyncIterator[Rig]:
    gc.collect()  # what another test has left behind is not of this one
    with rig(tmp_path / "state.sqlite3", time.time) as parts:
        parts.hooks.install(asyncio.get_running_loop())
        yield parts
        parts.hooks.uninstall()


def found(reports: Rig) -> list[tuple[str, str, str]]:
    events = [group.event for group in reports.groups()]
    return [(e.message, e.context.source, e.context.command) for e in events if e]


async def test_an_error_that_a_queue_listener_hands_on_as_well_is_reported_once_with_its_exception(
    reports: Rig,
) -> None:
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handlers, logging.root.handlers = logging.root.handlers, []
    logging.root.addHandler(logging.handlers.QueueHandler(records))
    listener = logging.handlers.QueueListener(records, *handlers)
    listener.start()
    try:
        reports.hooks.install(asyncio.get_running_loop())
        try:
            raise ValueError("boom")
        except ValueError:
            logging.getLogger("bot").exception("failed")
        listener.stop()
    finally:
        logging.root.handlers = handlers
    assert reports.store.flush()
    (group,) = reports.groups()
    assert (group.type, group.count) == ("ValueError", 1)


async def test_an_error_that_a_buffer_hands_on_is_reported_once(reports: Rig) -> None:
    handlers = logging.root.handlers
    logging.root.handlers = [
        logging.handlers.MemoryHandler(100, target=handler) for handler in handlers
    ]
    try:
        reports.hooks.install(asyncio.get_running_loop())
        logging.getLogger("bot").error("failed")
    finally:
        logging.root.handlers = handlers
    assert reports.store.flush()
    assert [group.count for group in reports.groups()] == [1]


def test_discord_py_telling_that_it_connects_again_is_no_error_of_the_host(reports: Rig) -> None:
    client, shard = logging.getLogger("discord.client"), logging.getLogger("discord.shard")
    try:
        raise ConnectionResetError("Cannot write to closing transport")
    except ConnectionResetError as error:
        client.exception("Attempting a reconnect in %.2fs", 1.5)
        shard.error("Attempting a reconnect for shard ID %s in %.2fs", 0, 1.5, exc_info=error)
    assert reports.store.flush()
    assert found(reports) == []
    client.error("Ignoring exception in on_message")
    assert reports.store.flush()
    assert found(reports) == [("Ignoring exception in on_message", "log", "")]


def in_a_thread(error: BaseException, name: str) -> None:
    def work() -> None:
        raise error

    thread = threading.Thread(target=work, name=name)
    thread.start()
    thread.join()


async def test_a_thread_that_ends_in_an_exception_is_reported(
    reports: Rig, seen: list[str]
) -> None:
    in_a_thread(ValueError("x"), "player")

    assert found(reports) == [("x", "thread", "player")]
    assert seen == ["ValueError('x')"]


async def test_threads_of_ours_and_system_exits_are_not(reports: Rig, seen: list[str]) -> None:
    in_a_thread(ValueError("x"), "debugcog-x")
    threading.excepthook(threading.ExceptHookArgs((SystemExit, SystemExit(), None, None)))
    threading.excepthook(threading.ExceptHookArgs((ValueError, None, None, None)))

    assert found(reports) == []
    assert seen == ["ValueError('x')", "SystemExit()", "None"]


async def test_a_thread_and_a_task_of_the_host_that_are_named_much_like_ours_are_reported(
    reports: Rig, seen: list[str]
) -> None:
    async def work() -> None:
        raise KeyError("y")

    in_a_thread(ValueError("x"), "debugcog_player")
    task = asyncio.create_task(work(), name="debugcogs")
    await asyncio.wait({task})
    del task
    gc.collect()

    assert sorted(source for _, source, _ in found(reports)) == ["task", "thread"]
    assert seen == ["ValueError('x')"]


class Careless:
    def __del__(self) -> None:
        raise ValueError("unraisable")


async def test_what_nobody_can_catch_is_reported(reports: Rig, seen: list[str]) -> None:
    Careless()
    gc.collect()

    assert found(reports) == [("unraisable", "unraisable", "")]
    assert seen == ["ValueError('unraisable')"]


async def test_a_task_that_nobody_awaits_is_reported_with_its_log_lines(
    reports: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    async def speak() -> None:
        logging.getLogger("host").warning("about to speak")
        raise ValueError("mute")

    task = asyncio.create_task(speak())
    await asyncio.wait({task})
    del task
    gc.collect()

    (group,) = reports.groups()
    assert group.event is not None
    assert (group.message, group.count) == ("mute", 1)
    assert group.event.context.source == "task"
    assert group.event.context.command.endswith("speak")
    assert [line[9:] for line in group.event.breadcrumbs] == ["[WARNING] host: about to speak"]
    asyncio_lines = [r.getMessage() for r in caplog.records if r.name == "asyncio"]
    assert [line.split("\n")[0] for line in asyncio_lines] == ["Task exception was never retrieved"]


async def test_a_task_of_ours_is_not_reported_although_asyncio_logs_it(reports: Rig) -> None:
    async def work() -> None:
        raise ValueError("ours")

    task = asyncio.create_task(work(), name="debugcog-work")
    await asyncio.wait({task})
    del task
    gc.collect()

    assert found(reports) == []


async def test_a_callback_of_the_loop_that_fails_is_reported_and_the_hosts_handler_called(
    reports: Rig,
) -> None:
    loop, told = asyncio.get_running_loop(), []
    done = asyncio.Event()

    def handler(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        told.append(context["message"])
        done.set()

    reports.hooks.uninstall()
    loop.set_exception_handler(handler)
    reports.hooks.install(loop)
    reports.hooks.install(loop)
    loop.call_soon(lambda: 1 // 0)
    await done.wait()
    loop.call_exception_handler({"message": "no exception"})

    assert found(reports) == [("integer division or modulo by zero", "event loop", "")]
    assert len(told) == 2
    reports.hooks.uninstall()
    assert loop.get_exception_handler() is handler
    loop.set_exception_handler(None)


class Truthless(asyncio.Future[None]):
    def __bool__(self) -> bool:
        raise ValueError("no truth")


async def heard() -> None:
    await asyncio.get_running_loop().create_future()


async def played() -> None:
    await asyncio.get_running_loop().create_future()


async def test_tasks_that_are_destroyed_are_a_group_for_each_coroutine(reports: Rig) -> None:
    for function in (heard, played, heard):
        task = asyncio.create_task(function())
        await asyncio.sleep(0)
        del task
        gc.collect()
    assert [group.count for group in sorted(reports.groups(), key=counted)] == [1, 2]


async def test_what_a_loop_is_told_without_an_exception_is_a_group_for_each_sentence(
    reports: Rig,
) -> None:
    loop = asyncio.get_running_loop()

    def forget(session: aiohttp.ClientSession) -> None:
        """Let go of the last reference."""

    def tell(text: str) -> None:
        loop.call_exception_handler({"message": text})

    for name in ("mia", "jo"):
        loop.call_exception_handler({"message": "Pool was not closed", "pool": name})
        loop.call_exception_handler({"message": f"Voice socket of {name} is gone"})
        tell(f"Session of {name} is gone")
        with pytest.warns(ResourceWarning, match="Unclosed client session"):
            forget(aiohttp.ClientSession())
    found = {group.message.partition("\n")[0]: group.count for group in reports.groups()}
    assert found == {
        "Pool was not closed": 2,
        "Voice socket of jo is gone": 2,
        "Session of jo is gone": 2,
        "Unclosed client session": 2,
    }


async def test_a_log_call_that_is_handed_to_a_loop_a_thread_or_an_executor_goes_by_its_text(
    reports: Rig,
) -> None:
    loop, log = asyncio.get_running_loop(), logging.getLogger("host")
    loop.call_soon(log.error, "Voice of %s is gone", "mia")
    loop.call_soon(log.error, "Queue of %s is full", "mia")
    loop.call_soon_threadsafe(log.error, "Voice is gone")
    loop.call_soon_threadsafe(log.error, "Queue is full")
    await asyncio.sleep(0)
    for text in (
        "Provider is gone",
        "Provider is busy for 5 s",
        "Provider is busy for 9 s",
    ):
        thread = threading.Thread(target=log.error, args=(text,))
        thread.start()
        thread.join()
        await asyncio.to_thread(log.error, f"{text}!")
    assert sorted((group.message, group.count) for group in reports.groups()) == [
        ("Provider is busy for 9 s", 2),
        ("Provider is busy for 9 s!", 2),
        ("Provider is gone", 1),
        ("Provider is gone!", 1),
        ("Queue is full", 1),
        ("Queue of mia is full", 1),
        ("Voice is gone", 1),
        ("Voice of mia is gone", 1),
    ]


def counted(group: ErrorGroup) -> int:
    return group.count


async def test_a_future_of_the_hosts_that_has_no_truth_costs_no_report(reports: Rig) -> None:
    loop = asyncio.get_running_loop()
    error = ZeroDivisionError("by a future")
    loop.call_exception_handler({"message": "x", "exception": error, "future": Truthless()})
    assert found(reports) == [("by a future", "event loop", "")]


async def test_log_records_at_error_are_reported_once_with_and_without_a_traceback(
    reports: Rig,
) -> None:
    log = logging.getLogger("host")
    log.warning("not this")
    log.error("Lost %s", "it")
    try:
        raise KeyError("voice")
    except KeyError as error:
        log.exception("Failed")
        log.critical("Failed again", exc_info=error)

    groups = reports.groups()
    assert sorted((group.type, group.message, group.count) for group in groups) == [
        ("ERROR host", "Lost it", 1),
        ("KeyError", "'voice'", 1),
    ]
    assert reports.counts == {"errors_captured": 2}


async def test_a_traceback_that_is_logged_as_a_text_is_that_of_its_exception(reports: Rig) -> None:
    log = logging.getLogger("bot")

    def play(name: str) -> None:
        raise LookupError(f"no voice for {name}")

    for name in ("mia", "ana"):
        try:
            play(name)
        except LookupError:
            log.error(traceback.format_exc())
            log.error(f"Ignored in on_message: {traceback.format_exc()}")  # noqa: G004 - as hosts do
        try:
            int(name)
        except ValueError:
            log.error("Ignored in %s: %s", "on_message", traceback.format_exc())
            text = "Child: Traceback (most recent call last):\nLookupError: gone"
            log.error(text)

    groups = reports.groups()
    assert {(group.type, group.count) for group in groups} == {
        ("LookupError", 2),
        ("ValueError", 2),
    }
    assert len(groups) == 2


async def test_a_coloured_level_is_told_by_its_plain_name(reports: Rig) -> None:
    def colour(record: logging.LogRecord) -> bool:
        record.levelname = f"\x1b[31m{record.levelname}\x1b[0m"
        return True

    log = logging.getLogger("bot")
    log.addFilter(colour)
    log.error("Voice is down")
    log.removeFilter(colour)

    assert [group.type for group in reports.groups()] == ["ERROR bot"]


async def test_records_of_our_own_loggers_are_not_reported(reports: Rig) -> None:
    logging.getLogger("debugcog").error("ours")
    logging.getLogger("debugcog.delivery").error("ours")

    assert found(reports) == []


async def test_everything_is_put_back_in_the_end(tmp_path: Path, seen: list[str]) -> None:
    loop = asyncio.get_running_loop()
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    handlers, handler = list(logging.root.handlers), loop.get_exception_handler()
    with rig(tmp_path / "state.sqlite3", time.time) as parts:
        parts.hooks.install(loop)
        assert sys.excepthook is not before[0]
        parts.hooks.uninstall()
        parts.hooks.uninstall()

    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert (logging.root.handlers, loop.get_exception_handler()) == (handlers, handler)


async def test_the_main_threads_last_words_are_printed_and_stored(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    host = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LAST_WORDS, str(path), cwd=ROOT, stderr=subprocess.PIPE
    )
    _, printed = await host.communicate()

    assert printed.decode().endswith("RuntimeError: the end\n")
    with rig(path, time.time) as reports:
        assert found(reports) == [("the end", "main", "")]


async def test_an_interrupt_is_no_error(reports: Rig, seen: list[str]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert found(reports) == []
    assert seen == ["KeyboardInterrupt()"]
    assert reports.counts == {"cancellations": 1}

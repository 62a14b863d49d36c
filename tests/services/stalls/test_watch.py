from __future__ import annotations

import asyncio
import operator
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.debugcog.host_files import HostFiles
from services.debugcog.stalls import watch as module
from services.debugcog.stalls.blame import Blame
from services.debugcog.stalls.stall import Stall
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.ticker import Beat
from tests.services.stalls.test_hold_timer import PROGRAM

INTERVAL = 0.25
ROOT = Path(__file__).parent
LOCKED = threading.Lock()
LOCKED.acquire()


@asynccontextmanager
async def watching() -> AsyncIterator[StallWatch]:
    """Watch the running loop."""
    watch = StallWatch(StallLog(), Blame(HostFiles(ROOT), str, INTERVAL))
    ticker = Beat("lag", INTERVAL, watch.beat)
    ticker.start()
    watch.start()
    await asyncio.sleep(INTERVAL)
    try:
        yield watch
    finally:
        watch.release()
        watch.close()
        await ticker.close()


async def stalled(watch: StallWatch, work: Callable[[], object]) -> Stall | None:
    """Block the loop; return the stall that follows."""
    before = watch.summary(60).count
    work()
    async with asyncio.timeout(20):
        while watch.summary(60).count == before:  # noqa: ASYNC110 - a thread keeps it
            await asyncio.sleep(0.01)
    return watch.summary(60).worst


def sleeping() -> None:
    time.sleep(0.8)


def computing() -> None:
    end = time.perf_counter() + 0.8
    while time.perf_counter() < end:
        sum(number for number in range(100))


def matching() -> None:
    """Hold the interpreter in C code for 0.3 s of this thread's own time, and more."""
    for letters in range(20, 40):
        start = time.thread_time()
        re.search(r"(x+x+)+y", "x" * letters)
        if time.thread_time() - start > 0.3:
            return


@pytest.mark.parametrize(
    ("work", "hints"),
    [
        (sleeping, {"`time.sleep`"}),
        (computing, {"Python code that computes", ""}),  # on a busy machine it looks like a wait
        (matching, {"regular expression"}),
    ],
)
async def test_who_blocks_the_loop_is_named(work: Callable[[], None], hints: set[str]) -> None:
    async with watching() as watch:
        stall = await stalled(watch, work)
    assert stall is not None
    assert (stall.function, stall.file) == (work.__name__, "test_watch.py")
    assert stall.hint.partition(";")[0] in hints
    assert f"test_watch.py:{stall.line} in {work.__name__}" in stall.stack
    assert 0.3 < stall.seconds < 60


@pytest.mark.parametrize(
    ("callback", "argument", "function", "file", "hint"),
    [
        (time.sleep, 0.8, "time.sleep", "asyncio/events.py", "`time.sleep`"),
        (operator.methodcaller("acquire", True, 0.8), LOCKED, "", "", ""),
    ],
)
async def test_a_callback_that_is_c_code_is_named_where_it_has_a_name(
    callback: Callable[[object], object], argument: object, function: str, file: str, hint: str
) -> None:
    loop = asyncio.get_running_loop()
    async with watching() as watch:
        stall = await stalled(watch, lambda: loop.call_soon(callback, argument))
    assert stall is not None
    assert (stall.function, stall.file) == (function, file)
    assert stall.hint.partition(";")[0] == hint
    assert 0.3 < stall.seconds < 60


async def test_each_of_two_loops_has_its_own_stalls() -> None:
    def other_loop() -> Stall | None:
        async def block() -> Stall | None:
            async with watching() as watch:
                return await stalled(watch, sleeping)

        return asyncio.run(block())

    async with watching() as watch:
        stall = await asyncio.to_thread(other_loop)
        named = [one.function for one in watch._stalls.stalls(60)]
    assert stall is not None
    assert stall.function == "sleeping"
    assert "sleeping" not in named


async def test_a_thread_that_holds_the_interpreter_is_not_taken_for_code_of_the_loop() -> None:
    async with watching() as watch:
        await asyncio.to_thread(matching)
        await asyncio.sleep(INTERVAL)
        stalls = watch._stalls.stalls(60)
    assert {(one.function, bool(one.thread)) for one in stalls} <= {("matching", True), ("", False)}


async def test_a_thread_that_waits_is_not_blamed_for_one_that_holds_the_interpreter() -> None:
    reader, writer = os.pipe()

    def waiting() -> None:
        os.read(reader, 1)

    async with watching() as watch:
        waiter = asyncio.create_task(asyncio.to_thread(waiting))
        for letters in range(20, 40):  # no code of this file runs in that thread
            start = time.process_time()
            await asyncio.to_thread(re.search, r"(x+x+)+y", "x" * letters)
            if time.process_time() - start > 1.0:
                break
        async with asyncio.timeout(20):
            while not (stalls := watch.stalls(60)):  # noqa: ASYNC110 - a thread keeps it
                await asyncio.sleep(0.01)
        os.write(writer, b".")
        await waiter
    os.close(reader)
    os.close(writer)
    assert not [one for one in stalls if one.function.endswith("waiting")]


async def test_a_stall_that_goes_on_is_told_before_it_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "STILL_SECONDS", 0.5)
    async with watching():
        sleeping()
        told = [one for one in caplog.messages if one.startswith("Event loop still blocked")]
    assert len(told) == 1
    assert "by sleeping (test_watch.py:" in told[0]


async def test_a_stall_that_goes_on_is_noted_before_a_line_of_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STILL_SECONDS", 0.5)
    done: list[str] = []
    watch = StallWatch(
        StallLog(warn=lambda *_: done.append("line")),
        Blame(HostFiles(ROOT), str, INTERVAL),
        still=lambda _: done.append("note"),
    )
    watch.start()
    sleeping()
    watch.release()
    await asyncio.to_thread(watch.close)
    assert done[:2] == ["note", "line"]


def test_a_loop_that_is_closed_is_not_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STILL_SECONDS", 0.3)
    loop, looked = asyncio.new_event_loop(), threading.Semaphore(0)
    told: list[Stall] = []

    def is_over() -> bool:
        looked.release()
        return loop.is_closed()

    watch = StallWatch(
        StallLog(),
        Blame(HostFiles(ROOT), str, INTERVAL),
        still=told.append,
        is_over=is_over,
    )
    loop.close()
    watch.start()
    assert looked.acquire(timeout=20)
    assert not looked.acquire(timeout=INTERVAL + module.OVERDUE + 0.3)
    assert (watch.ongoing(), told) == (None, [])
    watch.release()
    watch.close()


async def test_a_stall_that_goes_on_can_be_asked_for_from_another_thread() -> None:
    blocked, seen = threading.Event(), threading.Event()
    found: list[Stall] = []

    def ask(watch: StallWatch) -> None:
        blocked.wait(20)
        while not seen.is_set():
            stall = watch.ongoing()
            if stall is not None and stall.stack and stall.seconds >= 1.0:
                found.append(stall)
                seen.set()
            time.sleep(0.02)

    def waiting() -> None:
        blocked.set()
        seen.wait(20)

    async with watching() as watch:
        assert watch.ongoing() is None
        asking = asyncio.to_thread(ask, watch)
        task = asyncio.create_task(asking)
        await asyncio.sleep(INTERVAL)
        waiting()
        await task
        async with asyncio.timeout(20):
            while watch.ongoing() is not None:  # noqa: ASYNC110 - the next heartbeat ends it
                await asyncio.sleep(0.01)
    (stall,) = found
    assert (stall.function.rpartition(".")[2], stall.file) == ("waiting", "test_watch.py")
    assert f"test_watch.py:{stall.line} in " in stall.stack
    assert 1.0 <= stall.seconds < 20


async def test_a_watch_that_has_ended_tells_of_no_stall() -> None:
    async with watching() as watch:
        pass
    time.sleep(INTERVAL + module.OVERDUE)  # noqa: ASYNC251 - so long a beat is overdue
    assert watch.ongoing() is None


async def test_what_goes_on_is_told_without_secrets() -> None:
    hidden = StallWatch(StallLog(), Blame(HostFiles(ROOT), lambda _: "hidden", INTERVAL))
    hidden.start()
    try:
        time.sleep(1.0)  # noqa: ASYNC251 - blocks the loop, which is the point
        stall = hidden.ongoing()
    finally:
        hidden.release()
        await asyncio.to_thread(hidden.close)
    assert stall is not None
    assert {stall.function, stall.file, stall.stack} == {"hidden"}


async def test_a_watch_that_has_ended_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    async with watching():
        assert {one.name for one in set(threading.enumerate()) - before} == {"debugcog-stalls"}
    assert set(threading.enumerate()) <= before


@pytest.mark.skipif(sys.platform == "win32", reason="no signal stops a process")
def test_a_process_that_was_stopped_has_no_stall() -> None:
    with subprocess.Popen(
        (*PROGRAM, "wait"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGSTOP)
        time.sleep(1.2)  # it is the length of the stop that matters
        program.send_signal(signal.SIGCONT)
        out, _ = program.communicate("\n", timeout=60)
    assert out == "0\n"

"""Seeded stalls of seven kinds, named or not, and what the watch of the event loop costs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import pickle
import re
import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from services.debugcog.host_files import HostFiles
from services.debugcog.stalls.blame import Blame
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.stalls.watch import StallWatch
from services.debugcog.ticker import Beat
from tests.benchmarks.rows import Row

INTERVAL = 0.25
STALLS = 20
SECONDS = 0.8
"""How long a seeded stall lasts, about; half a second is the least that has to be seen."""
WORK = 1.2
"""Seconds that C code computes: the speed of machines drifts by a factor of 2."""
QUIET = 0.3
IDLE_SECONDS = 6.0
ROUNDS = 4


def time_sleep() -> None:
    time.sleep(SECONDS)


def python_loop() -> None:
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        sum(number * number for number in range(100))


def regular_expression() -> None:
    re.search(r"(x+x+)+y", "x" * LETTERS)


def blocking_socket() -> None:
    one, other = socket.socketpair()
    with one, other, contextlib.suppress(TimeoutError):
        one.settimeout(SECONDS)
        one.recv(1)


def blocking_request() -> None:
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/").read()


def large_json() -> None:
    json.loads(TEXT)


def pickling() -> None:
    pickle.dumps(ROWS, protocol=0)


KINDS: tuple[Callable[[], None], ...] = (
    time_sleep,
    python_loop,
    regular_expression,
    blocking_socket,
    blocking_request,
    large_json,
    pickling,
)
LETTERS = 18
PORT = 0
ROWS: list[dict[str, object]] = []
TEXT = ""


def run() -> list[Row]:
    """Seed the stalls, then measure an idle loop with the watch and without."""
    _prepare()
    with _slow_server():
        named, lasted = asyncio.run(_seeded())
    costs = [asyncio.run(_idle(True)) - asyncio.run(_idle(False)) for _ in range(ROUNDS)]
    return [
        Row("seeded stalls whose function was named, of 20", named, "", goal=19, at_least=True),
        Row("shortest of the seeded stalls", min(lasted), "s"),
        Row("watch of the event loop", statistics.median(costs), "%", goal=0.1),
    ]


def _prepare() -> None:
    """Size the work by the time it computes: a busy machine makes it longer, not shorter."""
    global LETTERS, TEXT, ROWS
    while _computed(regular_expression) < WORK / 2:
        LETTERS += 1
    LETTERS += 1
    row: dict[str, object] = {"id": 12345, "name": "someone", "roles": [1, 2, 3], "nick": None}
    ROWS = [dict(row, id=number) for number in range(1_000)]
    TEXT = json.dumps(ROWS)
    ROWS *= max(1, int(WORK / _computed(pickling)))
    ROWS = [dict(one) for one in ROWS]
    TEXT = json.dumps([*ROWS[:1_000]] * max(1, int(WORK / _computed(large_json))))


def _computed(work: Callable[[], None]) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextlib.contextmanager
def _slow_server() -> Iterator[None]:
    """Answer each request after some time, as a provider in trouble does."""
    global PORT
    with socket.create_server(("127.0.0.1", 0)) as server:
        PORT = server.getsockname()[1]
        threading.Thread(target=_answer, args=(server,), daemon=True).start()
        yield


def _answer(server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = server.accept()
            with client:
                client.recv(1_000)
                time.sleep(SECONDS)
                client.sendall(b"HTTP/1.0 200 OK\r\n\r\nok")


async def _seeded() -> tuple[int, list[float]]:
    """Block the loop again and again; count what was named."""
    named, lasted = 0, []
    async with _watched(True) as watch:
        for number in range(STALLS):
            work = KINDS[number % len(KINDS)]
            await asyncio.sleep(QUIET + 0.037 * (number % 7))  # at any place between two heartbeats
            lasted.append(_seconds(work))
            await asyncio.sleep(QUIET)
            worst = watch.summary(2 * QUIET).worst
            found = worst and (worst.function, worst.file) == (work.__name__, "stalls.py")
            named += bool(found)
            if not found:
                print(f"    not named: {work.__name__}, {lasted[-1]:.2f} s: {worst}")
    return named, lasted


async def _idle(watching: bool) -> float:
    """Return what a loop with heartbeats computes, in percent of a core."""
    async with _watched(watching):
        await asyncio.sleep(INTERVAL)
        start, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(IDLE_SECONDS)
        return 100 * (time.process_time() - cpu) / (time.perf_counter() - start)


@contextlib.asynccontextmanager
async def _watched(watching: bool) -> AsyncIterator[StallWatch]:
    blame = Blame(HostFiles(Path(__file__).parent), str, INTERVAL)
    watch = StallWatch(StallLog(), blame)
    ticker = Beat("lag", INTERVAL, watch.beat if watching else lambda: None)
    ticker.start()
    if watching:
        watch.start()
    yield watch
    watch.release()
    watch.close()
    await ticker.close()

"""Errors logged on an event loop → how much longer an event waits for the loop.

Another process sends events, as Discord does, and each one's wait is measured until the loop hands
it over. A timer of the loop would not do: it is late by up to a millisecond, by chance.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import os
import statistics
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from services.debugcog.errors.hooks import Hooks
from services.debugcog.errors.store import PAUSE
from tests.benchmarks.logging_cost import FORMAT, MAX_BYTES, Flush, Log, log_error, nothing, ours
from tests.benchmarks.rows import Row, median_interval
from tests.error_rig import rig

SLOW, FAST = 500, 5_000
"""Errors a second."""
ROUNDS, FAST_ROUNDS = 60, 9
SECONDS, SETTLING = 1.0, 0.1
"""How long errors are logged in one way, and how much of that does not count."""
FEWEST = 100
"""Events of which a percentile is taken."""
GOAL = 0.1
OURS = ("logged", "logged and reported")
PEER = "logged by a QueueHandler"
WITHOUT_LOGURU = 2.5
SENDER = """
import os, random, struct, time
while True:
    time.sleep(random.uniform(0.001, 0.004))
    os.write(1, struct.pack("d", time.perf_counter()))
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which errors are logged.

    Attributes:
        log: logs one.
        flush: waits until all are written.
        hooks: report them too.
    """

    log: Log
    flush: Flush = nothing
    hooks: Hooks | None = None


def run() -> list[Row]:
    """Measure; about seven minutes."""
    with tempfile.TemporaryDirectory() as folder:
        with _before_others():
            rows = _slow(Path(folder))
        return [*rows, *_fast(Path(folder))]


def _slow(folder: Path) -> list[Row]:
    """Compare errors that are logged with as many that are raised only.

    The same of the standard library shows what can be had: a log call alone, and a queue of the
    records as they are, from which a thread writes tracebacks without carets. A machine that is
    slow, or wakes threads late, makes all of them wait longer: the ratio tells that from a fault.
    """
    state = folder / "state.sqlite3"
    with (
        ours(folder) as (logger, flush),
        rig(state, time.time, pause=PAUSE) as parts,
        _standard(logging.NullHandler()) as alone,
        _queue(folder) as queued,
    ):
        ways = {
            "raised": Way(nothing),
            "logged to nowhere": Way(alone),
            PEER: Way(queued),
            "logged": Way(logger.exception, flush),
            "logged and reported": Way(logger.exception, flush, parts.hooks),
        }
        waits = asyncio.run(_waits(ways, SLOW, ROUNDS))
    name = f"wait of an event for the loop, p99, {SLOW} errors/s"
    raised = waits.pop("raised")
    rows = [Row(f"{name} raised, none logged", statistics.median(raised), "ms")]
    for way, values in waits.items():
        added = [one - other for one, other in zip(values, raised, strict=True)]
        goal = GOAL if way in OURS else None
        rows.append(_row(f"… what it adds that they are {way}", added, goal))
    return [*rows, _beside(f"{name} logged, beside a QueueHandler", waits["logged"], waits[PEER])]


def _fast(folder: Path) -> list[Row]:
    """Compare errors that we log with as many that loguru logs."""
    with ours(folder) as (logger, flush), _loguru(folder) as loguru:
        ways = {"raised": Way(nothing), "logged": Way(logger.exception, flush)}
        if loguru is not None:
            ways["loguru"] = Way(loguru)
        waits = asyncio.run(_waits(ways, FAST, FAST_ROUNDS))
    middle = {name: statistics.median(values) for name, values in waits.items()}
    name = f"wait of an event for the loop, p99, {FAST:,} errors/s"
    rows = [Row(f"{name} raised, none logged", middle["raised"], "ms")]
    if loguru is None:
        return [*rows, _row(f"{name} logged", waits["logged"], WITHOUT_LOGURU)]
    return [*rows, _beside(f"{name} logged, beside loguru", waits["logged"], waits["loguru"])]


def _beside(name: str, values: list[float], peer: list[float]) -> Row:
    ratio = statistics.median(one / other for one, other in zip(values, peer, strict=True))
    middle = statistics.median(values)
    return Row(name, middle, "ms", statistics.median(peer), ratio, 1.0)


def _row(name: str, values: list[float], goal: float | None) -> Row:
    middle, interval = statistics.median(values), median_interval(values)
    return Row(name, middle, "ms", goal=goal, interval=interval)


@contextlib.contextmanager
def _standard(handler: logging.Handler) -> Iterator[Log]:
    logger = logging.getLogger("bench.standard").getChild(type(handler).__name__)
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield logger.exception
    finally:
        logger.removeHandler(handler)


class _RawQueueHandler(QueueHandler):
    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Leave all to the listener."""
        return record


class _WithoutCarets(logging.Formatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Format a traceback as Python 3.10 does, in half of the time."""
        steps = traceback.walk_tb(ei[2])
        frames = [(one.f_code.co_filename, line, one.f_code.co_name, None) for one, line in steps]
        return "".join((*traceback.format_list(frames), f"{ei[0].__name__}: {ei[1]}"))


@contextlib.contextmanager
def _queue(folder: Path) -> Iterator[Log]:
    file = RotatingFileHandler(folder / "queue.log", maxBytes=MAX_BYTES, backupCount=5)
    file.setFormatter(_WithoutCarets(FORMAT))
    queue: Any = SimpleQueue()
    listener = QueueListener(queue, file)
    listener.start()
    try:
        with _standard(_RawQueueHandler(queue)) as log:
            yield log
    finally:
        listener.stop()
        file.close()


@contextlib.contextmanager
def _loguru(folder: Path) -> Iterator[Log | None]:
    if importlib.util.find_spec("loguru") is None:
        yield None
        return
    logger: Any = importlib.import_module("loguru").logger
    logger.remove()
    logger.add(folder / "loguru.log", rotation=MAX_BYTES, backtrace=False, diagnose=False)
    try:
        yield logger.exception
    finally:
        logger.remove()


@contextlib.contextmanager
def _before_others() -> Iterator[None]:
    """Run before all other processes, where the system allows it: it is for half of one core."""
    if sys.platform != "linux":
        yield
        return
    before, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        yield
    finally:
        os.sched_setscheduler(0, before, priority)


async def _waits(ways: Mapping[str, Way], rate: int, rounds: int) -> dict[str, list[float]]:
    """Let all ways take turns, and give the 99th percentile of each turn, in ms.

    The turns of a round are as close in time as can be, and every second round runs backwards, so
    what slows this machine for a while slows all ways alike. The first round does not count.
    """
    sender = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SENDER), stdout=asyncio.subprocess.PIPE
    )
    assert sender.stdout
    found: dict[str, list[float]] = {name: [] for name in ways}
    try:
        for number in range(rounds + 1):
            for name in list(ways)[:: 1 if number % 2 else -1]:
                found[name].append(await _p99(sender.stdout, ways[name], rate))
    finally:
        sender.kill()
        await sender.wait()
    return {name: values[1:] for name, values in found.items()}


async def _p99(events: asyncio.StreamReader, way: Way, rate: int) -> float:
    if way.hooks is not None:
        way.hooks.install(asyncio.get_running_loop())
    producer = asyncio.create_task(_produce(way.log, rate))
    waits = list[float]()
    now = time.perf_counter()
    begin, end = now + SETTLING, now + SECONDS
    while now < end or len(waits) < FEWEST:  # a loop that is busy all the time may be far behind
        (sent,) = struct.unpack("d", await events.readexactly(8))
        now = time.perf_counter()
        if sent > begin:
            waits.append((now - sent) * 1000)
    producer.cancel()
    if way.hooks is not None:
        way.hooks.uninstall()
    await asyncio.to_thread(way.flush)
    return statistics.quantiles(waits, n=100)[98]


async def _produce(log: Log, rate: int) -> None:
    start = time.perf_counter()
    sent = 0
    while True:
        due = int((time.perf_counter() - start) * rate)
        for number in range(sent, due):
            log_error(log, number)
        sent = max(sent, due)
        await asyncio.sleep(0.001)

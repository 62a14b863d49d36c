"""Logging beside RotatingFileHandler, and beside loguru where it is installed → rows.

What a record costs the thread that logs, what an event loop feels that logs errors with their
tracebacks, and what debug mode's decorator costs while debug mode is off.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import importlib.util
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from services.debugcog.log_message import TEXT_MAX
from services.debugcog.logs import setup_logging
from services.debugcog.settings import Settings
from services.debugcog.tracing import traced
from tests.benchmarks.rows import Row, compare, interleave

FORMAT = "%(asctime)s [%(levelname)s] %(name)s: %(message)s"
MAX_BYTES = 10_485_760
BATCH = 300
LONG_BATCH = 20
ROUNDS = 15
LAG_SECONDS = 1.5
LAG_ROUNDS = 5
TICK = 0.005
DEPTH = 10
CALLS = 20_000

Flush = Callable[[], object]
Log = Callable[..., object]


def run() -> list[Row]:
    """Measure; about 40 s."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        ours, flush = stack.enter_context(_ours(Path(folder)))
        peer = stack.enter_context(_rotating(Path(folder)))
        loguru = stack.enter_context(_loguru(Path(folder)))
        return [
            *_caller(ours, flush, peer),
            _long(ours, flush),
            *_lag(ours, flush, loguru),
            *_decorator(),
        ]


@contextlib.contextmanager
def _ours(folder: Path) -> Iterator[tuple[logging.Logger, Flush]]:
    settings = Settings(log_file_path=folder / "ours.log", log_max_bytes=MAX_BYTES)
    active = setup_logging(settings, console=False)
    try:
        yield logging.getLogger("bench.ours"), active.flush
    finally:
        active.close()


@contextlib.contextmanager
def _rotating(folder: Path) -> Iterator[logging.Logger]:
    handler = RotatingFileHandler(folder / "peer.log", maxBytes=MAX_BYTES, backupCount=5)
    handler.setFormatter(logging.Formatter(FORMAT))
    logger = logging.getLogger("bench.peer")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        yield logger
    finally:
        logger.removeHandler(handler)
        handler.close()


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


def _caller(ours: logging.Logger, flush: Flush, peer: logging.Logger) -> Iterator[Row]:
    def plain(log: Log) -> None:
        for number in range(BATCH):
            log("Message from user_id=%d in channel %d", number, 7)

    def errors(log: Log) -> None:
        for number in range(BATCH):
            _log_error(log, number)

    def states(log: Log) -> None:
        for number in range(BATCH):
            log("State %s, queue %s", {"user_id": number, "name": "mia"}, [number, 7])

    for name, work, goal in (
        ("plain", plain, 0.4),
        ("with a dict and a list", states, 0.4),
        ("with traceback", errors, 0.1),
    ):
        logs = (ours.exception, peer.exception) if work is errors else (ours.info, peer.info)
        seconds = _rounds(work, *logs, flush)
        bare = _rounds(work, _nothing, _nothing, flush)[0] if work is errors else (0.0,)
        cost = [tuple(value - statistics.median(bare) for value in one) for one in seconds]
        yield compare(
            f"log record, {name}: the caller, beside RotatingFileHandler",
            cost[0],
            cost[1],
            per=1e6 / BATCH,
            unit="µs",
            goal=goal,
        )


def _long(ours: logging.Logger, flush: Flush) -> Row:
    """Measure a line from the call until it is in the file: of 5 MB, beside what is looked at."""

    def write(text: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(LONG_BATCH):
                ours.info("%s", text)
            flush()

        return work

    texts = {"5 MB": "word " * 1_000_000, "16 kB": "word " * (TEXT_MAX // 5)}
    seconds = interleave({name: write(text) for name, text in texts.items()})
    return compare(
        "log record of 5 MB until it is written, beside one of 16 kB",
        seconds["5 MB"],
        seconds["16 kB"],
        per=1e3 / LONG_BATCH,
        unit="ms",
        goal=1.5,
    )


def _rounds(
    work: Callable[[Log], None], ours: Log, peer: Log, flush: Flush
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Time the work with each logger in turn; the queue is empty before each."""
    seconds: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    for _ in range(ROUNDS):
        for series, log in zip(seconds, (ours, peer), strict=True):
            start = time.perf_counter()
            work(log)
            series.append(time.perf_counter() - start)
            flush()
    gc.enable()
    return tuple(seconds[0]), tuple(seconds[1])


def _nothing(*_: object) -> None:
    pass


def _fail(depth: int = DEPTH) -> None:
    if depth:
        _fail(depth - 1)
    raise ValueError("timeout after 30 s")


def _log_error(log: Log, number: int) -> None:
    try:
        _fail()
    except ValueError:
        log("Failed to generate TTS: user %d", number)


def _lag(ours: logging.Logger, flush: Flush, loguru: Log | None) -> Iterator[Row]:
    loggers: dict[str, Log] = {"idle": _nothing, "ours": ours.exception}
    slow = _lags(loggers, 500, flush)
    added = slow["ours"] - slow["idle"]
    yield Row("event loop lag p99 that 500 errors/s add to none logged", added, "ms", goal=0.1)
    if loguru is not None:
        loggers["loguru"] = loguru
    fast = _lags(loggers, 5_000, flush)
    yield Row("event loop lag p99, the same errors raised, none logged", fast["idle"], "ms")
    name = "event loop lag p99 at 5,000 errors/s"
    if loguru is None:
        yield Row(name, fast["ours"], "ms", goal=2.5)
    else:
        ratio = fast["ours"] / fast["loguru"]
        yield Row(f"{name}, beside loguru", fast["ours"], "ms", fast["loguru"], ratio, 1.0)


def _lags(loggers: Mapping[str, Log], rate: int, flush: Flush) -> dict[str, float]:
    """Give each logger's 99th percentile, in ms, in its quietest round: others only add to it."""
    figures: dict[str, list[float]] = {name: [] for name in loggers}
    for _ in range(LAG_ROUNDS):
        for name, log in loggers.items():
            figures[name].append(asyncio.run(_lag_p99(log, rate)))
            flush()
    return {name: min(values) for name, values in figures.items()}


async def _lag_p99(log: Log, rate: int) -> float:
    """Log errors on a loop for a while, and return how late its ticks come, in ms."""
    producer = asyncio.create_task(_produce(log, rate))
    lags = []
    end = time.perf_counter() + LAG_SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        await asyncio.sleep(TICK)
        lags.append((time.perf_counter() - start - TICK) * 1000)
    producer.cancel()
    return statistics.quantiles(lags, n=100)[98]


async def _produce(log: Log, rate: int) -> None:
    start = time.perf_counter()
    sent = 0
    while True:
        due = int((time.perf_counter() - start) * rate)
        for number in range(sent, due):
            _log_error(log, number)
        sent = max(sent, due)
        await asyncio.sleep(0.001)


def _decorator() -> Iterator[Row]:
    """Measure the extra of one call of a decorated function, debug mode off."""

    def bare(user_id: int) -> int:
        return user_id

    async def bare_async(user_id: int) -> int:
        return user_id

    def call(function: Callable[[int], Any]) -> None:
        for _ in range(CALLS):
            function(5)

    def drive(function: Callable[[int], Any]) -> None:
        for _ in range(CALLS):
            with contextlib.suppress(StopIteration):
                function(5).send(None)

    yield Row("@traced function, off: extra of a call", _extra(call, bare), "ns")
    yield Row("@traced coroutine, off: extra of a call", _extra(drive, bare_async), "ns")


def _extra(work: Callable[[Callable[[int], Any]], None], bare: Callable[[int], Any]) -> float:
    """Give the ns that the decorator adds to a call, the median of the rounds."""
    decorated = traced("bench")(bare)
    seconds = interleave({"bare": lambda: work(bare), "traced": lambda: work(decorated)})
    pairs = zip(seconds["traced"], seconds["bare"], strict=True)
    return statistics.median(ours - theirs for ours, theirs in pairs) / CALLS * 1e9

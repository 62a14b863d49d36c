"""Logging beside RotatingFileHandler → rows.

What a record costs the thread that logs, and what debug mode's decorator costs while debug mode is
off. What an event loop feels is in ``error_lag``.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
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
DEPTH = 10
CALLS = 20_000

Flush = Callable[[], object]
Log = Callable[..., object]


def run() -> list[Row]:
    """Measure; about 15 s."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        logger, flush = stack.enter_context(ours(Path(folder)))
        peer = stack.enter_context(_rotating(Path(folder)))
        return [*_caller(logger, flush, peer), _long(logger, flush), *_decorator()]


@contextlib.contextmanager
def ours(folder: Path) -> Iterator[tuple[logging.Logger, Flush]]:
    """Log into a file in a folder; give a logger, and what waits until all is written."""
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


def _caller(logger: logging.Logger, flush: Flush, peer: logging.Logger) -> Iterator[Row]:
    def plain(log: Log) -> None:
        for number in range(BATCH):
            log("Message from user_id=%d in channel %d", number, 7)

    def errors(log: Log) -> None:
        for number in range(BATCH):
            log_error(log, number)

    def states(log: Log) -> None:
        for number in range(BATCH):
            log("State %s, queue %s", {"user_id": number, "name": "mia"}, [number, 7])

    for name, work, goal in (
        ("plain", plain, 0.4),
        ("with a dict and a list", states, 0.4),
        ("with traceback", errors, 0.1),
    ):
        logs = (logger.exception, peer.exception) if work is errors else (logger.info, peer.info)
        seconds = _rounds(work, *logs, flush)
        bare = _rounds(work, nothing, nothing, flush)[0] if work is errors else (0.0,)
        cost = [tuple(value - statistics.median(bare) for value in one) for one in seconds]
        yield compare(
            f"log record, {name}: the caller, beside RotatingFileHandler",
            cost[0],
            cost[1],
            per=1e6 / BATCH,
            unit="µs",
            goal=goal,
        )


def _long(logger: logging.Logger, flush: Flush) -> Row:
    """Measure a line from the call until it is in the file: of 5 MB, beside what is looked at."""

    def write(text: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(LONG_BATCH):
                logger.info("%s", text)
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


def nothing(*_: object) -> None:
    """Log nothing."""


def _fail(depth: int = DEPTH) -> None:
    if depth:
        _fail(depth - 1)
    raise ValueError("timeout after 30 s")


def log_error(log: Log, number: int) -> None:
    """Raise an error in eleven frames, and log it."""
    try:
        _fail()
    except ValueError:
        log("Failed to generate TTS: user %d", number)


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

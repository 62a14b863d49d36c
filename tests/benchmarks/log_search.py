"""Search in six log files of 10 MB → how long it takes, and what the bot's event loop notices.

The loop measures itself in spans of two seconds, by turns alone and while a search runs on a
thread. The search looks for words that stand in one record, at the end of the oldest file, and so
reads everything.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import threading
import time
from pathlib import Path

from services.debugcog.logfile.filter import LogFilter
from services.debugcog.logfile.log_files import LogFiles
from services.debugcog.logfile.search import search
from tests.benchmarks.rows import Row

FILES, SIZE = 6, 10_000_000
TURNS, SPAN = 5, 2.0
PROBE = 0.002
LINE = "2026-11-23 16:{:02}:{:02},123 [{}] demo.chat: answered user {} in 412.5 ms, Größe {}\n"
LEVELS = ("INFO", "INFO", "INFO", "DEBUG", "WARNING")
WANTED = LogFilter("INFO", "demo", "needle in the hay")


def run() -> list[Row]:
    """Measure; about half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        files = _files(Path(folder))
        return asyncio.run(_compared(files))


def _files(folder: Path) -> LogFiles:
    lines = [
        LINE.format(number // 60 % 60, number % 60, LEVELS[number % 5], number, number * 7)
        for number in range(20_000)
    ]
    text = "".join(lines).encode()
    whole = text * (SIZE // len(text) + 1)
    needle = LINE.format(0, 0, "INFO", 1, "of a NEEDLE in the hay").encode()
    for number in range(FILES):
        name = f"bot.log.{number}" if number else "bot.log"
        head = needle if number == FILES - 1 else b""
        (folder / name).write_bytes(head + whole[: SIZE - len(head)])
    return LogFiles(folder / "bot.log")


async def _compared(files: LogFiles) -> list[Row]:
    alone: list[float] = []
    searched: list[float] = []
    taken: list[float] = []
    for _ in range(TURNS):
        alone.append(await _lag())
        stop = threading.Event()
        searching = asyncio.create_task(asyncio.to_thread(_search, files, stop))
        searched.append(await _lag())
        stop.set()
        taken += await searching
    p99 = [statistics.median(one) for one in (searched, alone)]
    return [
        Row("search of six log files of 10 MB", statistics.median(taken), "s", goal=2),
        Row("lag of the loop p99, a search more", p99[0] - p99[1], "ms", goal=5),
        Row("lag of the loop p99, a search and none", p99[0], "ms", p99[1]),
    ]


def _search(files: LogFiles, stop: threading.Event) -> list[float]:
    """Search again and again; return the seconds of each search that was whole."""
    taken: list[float] = []
    while not stop.is_set() or not taken:
        began, cursor, found = time.perf_counter(), "", 0
        while True:
            answer = search(files, WANTED, 500, cursor)
            found, cursor = found + len(answer.lines), answer.cursor
            if not cursor:
                break
        assert found == 1, found
        taken.append(time.perf_counter() - began)
    return taken


async def _lag() -> float:
    """Return the 99th percentile of how much later than due the loop ran, ms."""
    lags: list[float] = []
    end = time.perf_counter() + SPAN
    while (began := time.perf_counter()) < end:
        await asyncio.sleep(PROBE)
        lags.append((time.perf_counter() - began - PROBE) * 1000)
    return statistics.quantiles(lags, n=100)[98]

"""A storm of errors → what it adds to the event loop's lag, and what each report costs."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.rows import Row
from tests.error_rig import Rig, rig

PACE = 0.005
EACH = 2
"""Errors in each turn of ``PACE`` seconds: about 400 a second, 22 of 25 alike."""
LOG_ONLY = 3


def report(desk: Rig, number: int) -> None:
    """Report one error, most of them alike."""
    if number % 25 < 25 - LOG_ONLY:
        try:
            raise ValueError(number)
        except ValueError as error:
            desk.reporter.report(error)
    else:
        record = logging.LogRecord("host", logging.ERROR, "x.py", 1, "Lost %s", (number,), None)
        desk.reporter.report_record(record)


async def lag(seconds: float, work: Callable[[int], None]) -> tuple[float, int]:
    """Work in every turn; return the 99th percentile of the loop's lag in ms, and the calls."""
    late, loop, number = [], asyncio.get_running_loop(), 0
    end = loop.time() + seconds
    while (begin := loop.time()) < end:
        await asyncio.sleep(PACE)
        late.append((loop.time() - begin - PACE) * 1000)
        for _ in range(EACH):
            work(number)
            number += 1
    return sorted(late)[int(len(late) * 0.99)], number


def run() -> list[Row]:
    """Measure a quiet loop, then the same loop in a storm."""
    with (
        tempfile.TemporaryDirectory() as folder,
        rig(Path(folder) / "state.sqlite3", time.time) as desk,
    ):
        idle, _ = asyncio.run(lag(2.0, lambda _: None))
        storm, errors = asyncio.run(lag(5.0, lambda number: report(desk, number)))
        kept = sum(group.count for group in desk.groups())
    return [
        Row("loop lag p99 in a storm of 400 errors a second", storm, "ms", goal=idle + 10),
        Row("errors of the storm that were not counted", float(errors - kept), "", goal=0),
    ]

"""State files with one damaged region each: how many of them a bot starts on.

``python -m tests.services.state.damage 1 2 3`` prints the figures of three seeds.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cogs.debug.delivery.message_builder import Outgoing
from services.debugcog.outbox.outcomes import Outcome, Result
from services.debugcog.state import connection
from tests.alert_world import Clock, Discord
from tests.services.state.engine import UNSYNCED, Engine, fill

FILES = 60
REGIONS = (1, 1, 1, 16, 256)
"""Bytes that are flipped: mostly one."""


class AnyDiscord(Discord):
    """Takes every message, and has none of those that a damaged card may name."""

    async def edit(self, channel_id: int, message_id: int, message: Outgoing) -> Result:
        return Result(Outcome.GONE)


def flipped(whole: bytes, source: random.Random) -> bytes:
    """Flip bits of each byte of one region."""
    length = source.choice(REGIONS)
    place = source.randrange(len(whole) - length)
    region = bytes(byte ^ source.randrange(1, 256) for byte in whole[place : place + length])
    return whole[:place] + region + whole[place + length :]


async def started(path: Path, clock: Clock) -> str:
    """Start on a file, go through a few ticks and questions, and stop; return what went wrong."""
    engine = Engine(path, Clock(clock.unix + 30, clock.steady + 30), AnyDiscord(clock))
    try:
        await engine.start()
        engine.activity.message(1, "somebody")
        engine.days.count("command", "c1", 1, ms=5.0)
        engine.metrics.record("tokens_input", 1_000, model="m0")
        for _ in range(4):
            await engine.tick()
        await engine.read_all()
        engine.reporter.report(ValueError("after the start"))
        assert engine.errors.flush(10), "errors are not stored"
        assert not engine.errors.failures, "a batch of errors failed"
        await engine.stop()
    except Exception as error:  # noqa: BLE001 - this is what is counted
        engine.killed()
        return f"{type(error).__name__}: {error}"
    return ""


@dataclass
class Figures:
    """How it went with many files."""

    started: int = 0
    renamed: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        first = f"{self.started} of {FILES} files start; {self.renamed} were renamed"
        return "\n".join((first, *self.wrong))


def measured(folder: Path, seed: int) -> Figures:
    """Damage many copies of a file, and start on each."""
    clock, source, figures = Clock(), random.Random(seed), Figures()
    base = folder / "base.sqlite3"
    asyncio.run(fill(base, clock, Discord(clock)))
    whole = base.read_bytes()
    for number in range(FILES):
        path = folder / f"{number}.sqlite3"
        path.write_bytes(flipped(whole, source))
        wrong = asyncio.run(started(path, clock))
        figures.wrong += [f"file {number}: {wrong}"] if wrong else []
        figures.started += not wrong
        figures.renamed += any(folder.glob(f"{number}.sqlite3.*"))
        for file in folder.glob(f"{number}.sqlite3*"):
            file.unlink()
    return figures


def main() -> None:
    logging.getLogger("debugcog").setLevel(logging.CRITICAL)
    connection.PRAGMAS = UNSYNCED
    for seed in [int(argument) for argument in sys.argv[1:]] or [1]:
        with tempfile.TemporaryDirectory() as folder:
            print(f"seed {seed}: {measured(Path(folder), seed)}", flush=True)


if __name__ == "__main__":
    main()

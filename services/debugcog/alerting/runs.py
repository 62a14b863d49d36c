"""Process runs in the state file: detects a crash of the last run and queues a notice."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass

from services.debugcog.alerting.rules import CRASH_LOOP, Level, Rule
from services.debugcog.outbox.posts import Post, enqueue
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import duration

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started REAL NOT NULL,
    beat REAL NOT NULL,
    line REAL NOT NULL,  -- steady-clock time of the last sign of life
    memory_mb REAL,
    stopped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS last_release (
    one INTEGER PRIMARY KEY CHECK (one = 1), release TEXT NOT NULL
);
"""
RUNS_KEPT = 100
LOOP = 3  # crashes that are a loop


@dataclass(frozen=True, slots=True)
class Crash:
    """A run that ended without a stop.

    Attributes:
        started: unix seconds.
        last_beat: unix seconds.
        down: seconds from the last beat to the next start.
        memory_mb: the last value seen; None when none was.
        trace: what ``faulthandler`` wrote, redacted; empty when nothing.
    """

    started: float
    last_beat: float
    down: float
    memory_mb: float | None
    trace: str


def crash_loop_rule(within: float) -> Rule:
    """Make the rule whose value is the number of crashes ``within`` so many seconds."""
    return Rule(
        name=CRASH_LOOP,
        title="Crash loop",
        unit="",
        window=within,
        reads=None,
        warning=None,
        critical=Level(LOOP, 1, 0.0),
        keep_firing_for=0.0,
        description="Crashes in a short time",
    )


def begin(
    connection: sqlite3.Connection, timestamp: Timestamp, trace: str, within: float
) -> tuple[int, tuple[float, ...]]:
    """Note the start of a run; if the last one crashed, queue one notice.

    Crashes that make a loop are one incident, so they get no notices.

    Returns:
        The run's number, and when the runs that crashed lately had their last beat, in seconds
        of the steady clock.
    """
    last = connection.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()
    cursor = connection.execute(
        "INSERT INTO runs (started, beat, line) VALUES (?, ?, ?)",
        (timestamp.unix, timestamp.unix, timestamp.now),
    )
    run = cursor.lastrowid or 0
    connection.execute("DELETE FROM runs WHERE id <= ?", (run - RUNS_KEPT,))
    rows = connection.execute(
        "SELECT line FROM runs WHERE stopped = 0 AND id < ? AND line > ?",
        (run, timestamp.now - within),
    )
    crashes = tuple(row["line"] for row in rows)
    if last is not None and not last["stopped"] and len(crashes) < LOOP:
        _notice(connection, last, timestamp, trace)
    return run, crashes


def _notice(
    connection: sqlite3.Connection, last: sqlite3.Row, timestamp: Timestamp, trace: str
) -> None:
    down = max(0.0, timestamp.unix - last["beat"])
    crash = Crash(last["started"], last["beat"], down, last["memory_mb"], trace)
    post = Post(
        subject=f"crash:{last['id']}",
        kind="open",
        urgent=False,
        title=f"Run {last['id']} of the bot crashed; it was down for {duration(down)}",
        body=json.dumps(asdict(crash)),
        capped=False,
    )
    enqueue(connection, post, timestamp.unix)


def keep_release(connection: sqlite3.Connection, release: str) -> str:
    """Keep the host's version; return the one kept before, empty when there was none."""
    row = connection.execute("SELECT release FROM last_release").fetchone()
    connection.execute("REPLACE INTO last_release VALUES (1, ?)", (release,))
    return row["release"] if row else ""


def last_steady_time(connection: sqlite3.Connection) -> float:
    """Return the steady-clock time at which the last run ended; 0.0 when there was none."""
    row = connection.execute("SELECT MAX(line) FROM runs").fetchone()
    return row[0] or 0.0


def beat(
    connection: sqlite3.Connection, run: int, timestamp: Timestamp, memory_mb: float | None
) -> None:
    """Note that the run is alive."""
    connection.execute(
        "UPDATE runs SET beat = ?, line = ?, memory_mb = COALESCE(?, memory_mb) WHERE id = ?",
        (timestamp.unix, timestamp.now, memory_mb, run),
    )


def end(connection: sqlite3.Connection, run: int) -> None:
    """Note that the run was stopped on purpose."""
    connection.execute("UPDATE runs SET stopped = 1 WHERE id = ?", (run,))

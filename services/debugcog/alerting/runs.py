"""Process runs in the state file: detects a crash of the last run and queues a notice."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from services.debugcog.alerting import crash as alerting_crash
from services.debugcog.alerting import death, sentences
from services.debugcog.alerting.rules import CRASH_LOOP, Level, Rule
from services.debugcog.frozen import frozen
from services.debugcog.outbox import posts
from services.debugcog.process import crash_trace
from services.debugcog.process import vitals as process_vitals
from services.debugcog.state.records import DamagedRecordError, record
from services.debugcog.state.rows import ROW_ID, readable
from services.debugcog.steady_clock import Timestamp

if TYPE_CHECKING:
    from services.debugcog.alerting.crash import Crash, Hang
    from services.debugcog.alerting.death import Evidence
    from services.debugcog.process.vitals import Vitals

SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    started REAL NOT NULL,
    beat REAL NOT NULL,
    line REAL NOT NULL,  -- steady-clock time of the last sign of life
    memory_mb REAL,
    stopped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS crashes (run INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS run_vitals (  -- of the system, when a run was last seen
    run INTEGER PRIMARY KEY,
    vitals TEXT NOT NULL,
    hang TEXT NOT NULL  -- what blocks its event loop just now; empty while nothing does
);
CREATE TABLE IF NOT EXISTS last_release (
    one INTEGER PRIMARY KEY CHECK (one = 1), release TEXT NOT NULL
);
"""
RUNS_KEPT = 100
CRASHES_KEPT = 20
CRASHES_LISTED = 7 * 86_400.0
LOOP = 3  # crashes that are a loop
LATEST = 2.0**33
"""Unix seconds, in the year 2242: a time beyond is none; the clock would stand still there."""
SOUND = f"typeof(line) IN ('real', 'integer') AND line BETWEEN 0 AND {LATEST}"


@frozen
class Run:
    """A run of the bot, as it is stored."""

    id: int
    started: float
    beat: float
    line: float
    memory_mb: float | None
    stopped: bool


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
        description="The bot crashes again soon after each start",
    )


def begin(
    connection: sqlite3.Connection,
    timestamp: Timestamp,
    within: float,
    evidence: Evidence = death.NO_EVIDENCE,
) -> tuple[int, tuple[float, ...]]:
    """Note the start of a run; if the last one crashed, keep that, and queue one notice.

    Crashes that make a loop are one incident, so they get no notices.

    Returns:
        The run's number, and when the runs that crashed lately had their last beat, in seconds
        of the steady clock.
    """
    last = last_run(connection)
    cursor = connection.execute(
        "INSERT INTO runs (started, beat, line) VALUES (?, ?, ?)",
        (timestamp.unix, timestamp.unix, timestamp.now),
    )
    run = cursor.lastrowid or 0
    connection.execute("DELETE FROM runs WHERE id <= ?", (run - RUNS_KEPT,))
    rows = connection.execute(
        f"SELECT line FROM runs WHERE stopped = 0 AND id < ? AND line > ? AND {SOUND}",  # noqa: S608 - constant
        (run, timestamp.now - within),
    )
    crashes = tuple(row["line"] for row in rows)
    if last is not None and not last.stopped:
        crash = crash_of(connection, last, timestamp, evidence)
        keep_crash(connection, crash)
        if len(crashes) < LOOP:
            notice(connection, crash, timestamp)
    connection.execute("DELETE FROM run_vitals WHERE run < ?", (run,))
    _keep_vitals(connection, run, evidence.vitals)
    return run, crashes


def last_run(connection: sqlite3.Connection) -> Run | None:
    """Find the run that was alive last."""
    rows = connection.execute(f"SELECT id AS {ROW_ID}, * FROM runs ORDER BY line DESC, id DESC")  # noqa: S608 - constant
    return next(readable(connection, "runs", rows, _run), None)


def _run(row: sqlite3.Row) -> Run:
    found = record(Run, dict(row))
    if not all(0 <= time <= LATEST for time in (found.started, found.beat, found.line)):
        raise DamagedRecordError("a time that cannot be")
    return found


def crash_of(
    connection: sqlite3.Connection, last: Run, timestamp: Timestamp, evidence: Evidence
) -> Crash:
    """Make the crash of a run that has not been stopped."""
    vitals, hang = _vitals(connection, last.id)
    note = crash_trace.last_note(evidence.trace)
    ended = max(last.beat, hang.seen if hang else 0.0, note.at if note else 0.0)
    return alerting_crash.Crash(
        started=last.started,
        last_beat=ended,
        down=max(0.0, timestamp.unix - ended),
        memory_mb=last.memory_mb,
        trace=evidence.trace,
        log=evidence.log,
        number=last.id,
        cause=death.cause_of(last.memory_mb, vitals, hang, evidence),
        limit_mb=vitals.limit_mb if vitals else None,
        trend=evidence.trend(last.started, last.beat),
        hang=hang,
    )


def _vitals(connection: sqlite3.Connection, run: int) -> tuple[Vitals | None, Hang | None]:
    """Read how the system stood, and what the run hung in; None for what is not kept."""
    rows = connection.execute(
        f"SELECT run AS {ROW_ID}, * FROM run_vitals WHERE run = ?",  # noqa: S608 - constant
        (run,),
    )
    kept = next(readable(connection, "run_vitals", rows, _kept_vitals), None)
    return kept or (None, None)


def _kept_vitals(row: sqlite3.Row) -> tuple[Vitals, Hang | None]:
    hang = record(alerting_crash.Hang, json.loads(row["hang"])) if row["hang"] else None
    return record(process_vitals.Vitals, json.loads(row["vitals"])), hang


def _keep_vitals(connection: sqlite3.Connection, run: int, vitals: Vitals) -> None:
    kept = json.dumps(asdict(vitals))
    connection.execute("REPLACE INTO run_vitals VALUES (?, ?, '')", (run, kept))


def note_hang(connection: sqlite3.Connection, run: int, hang: Hang) -> None:
    """Note that the event loop of a run is blocked; its next beat takes that back."""
    kept = json.dumps(asdict(hang))
    connection.execute("UPDATE run_vitals SET hang = ? WHERE run = ?", (kept, run))


def keep_crash(connection: sqlite3.Connection, crash: Crash) -> None:
    """Keep a crash for the list of them."""
    kept = json.dumps(asdict(crash))
    connection.execute("REPLACE INTO crashes VALUES (?, ?)", (crash.number, kept))
    connection.execute(
        "DELETE FROM crashes WHERE run NOT IN (SELECT run FROM crashes ORDER BY run DESC LIMIT ?)",
        (CRASHES_KEPT,),
    )


def notice(connection: sqlite3.Connection, crash: Crash, timestamp: Timestamp) -> None:
    """Queue the notice of a run that crashed."""
    post = posts.Post(
        subject=f"crash:{crash.number}",
        kind="open",
        urgent=False,
        title=sentences.crash_sentence(crash),
        body=json.dumps(asdict(replace(crash, log=()))),
        capped=False,
    )
    posts.enqueue(connection, post, timestamp.unix)


def crashes(connection: sqlite3.Connection, now: float, limit: int) -> tuple[Crash, ...]:
    """List the crashes of the last 7 days, the latest first; ``now`` is in unix seconds."""
    rows = connection.execute(
        "SELECT id, started, beat, memory_mb, crashes.body, (SELECT later.started FROM runs AS"
        " later WHERE later.id > runs.id ORDER BY later.id LIMIT 1) AS back"
        " FROM runs LEFT JOIN crashes ON crashes.run = runs.id"
        " WHERE stopped = 0 AND back IS NOT NULL AND beat > ? ORDER BY runs.id DESC LIMIT ?",
        (now - CRASHES_LISTED, limit),
    )
    return tuple(_crash(row) for row in rows)


def _crash(row: sqlite3.Row) -> Crash:
    """Read a crash; of one that an earlier version noted, or that is damaged, what the run has."""
    down = max(0.0, row["back"] - row["beat"])
    bare = alerting_crash.Crash(
        row["started"], row["beat"], down, row["memory_mb"], "", number=row["id"]
    )
    try:
        return replace(alerting_crash.decode(row["body"] or ""), number=row["id"])
    except ValueError:
        return bare


def keep_release(connection: sqlite3.Connection, release: str) -> str:
    """Keep the host's version; return the one kept before, empty when there was none."""
    row = connection.execute("SELECT release FROM last_release").fetchone()
    connection.execute("REPLACE INTO last_release VALUES (1, ?)", (release,))
    return str(row["release"]) if row else ""


def loaded_before(connection: sqlite3.Connection, started: float) -> bool:
    """Tell whether a process that started at a unix time has begun a run before this one."""
    sql = "SELECT COUNT(*) AS runs FROM runs WHERE started >= ?"
    return bool(connection.execute(sql, (started,)).fetchone()["runs"] > 1)


def last_steady_time(connection: sqlite3.Connection) -> float:
    """Return the steady-clock time at which the last run ended; 0.0 when there was none."""
    sql = f"SELECT MAX(line) FROM runs WHERE {SOUND}"  # noqa: S608 - constant
    row = connection.execute(sql).fetchone()
    return float(row[0] or 0.0)


def beat(
    connection: sqlite3.Connection,
    run: int,
    timestamp: Timestamp,
    memory_mb: float | None,
    vitals: Vitals,
) -> None:
    """Note that the run is alive, and how the system stands."""
    connection.execute(
        "UPDATE runs SET beat = ?, line = ?, memory_mb = COALESCE(?, memory_mb) WHERE id = ?",
        (timestamp.unix, timestamp.now, memory_mb, run),
    )
    _keep_vitals(connection, run, vitals)


def end(connection: sqlite3.Connection, run: int) -> None:
    """Note that the run was stopped on purpose."""
    connection.execute("UPDATE runs SET stopped = 1 WHERE id = ?", (run,))

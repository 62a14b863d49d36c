"""Time in which the process stood still → change for incidents to come, notice of a long one."""

from __future__ import annotations

import json
import sqlite3

from services.debugcog.alerting.incident_store import note_change
from services.debugcog.outbox.posts import Post, enqueue
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import duration

NOTICE_SECONDS = 30.0
NOTICE_SECONDS_MIN = 3.0
"""However short the times of alerts are scaled: a machine under load stands still for that long."""
NOTICE_INTERVAL = 600.0
"""A machine that sleeps again and again posts once in this time."""


def sentence(seconds: float) -> str:
    """Say it in words."""
    return f"The process was suspended for {duration(seconds)}"


def note_suspension(
    connection: sqlite3.Connection,
    timestamp: Timestamp,
    *,
    seconds: float,
    ended: float,
    scale: float,
) -> None:
    """Keep a suspension, and queue a notice of a long one.

    Args:
        connection: in a transaction.
        timestamp: the present.
        seconds: how long it lasted.
        ended: unix seconds.
        scale: of what is long.
    """
    note_change(connection, sentence(seconds), ended)
    least = max(NOTICE_SECONDS * scale, NOTICE_SECONDS_MIN)
    if seconds < least or _told_lately(connection, timestamp.unix, scale):
        return
    post = Post(
        subject=f"suspension:{ended:.3f}",
        kind="open",
        urgent=False,
        title=sentence(seconds),
        body=json.dumps({"seconds": seconds, "ended": ended}),
    )
    enqueue(connection, post, timestamp.unix)


def _told_lately(connection: sqlite3.Connection, unix: float, scale: float) -> bool:
    row = connection.execute(
        "SELECT 1 FROM outbox WHERE subject LIKE 'suspension:%' AND created BETWEEN ? AND ?",
        (unix - NOTICE_INTERVAL * scale, unix),
    )
    return row.fetchone() is not None

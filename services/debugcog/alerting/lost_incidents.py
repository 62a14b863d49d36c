"""Open incidents that lost their row or their rule → restored from their last post, or ended."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from services.debugcog.alerting import announcements, incidents
from services.debugcog.alerting.incident_store import last_incidents, save_incident
from services.debugcog.alerting.notices import post_notice
from services.debugcog.outbox import outcomes, posts
from services.debugcog.steady_clock import Timestamp

if TYPE_CHECKING:
    from services.debugcog.alerting.incidents import Incident


def restore_or_end(connection: sqlite3.Connection, timestamp: Timestamp) -> None:
    """Let no card say for ever that something fires, because the row that would end it is lost."""
    rows = connection.execute("SELECT id, rule, body FROM incidents WHERE open = 1").fetchall()
    for number, rule, body in rows:
        if _decoded(body) is None:
            last = _last_posted(connection, number)
            if last is None:
                _end_card(connection, number, str(rule), timestamp.unix)
            else:
                save_incident(connection, replace(last, id=number, rule=str(rule)), timestamp.now)


def _decoded(body: str | None) -> Incident | None:
    try:
        return incidents.decode(json.loads(body or ""))
    except (ValueError, TypeError, RecursionError):
        return None


def _last_posted(connection: sqlite3.Connection, number: int) -> Incident | None:
    """Find the incident as the newest of its posts has it that is still kept."""
    rows = connection.execute(
        "SELECT json_extract(body, '$.incident') FROM outbox"
        " WHERE subject = ? AND json_valid(body) ORDER BY id DESC",
        (f"incident:{number}",),
    )
    found = (_decoded(row[0]) for row in rows)
    return next((incident for incident in found if incident and incident.open), None)


def _end_card(connection: sqlite3.Connection, number: int, rule: str, unix: float) -> None:
    subject = f"incident:{number}"
    sql = "SELECT 1 FROM cards WHERE subject = ? UNION SELECT 1 FROM outbox WHERE subject = ?"
    if connection.execute(sql, (subject, subject)).fetchone() is None:  # it was never announced
        return
    title = f"Incident {number} · {rule} · ended: its record in the state file was damaged"
    posts.enqueue(
        connection, posts.Post(subject, "show", urgent=False, title=title, body="{}"), unix
    )
    connection.execute(  # there is nothing to render but the title
        "UPDATE outbox SET level = ? WHERE subject = ? AND state = 'queued'",
        (outcomes.LAST_FALLBACK_LEVEL, subject),
    )


def end_orphans(connection: sqlite3.Connection, rules: set[str], timestamp: Timestamp) -> None:
    """End the open incidents of rules that the host has no more."""
    for rule, incident in last_incidents(connection).items():
        if incident.open and rule not in rules:
            ended = incidents.close(incident, "the rule is gone", timestamp)
            ended, notices = announcements.ending(ended, ended.silenced)
            save_incident(connection, ended, timestamp.now)
            for notice in notices:
                post_notice(connection, ended, notice, timestamp.unix)

"""Incident and Notice → the post that tells it, in the transaction that saves the incident."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import sentences
from services.debugcog.alerting.incident_parts import MARKED_BEFORE
from services.debugcog.alerting.incidents import Incident, Notice, encode
from services.debugcog.alerting.rules import Severity
from services.debugcog.outbox import posts

CHANGES_MARKED = 20


def post_notice(
    connection: sqlite3.Connection, incident: Incident, notice: Notice, unix: float
) -> None:
    """Queue what is announced of an incident, in the transaction that saves it."""
    start, end = incident.since - MARKED_BEFORE, incident.ended or unix
    changes = store.recent_changes(connection, incident.rule, start, end, CHANGES_MARKED)
    told = {
        "event": notice.event,
        "incident": encode(incident),
        "changes": [asdict(change) for change in changes],
    }
    post = posts.Post(
        subject=f"incident:{incident.id}",
        kind=notice.kind,
        urgent=incident.open and incident.severity is Severity.CRITICAL,
        title=sentences.headline(incident, notice.event),
        body=json.dumps(told),
        capped=notice.event != "ended",
    )
    posts.enqueue(connection, post, unix)

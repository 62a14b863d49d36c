from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.chart_events import (
    NO_EVENTS,
    Breach,
    ChartEvents,
    RuleChange,
    events_since,
)
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import Severity
from services.debugcog.state.database import Database

NOW = 1_800_000_000.0
OPEN = Incident(
    rule="memory",
    title="Memory",
    unit="MB",
    severity=Severity.WARNING,
    peak=Severity.CRITICAL,
    value=1600.0,
    worst=2100.0,
    warning=1536.0,
    critical=2048.0,
    since=NOW - 9000,
    opened=NOW - 8900,
)
ENDED = replace(OPEN, rule="tokens", peak=Severity.WARNING, state="ended", ended=NOW - 600)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path / "state.sqlite3", SCHEMAS)
    found.open()
    yield found
    found.close()


async def test_changes_and_incidents_that_reach_into_the_window_are_found(
    database: Database,
) -> None:
    def save(connection: sqlite3.Connection) -> None:
        store.note_change(connection, "DebugCog loaded", NOW - 5000)
        store.note_change(connection, "Deployed: release 2, before it 1", NOW - 900)
        store.note_change(connection, "Log level of all loggers: DEBUG", NOW - 60)
        store.note_change(connection, "Thresholds: warning 1 GB", NOW - 30, "memory")
        for one in (replace(ENDED, ended=NOW - 4000), ENDED, OPEN):
            store.save_incident(connection, one, NOW)

    await database.run(save)
    found = await database.query(lambda connection: events_since(connection, NOW - 3600))
    deployed = RecentChange(NOW - 900, "Deployed: release 2, before it 1")
    level = RecentChange(NOW - 60, "Log level of all loggers: DEBUG")
    assert found == ChartEvents(
        changes=(level, deployed),
        rule_changes=(RuleChange("memory", NOW - 30, "Thresholds: warning 1 GB"),),
        breaches=(
            Breach(NOW - 9000, None, Severity.CRITICAL),
            Breach(NOW - 9000, NOW - 600, Severity.WARNING),
        ),
    )
    own = RecentChange(NOW - 30, "Thresholds: warning 1 GB")
    assert found.changes_of("memory") == (level, deployed, own)
    assert found.changes_of("") == (level, deployed)


async def test_a_damaged_incident_costs_no_other_one(database: Database) -> None:
    def damage(connection: sqlite3.Connection) -> None:
        store.save_incident(connection, OPEN, NOW)
        connection.execute("UPDATE incidents SET body = 'no json'")
        store.save_incident(connection, ENDED, NOW)

    await database.run(damage)
    found = await database.query(lambda connection: events_since(connection, NOW - 3600))
    assert found.breaches == (Breach(NOW - 9000, NOW - 600, Severity.WARNING),)


async def test_a_new_bot_has_no_past(database: Database) -> None:
    assert await database.query(lambda connection: events_since(connection, 0.0)) == NO_EVENTS

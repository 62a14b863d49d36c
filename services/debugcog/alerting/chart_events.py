"""State file → what happened to the bot since a time: changes and incidents, for its charts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TypeVar

from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.state.rows import ROW_ID, as_record, readable

T = TypeVar("T")

CHANGES_MAX = 100
BREACHES_MAX = 50


@frozen
class Breach:
    """An incident as a chart shades it.

    Attributes:
        since: unix seconds.
        ended: unix seconds; None while it is open.
        peak: its worst severity.
    """

    since: float
    ended: float | None
    peak: Severity


@frozen
class RuleChange:
    """A change of one rule's thresholds."""

    rule: str
    at: float
    text: str


@frozen
class ChartEvents:
    """What happened to the bot.

    Attributes:
        changes: of the bot: start, deploy, reload, log level; the latest first.
        rule_changes: of the thresholds of rules; the latest first.
        breaches: incidents, the latest first.
    """

    changes: tuple[RecentChange, ...] = ()
    rule_changes: tuple[RuleChange, ...] = ()
    breaches: tuple[Breach, ...] = ()

    def changes_of(self, rule: str) -> tuple[RecentChange, ...]:
        """List the changes of the bot and of one rule."""
        own = (RecentChange(one.at, one.text) for one in self.rule_changes if one.rule == rule)
        return (*self.changes, *own)


NO_EVENTS = ChartEvents()


def events_since(connection: sqlite3.Connection, start: float) -> ChartEvents:
    """Read what happened since a time (unix seconds), and what was going on then.

    Of an incident only what is drawn is read, at SQLite's speed and off Python's lock.
    """
    return ChartEvents(
        changes=tuple(_changes(connection, "changes", RecentChange, "at, text", start)),
        rule_changes=tuple(
            _changes(connection, "rule_changes", RuleChange, "at, rule, text", start)
        ),
        breaches=tuple(_breaches(connection, start)),
    )


def _changes(
    connection: sqlite3.Connection, table: str, kind: type[T], columns: str, start: float
) -> Iterator[T]:
    sql = f"SELECT id AS {ROW_ID}, {columns} FROM {table} WHERE at >= ? ORDER BY at DESC LIMIT ?"  # noqa: S608 - constants
    rows = connection.execute(sql, (start, CHANGES_MAX))
    return readable(connection, table, rows, as_record(kind))


def _breaches(connection: sqlite3.Connection, start: float) -> Iterator[Breach]:
    fields = ", ".join(f"{_field(name)} AS {name}" for name in ("since", "ended", "peak"))
    condition = f"open = 1 OR {_field('ended')} >= ? ORDER BY id DESC LIMIT ?"
    sql = f"SELECT id AS {ROW_ID}, {fields} FROM incidents WHERE {condition}"  # noqa: S608 - constants
    rows = connection.execute(sql, (start, BREACHES_MAX))
    return readable(connection, "incidents", rows, as_record(Breach))


def _field(name: str) -> str:
    return f"CASE WHEN json_valid(body) THEN json_extract(body, '$.{name}') END"

from __future__ import annotations

import sqlite3
from dataclasses import replace

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.reads import FEW
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import NONE
from services.debugcog.answers.incidents import incident_line, incidents
from tests.services.answers.test_frame import INCIDENT
from tests.services.answers.world import RULES, START, World, published, reading

ENDED = replace(
    INCIDENT,
    severity=Severity.OK,
    state="ended",
    reason="no traffic",
    ended=START - 300,
    acked=Severity.OK,
)


async def test_open_incidents_come_first_then_the_newest(bot: World) -> None:
    def save(connection: sqlite3.Connection) -> None:
        for one in (ENDED, replace(ENDED, rule="memory"), replace(INCIDENT, rule="tokens")):
            store.save_incident(connection, replace(one, id=0), START)

    await bot.database.run(save)
    answer = await incidents(bot.sources, published())
    assert [(one.id, one.rule, one.state) for one in answer.incidents] == [
        (3, "tokens", "firing"),
        (2, "memory", "ended"),
        (1, "response_time", "ended"),
    ]
    assert answer.trouble is None


async def test_all_open_ones_are_listed_however_many_and_the_worst_first(bot: World) -> None:
    def save(connection: sqlite3.Connection) -> None:
        critical = replace(INCIDENT, id=0, rule="database", severity=Severity.CRITICAL)
        store.save_incident(connection, critical, START)
        for number in range(30):
            shard = replace(INCIDENT, id=0, rule=f"shard_{number}", since=START - number)
            store.save_incident(connection, replace(shard, severity=Severity.WARNING), START)
        for number in range(30):
            store.save_incident(connection, replace(ENDED, id=0, rule=f"old_{number}"), START)

    await bot.database.run(save)
    answer = await incidents(bot.sources, published())
    rules = [one.rule for one in answer.incidents]
    assert rules[:3] == ["database", "shard_29", "shard_28"]
    assert (rules.count("shard_0"), len(rules), rules[31], rules[-1]) == (1, 56, "old_29", "old_5")


def test_one_that_became_worse_since_is_acknowledged_by_nobody() -> None:
    seen = replace(INCIDENT, acked=Severity.WARNING, acked_by="@ada", severity=Severity.WARNING)
    assert incident_line(seen, START).acknowledged_by == "@ada"
    worse = incident_line(replace(seen, severity=Severity.CRITICAL), START)
    assert (worse.acknowledged_by, worse.acknowledged_at) == ("", None)


def test_one_that_has_ended_is_shown_as_bad_as_it_was() -> None:
    line = incident_line(ENDED, START)
    assert (line.severity, line.mark, line.reason) == (Severity.CRITICAL, "🔴", "no traffic")
    assert (line.ended, line.lasted.text) == (START - 300, "5 min")
    assert (line.acknowledged_by, line.acknowledged_at) == ("", None)


def test_a_value_that_is_gone_has_no_figure() -> None:
    line = incident_line(replace(INCIDENT, stale=True), START)
    assert (line.value.text, line.text) == (NONE, "no value (last 4.2 s)")
    assert (line.worst.text, line.worst.mark) == ("6.1 s", "🔴")


async def test_rules_stand_as_they_read_the_worst_first(bot: World) -> None:
    rules = {
        "memory": reading("memory", 512.0),
        "response_time": reading("response_time", 5200.0),
        "tokens": replace(RULES["tokens"], recorded=False),
        "error_rate": replace(RULES["error_rate"], signal=FEW),
        "gateway": RULES["gateway"],
    }
    answer = await incidents(bot.sources, published(rules=rules))
    assert [(one.name, one.mark, one.value.text, one.missing) for one in answer.rules] == [
        ("response_time", "🔴", "5.2 s", ""),
        ("memory", "✅", "512 MB", ""),
        ("tokens", "❔", NONE, "not recorded by this bot"),
        ("error_rate", "✅", NONE, "not enough traffic yet"),
        ("gateway", "❔", NONE, "no value"),
    ]
    assert (answer.rules[0].warning.text, answer.rules[0].critical.text) == ("3 s", "5 s")


async def test_a_closed_state_file_costs_the_ended_ones_only(bot: World) -> None:
    bot.database.close()
    answer = await incidents(bot.sources, published(incidents=(INCIDENT,)))
    assert [one.id for one in answer.incidents] == [7]
    assert (answer.trouble or "").startswith("Ended incidents are missing: ")

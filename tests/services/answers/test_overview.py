from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from services.debugcog.alerting.incident_store import note_change
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity, rule
from services.debugcog.alerting.states import SeverityState
from services.debugcog.answers.figure import NONE, Figure
from services.debugcog.answers.overview import overview
from services.debugcog.charting.chart_spec import Mark
from services.debugcog.errors.records import Context, ErrorEvent, ErrorGroup
from services.debugcog.errors.tables import add_event, save_group
from tests.services.answers.test_frame import INCIDENT
from tests.services.answers.test_traffic import People
from tests.services.answers.world import RULES, START, World, published, reading


async def test_a_new_bot_has_dashes_and_no_marks(bot: World) -> None:
    answer = await overview(bot.sources, published(), "1h")
    tiles = answer.tiles
    dashes = (
        *(tiles.active_users.now, tiles.messages.hour, tiles.response_time.average),
        *(tiles.errors.rate, tiles.memory.now, tiles.uptime.latency),
    )
    assert [(one.text, one.mark) for one in dashes] == [(NONE, "")] * 6
    assert (tiles.errors.count.text, tiles.uptime.guilds.text) == ("0", "3")
    assert tiles.response_time.title == "Command time"
    assert (answer.errors, answer.alerts, answer.trouble) == ((), (), None)


async def test_the_tiles_are_what_was_recorded_with_the_marks_of_the_rules(bot: World) -> None:
    values = {"total_response_time": 4000.0, "memory_usage_mb": 512.0, "cpu_percent": 12.5}
    bot.run(600, step=10, messages_processed=2, errors=1, gateway_latency_ms=42.0, **values)
    rules = {
        **RULES,
        "response_time": reading("response_time", 4000.0),
        "memory": reading("memory", 512.0),
        "error_rate": reading("error_rate", 50.0),
    }
    sources = replace(bot.sources, activity=People())
    tiles = (await overview(sources, published(rules=rules), "1h")).tiles
    assert (tiles.active_users.now, tiles.messages.hour) == (Figure(10), Figure(120))
    assert (tiles.response_time.title, tiles.response_time.p95.text) == ("Response time", "4 s")
    assert tiles.response_time.average == Figure(4000.0, "ms", Severity.WARNING)
    assert (tiles.errors.count, tiles.errors.rate.text, tiles.errors.rate.mark) == (
        Figure(60),
        "50%",
        "🔴",
    )
    assert tiles.response_time.now == Figure(4000.0, "ms", Severity.WARNING)
    assert tiles.errors.now == Figure(50.0, "%", Severity.CRITICAL)
    assert tiles.memory.now == Figure(512.0, "MB", Severity.OK)
    assert (tiles.memory.cpu.text, tiles.uptime.uptime.text) == ("12.5%", "10 min")
    assert tiles.uptime.latency == Figure(42.0, "ms")


async def test_a_rule_of_the_hosts_marks_the_figure_that_it_reads(bot: World) -> None:
    bot.run(600, step=10, cpu_percent=95.0, gateway_latency_ms=900.0)
    rules = {
        one.name: RuleStatus(one, one, Signal(value), SeverityState())
        for one, value in (
            (rule("busy", gauge="cpu_percent", warning=80, unit="%"), 95.0),
            (rule("far", gauge="gateway_latency_ms", warning=200, critical=800, unit="ms"), 900.0),
        )
    }
    tiles = (await overview(bot.sources, published(rules=rules), "1h")).tiles
    assert tiles.memory.cpu == Figure(95.0, "%", Severity.WARNING)
    assert tiles.uptime.latency == Figure(900.0, "ms", Severity.CRITICAL)


async def test_its_charts_show_messages_and_response_times_with_marks(bot: World) -> None:
    bot.run(600, messages_processed=1, total_response_time=200.0)
    note = partial(note_change, text="Log level of all loggers: DEBUG", unix=START + 300)
    await bot.database.run(note)
    answer = await overview(bot.sources, published(), "1h")
    assert set(answer.charts) == {"messages", "response_time"}
    assert [one.marks for one in answer.charts.values()] == [(Mark(START + 300, "log level"),)] * 2
    messages, response = answer.charts.values()
    assert (messages.start, messages.end) == (response.start, response.end)
    assert {value for _, value in messages.lines[0].points[1:-1]} == {12.0}


async def test_errors_and_alerts_are_listed(bot: World) -> None:
    event = ErrorEvent(
        "E-7K3Q9D", START, "builtins.KeyError", "'voice'", "", "", "ab" * 32, Context(), "", ()
    )

    def save(connection: sqlite3.Connection) -> None:
        for number in range(7):
            found = replace(event, fingerprint=f"{number}" * 64, id=f"E-{number}")
            group = ErrorGroup(
                found.fingerprint,
                found.type,
                "services/tts.py:45 in generate",
                START - 3600,
                START + number,
                1200 + number,
                "regressed",
                event=found,
            )
            add_event(connection, found)
            save_group(connection, group)

    await bot.database.run(save)
    answer = await overview(bot.sources, published(incidents=(INCIDENT,)), "1h")
    assert [one.count.text for one in answer.errors] == [
        *("1,206", "1,205", "1,204", "1,203", "1,202")
    ]
    first = answer.errors[0]
    assert (first.id, first.title, first.place) == (
        "66666666",
        "KeyError: 'voice'",
        "services/tts.py:45",
    )
    assert (first.state, first.mark) == ("Back after it was resolved", "🔴")
    assert [(one.id, one.acknowledged_by) for one in answer.alerts] == [(7, "<@42>")]


async def test_a_state_file_that_is_closed_costs_errors_and_marks_only(bot: World) -> None:
    bot.run(60, memory_usage_mb=512.0)
    bot.database.close()
    answer = await overview(bot.sources, published(), "1h")
    assert answer.tiles.memory.now.text == "512 MB"
    assert (answer.trouble or "").startswith("Errors, and marks in charts, are missing: ")

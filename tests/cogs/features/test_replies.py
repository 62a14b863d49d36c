from __future__ import annotations

import logging
from dataclasses import replace

import discord
import pytest

from cogs.debug.features.loglevel.reply import loglevel_reply
from cogs.debug.features.memory.reply import memory_reply, trend
from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.features.metrics.reply import metrics_reply
from cogs.debug.ui import times as formatting
from cogs.debug.ui.chart_lines import line, span
from cogs.debug.ui.grades import Field, grade_of, worst
from cogs.debug.ui.reply import (
    EMBEDS_TOTAL_MAX,
    Button,
    Colour,
    Reply,
    clip,
    problem,
)
from cogs.debug.ui.windows import WINDOWS, Window
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import FEW, MISSING, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.levels import Override
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Point, Snapshot

NOW = 1_800_000_000.0
RULES = {
    rule.name: RuleStatus(rule, rule, MISSING, SeverityState())
    for rule in default_rules(Settings())
}
"""The rules as they stand before anything was measured."""
MEMORY = replace(RULES["memory"], signal=Signal(512.0))
REPORT = MemoryReport(
    rss_mb=512.0,
    uss_mb=480.5,
    peak_mb=600.0,
    system_total_mb=8192.0,
    system_available_mb=4096.0,
    threads=12,
    descriptors=34,
    tasks=1234,
    collections=(100, 10, 1),
    uncollectable=0,
    uptime=7265.0,
)


def point(time: float, value: float) -> Point:
    return Point(time, 1, value, value, value, value)


def snapshot(metrics: MetricsService | None = None) -> Snapshot:
    service = metrics or MetricsService(fold_interval=None, clock=lambda: NOW)
    return service.snapshot(3600.0)


def fields(reply: Reply) -> dict[str | None, str | None]:
    return {field.name: field.value for field in reply.embeds[0].fields}


def test_times_are_left_to_discord_which_knows_the_readers_zone() -> None:
    assert formatting.ago(NOW + 0.4) == "<t:1800000000:R>"
    assert formatting.at(NOW) == "<t:1800000000:f>"


@pytest.mark.parametrize(
    ("signal", "severity", "grade"),
    [
        (MISSING, Severity.OK, Colour.NEUTRAL),
        (FEW, Severity.OK, Colour.NEUTRAL),
        (Signal(2999.9), Severity.OK, Colour.GOOD),
        (Signal(3000.0), Severity.OK, Colour.WARNING),
        (Signal(4999.0), Severity.OK, Colour.WARNING),
        (Signal(5000.0), Severity.OK, Colour.CRITICAL),
        (Signal(100.0), Severity.WARNING, Colour.WARNING),
        (MISSING, Severity.CRITICAL, Colour.CRITICAL),
    ],
)
def test_a_mark_is_that_of_the_rule_in_force_its_value_or_its_incident(
    signal: Signal, severity: Severity, grade: Colour
) -> None:
    status = replace(RULES["response_time"], signal=signal, state=SeverityState(severity=severity))
    assert grade_of(status) is grade
    assert grade_of(None) is Colour.NEUTRAL


def test_a_changed_threshold_changes_marks_and_the_thresholds_of_charts() -> None:
    lowered = MEMORY.rule.with_thresholds({Severity.WARNING: 1.0, Severity.CRITICAL: 2.0})
    status = replace(MEMORY, rule=lowered)
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("memory_usage_mb", 512.0)
    rules = {**RULES, "memory": status}
    assert "Memory 🔴" in fields(metrics_reply(snapshot(metrics), (), "1h", rules))
    reply = memory_reply(REPORT, (), "1h", status, NOW)
    assert "This process 🔴" in fields(reply)
    assert reply.chart
    assert [one.value for one in reply.chart.thresholds] == [1.0, 2.0]


def test_the_metrics_say_how_many_alerts_are_open() -> None:
    incident = Incident(
        *("memory", "Memory", "MB", Severity.WARNING, Severity.WARNING),
        *(1600.0, 1600.0, 1536.0, 2048.0, NOW, NOW),
    )
    one = {**RULES, "memory": replace(MEMORY, incident=incident)}
    shown = metrics_reply(snapshot(), (), "1h", one).embeds[0].description
    assert shown == "⚠️ 1 alert is open: `/debug alerts`"
    worse = replace(incident, severity=Severity.CRITICAL)
    two = {**one, "tokens": replace(RULES["tokens"], incident=worse)}
    shown = metrics_reply(snapshot(), (), "1h", two).embeds[0].description
    assert shown == "🔴 2 alerts are open: `/debug alerts`"
    off = metrics_reply(snapshot(), (), "1h", two, enabled=False).embeds[0].description
    assert off == "Metrics are off: `METRICS_ENABLED=false`."


def test_the_worst_grade_colours_the_reply() -> None:
    assert worst([Colour.GOOD, Colour.CRITICAL, Colour.WARNING]) is Colour.CRITICAL
    assert worst([Colour.NEUTRAL, Colour.GOOD]) is Colour.GOOD
    assert worst([]) is Colour.NEUTRAL
    assert Field("Memory", "", Colour.WARNING).title == "Memory ⚠️"


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert clip("12345", 5) == "12345"
    assert clip("123456", 5) == "1234…"


def test_a_pause_in_the_points_is_a_gap_in_the_line() -> None:
    points = [point(0, 1.0), point(10, 2.0), point(20, 3.0), point(100, 4.0), point(110, 5.0)]
    assert line("mean", points, lambda point: point.mean).points == (
        (0, 1.0),
        (10, 2.0),
        (20, 3.0),
        (60, None),
        (100, 4.0),
        (110, 5.0),
    )


def test_a_young_bots_chart_begins_with_its_first_value() -> None:
    assert span([point(NOW - 600, 1.0)], NOW - 3600, NOW) == (NOW - 600, NOW)
    assert span([point(NOW - 5, 1.0)], NOW - 3600, NOW) == (NOW - 60, NOW)
    assert span([], NOW - 3600, NOW) == (NOW - 3600, NOW)
    assert span([point(NOW - 4000, 1.0)], NOW - 3600, NOW) == (NOW - 3600, NOW)


def test_a_bot_that_recorded_nothing_gets_a_reply_that_says_so() -> None:
    reply = metrics_reply(snapshot(), (), "1h", RULES)
    assert fields(reply) == {
        "Response time": "nothing yet",
        "LLM": "nothing yet",
        "TTS": "nothing yet",
        "Tokens": "nothing yet",
        "Errors": "**0**",
        "API calls": "**0**\nno cache calls",
        "Memory": "nothing yet",
        "Event loop": "nothing yet",
        "Gateway": "nothing yet",
    }
    assert reply.embeds[0].colour == discord.Colour(Colour.NEUTRAL.value)


def test_a_host_without_response_times_shows_the_time_of_its_commands() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("command", 6000.0, command="ask")
    slow = {**RULES, "response_time": replace(RULES["response_time"], signal=Signal(6000.0))}
    reply = metrics_reply(snapshot(metrics), (), "1h", slow)
    assert fields(reply)["Command time 🔴"] == "avg **6 s**\np95 6 s\nmax 6 s\n1 call"
    assert reply.chart
    assert reply.chart.title == "Command time"
    assert reply.embeds[0].colour == discord.Colour(Colour.CRITICAL.value)


def test_failed_blocks_are_told() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    with pytest.raises(LookupError), metrics.timer("llm_generation"):
        raise LookupError
    assert (fields(metrics_reply(snapshot(metrics), (), "1h", RULES))["LLM"] or "").endswith(
        "1 call\n1 failed"
    )


def test_what_the_host_records_under_names_of_its_own_is_listed() -> None:
    metrics = MetricsService(clock=lambda: NOW, fold_interval=None)
    for value in (4, 12):
        metrics.record("queue_length", value)
    metrics.increment("jokes", 1_200)
    metrics.increment("user_mistakes")
    metrics.record("temp_files_mb", 12.5)
    metrics.record("memory_usage_mb", 512)
    with metrics.timer("voice_transcription"):
        pass
    shown = fields(metrics_reply(snapshot(metrics), (), "1h", {**RULES, "memory": MEMORY}))
    assert shown["Your own metrics"] == (
        "`queue_length` **12** now, avg 8, p95 12, max 12\n`jokes` **1,200**"
    )
    assert shown["Memory ✅"] == "**512 MB**\npeak 512 MB\ntemporary files 12.5 MB"
    assert str(shown["Transcription"]).endswith("1 call")


def test_many_metrics_of_the_host_are_cut() -> None:
    metrics = MetricsService(clock=lambda: NOW, fold_interval=None)
    for number in range(20):
        metrics.increment(f"counter_{number:02}")
    shown = str(fields(metrics_reply(snapshot(metrics), (), "1h", RULES))["Your own metrics"])
    assert shown.splitlines()[7:] == ["`counter_07` **1**", "and 12 more"]


@pytest.mark.parametrize("window", WINDOWS)
def test_the_chosen_window_is_marked_in_the_menu(window: Window) -> None:
    menu, refresh = metrics_reply(snapshot(), (), window, RULES).controls
    assert not isinstance(menu, Button)
    assert [option.action for option in menu.options if option.chosen] == [ShowMetrics(window)]
    assert isinstance(refresh, Button)
    assert refresh.action == ShowMetrics(window)


def test_memory_is_told_with_what_a_restart_would_free() -> None:
    reply = memory_reply(REPORT, (), "1h", MEMORY, NOW)
    assert fields(reply) == {
        "This process ✅": "**512 MB** resident\npeak 600 MB\n480 MB private",
        "Trend": "too few samples yet",
        "Machine": "**4 GB** of 8 GB used\n4 GB available",
        "Threads and tasks": "**12** threads\n1,234 tasks",
        "Open files": "**34**\nsockets included",
        "Garbage collector": "**100 / 10 / 1** runs\n0 uncollectable",
    }
    assert reply.embeds[0].footer.text == "Up 2 h 1 min"


def test_a_leak_is_told_with_the_time_until_the_warning_level() -> None:
    points = [point(NOW + 60 * step, 400.0 + 2.0 * step) for step in range(60)]
    assert trend(points) == pytest.approx(120.0)
    reply = memory_reply(replace(REPORT, rss_mb=1176.0), points, "1h", MEMORY, NOW)
    assert fields(reply)["Trend"] == "**+120 MB** an hour\nwarning level in 3 h"


def test_memory_that_stays_is_steady() -> None:
    points = [point(NOW + 60 * step, 400.0) for step in range(60)]
    assert fields(memory_reply(REPORT, points, "1h", MEMORY, NOW))["Trend"] == "**steady**"


def test_debug_mode_is_the_title_and_every_override_a_line() -> None:
    reply = loglevel_reply(
        {"root": logging.DEBUG, "host.llm": logging.ERROR},
        (
            Override("host.llm", logging.ERROR, logging.NOTSET, None),
            Override("root", logging.DEBUG, logging.INFO, NOW),
        ),
    )
    assert reply.embeds[0].title == "Debug mode is on"
    assert reply.embeds[0].description == (
        "`host.llm`: **ERROR**\nAll loggers: **DEBUG**, resets <t:1800000000:R>"
    )
    assert [button.label for button in reply.controls if isinstance(button, Button)] == [
        "Undo all changes"
    ]


def test_no_reply_is_larger_than_discord_takes() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    for name in ("total_response_time", "llm_generation", "tts_generation", "tokens_input"):
        metrics.record(name, 9.99e14)
    metrics.increment("errors", 10**15)
    metrics.increment("messages_processed", 10**15)
    overrides = tuple(Override("x" * 500 + str(n), 10, 0, NOW) for n in range(100))
    for reply in (
        metrics_reply(snapshot(metrics), (), "1h", RULES),
        loglevel_reply({"root": logging.INFO}, overrides),
        problem("y" * 10_000),
    ):
        assert sum(len(embed) for embed in reply.embeds) <= EMBEDS_TOTAL_MAX
        assert all(len(field.value or "") <= 1024 for field in reply.embeds[0].fields)

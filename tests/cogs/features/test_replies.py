from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
import pytest

from cogs.debug.features.loglevel.reply import loglevel_reply
from cogs.debug.features.memory import reply as memory_replies
from cogs.debug.features.metrics import reply as metrics_replies
from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.ui import times as formatting
from cogs.debug.ui.grades import Field, grade_of, worst
from cogs.debug.ui.reply import (
    EMBEDS_TOTAL_MAX,
    Button,
    Colour,
    Reply,
    problem,
)
from services.debugcog.alerting.chart_events import ChartEvents
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import FEW, MISSING, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity, rule
from services.debugcog.alerting.states import SeverityState
from services.debugcog.answers.figure import severity_of
from services.debugcog.answers.memory import MemoryAnswer, memory_answer
from services.debugcog.answers.metrics import metrics_answer
from services.debugcog.charting.chart_spec import ChartSpec, Mark, alt_text
from services.debugcog.levels import Override
from services.debugcog.logfile.obstacles import Obstacle
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import MemoryReport, Run
from services.debugcog.settings import Settings
from services.debugcog.timeseries.snapshot import Point, Snapshot
from services.debugcog.timeseries.trend import Trend
from services.debugcog.windows import WINDOWS, Window
from tests.clock import Clock

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
    contained=False,
    threads=12,
    descriptors=34,
    tasks=1234,
    collections=(100, 10, 1),
    uncollectable=0,
    uptime=7265.0,
)


RUN = Run(uptime=7265.0, peak_mb=600.0)


def answer(
    report: MemoryReport = REPORT,
    *,
    trend: Trend | None = None,
    points: Sequence[Point] = (),
    starts: Sequence[float] = (),
    changes: tuple[RecentChange, ...] = (),
    rule_status: RuleStatus | None = MEMORY,
) -> MemoryAnswer:
    return memory_answer(
        *(report, trend, points, "1h", rule_status, NOW),
        starts=starts,
        events=ChartEvents(changes),
    )


def memory_reply(answer: MemoryAnswer, window: Window) -> Reply:
    return memory_replies.memory_reply(replace(answer, window=window))


def metrics_reply(*arguments: Any, changes: tuple[RecentChange, ...] = (), **others: Any) -> Reply:
    found = metrics_answer(*arguments, **others, events=ChartEvents(changes))
    return metrics_replies.metrics_reply(found)


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
    assert grade_of(severity_of(status)) is grade
    assert grade_of(None) is Colour.NEUTRAL


def test_a_changed_threshold_changes_marks_and_the_thresholds_of_charts() -> None:
    lowered = MEMORY.rule.with_thresholds({Severity.WARNING: 1.0, Severity.CRITICAL: 2.0})
    status = replace(MEMORY, rule=lowered)
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("memory_usage_mb", 512.0)
    rules = {**RULES, "memory": status}
    assert "Memory 🔴" in fields(metrics_reply(snapshot(metrics), (), "1h", rules, RUN))
    reply = memory_reply(answer(rule_status=status), "1h")
    assert "This process 🔴" in fields(reply)
    assert isinstance(reply.chart, ChartSpec)
    assert [one.value for one in reply.chart.thresholds] == [1.0, 2.0]


def test_the_metrics_say_how_many_alerts_are_open_derived_ones_included() -> None:
    incident = Incident(
        *("memory", "Memory", "MB", Severity.WARNING, Severity.WARNING),
        *(1600.0, 1600.0, 1536.0, 2048.0, NOW, NOW),
    )
    worse = replace(incident, rule="crash_loop", severity=Severity.CRITICAL)

    def said(*incidents: Incident, enabled: bool = True) -> str | None:
        return (
            metrics_reply(snapshot(), (), "1h", RULES, RUN, incidents=incidents, enabled=enabled)
            .embeds[0]
            .description
        )

    assert said() is None
    assert said(incident) == "⚠️ 1 alert is open: `/debug alerts`"
    assert said(incident, worse) == "🔴 2 alerts are open: `/debug alerts`"
    assert said(incident, worse, enabled=False) == "Metrics are off: `METRICS_ENABLED=false`."


def test_the_worst_grade_colours_the_reply() -> None:
    assert worst([Colour.GOOD, Colour.CRITICAL, Colour.WARNING]) is Colour.CRITICAL
    assert worst([Colour.NEUTRAL, Colour.GOOD]) is Colour.GOOD
    assert worst([]) is Colour.NEUTRAL
    assert Field("Memory", "", Colour.WARNING).title == "Memory ⚠️"


CHANGES = (
    RecentChange(NOW - 60, "Log level of all loggers: DEBUG"),
    RecentChange(NOW - 100, "Thresholds: warning 1 GB, critical 2 GB, set by <@22>"),
    RecentChange(NOW - 120, "DebugCog reloaded, release 2"),
    RecentChange(NOW - 145, "Deployed: release 2, before it 1"),
    RecentChange(NOW - 280, "DebugCog loaded, release 1"),
    RecentChange(NOW - 9000, "Deployed: release 1, before it 0"),
)
MARKED = (
    Mark(NOW - 150, "restart"),
    Mark(NOW - 145, "deploy"),
    Mark(NOW - 120, "reload"),
    Mark(NOW - 100, "thresholds"),
    Mark(NOW - 60, "log level"),
)


def test_the_chart_of_response_times_marks_the_changes_of_the_bot() -> None:
    points = [point(NOW - 300 + 60 * step, 900.0) for step in range(5)]
    reply = metrics_reply(
        snapshot(), points, "1h", RULES, RUN, starts=(NOW - 150.0,), changes=CHANGES
    )
    assert isinstance(reply.chart, ChartSpec)
    assert reply.chart.marks == MARKED


def test_the_chart_of_the_memory_marks_the_changes_of_the_bot() -> None:
    points = [point(NOW - 300 + 60 * step, 58.0) for step in range(5)]
    chart = memory_reply(answer(points=points, starts=(NOW - 150.0,), changes=CHANGES), "1h").chart
    assert isinstance(chart, ChartSpec)
    assert chart.marks == MARKED


def test_what_a_bot_has_never_recorded_is_not_shown() -> None:
    reply = metrics_reply(snapshot(), (), "1h", RULES, RUN)
    assert fields(reply) == {
        "Command time": "nothing yet",
        "Errors": "**0**",
        "Memory": "nothing yet",
        "Event loop": "nothing yet",
        "Gateway": "nothing yet",
    }
    assert reply.embeds[0].colour == discord.Colour(Colour.NEUTRAL.value)
    assert reply.embeds[0].footer.text == "Up 2 h 1 min"


def test_what_a_bot_has_recorded_before_the_window_is_shown_as_none_in_it() -> None:
    clock = Clock(NOW)
    metrics = MetricsService(fold_interval=None, clock=clock)
    for name in ("total_response_time", "llm_generation", "tokens_used"):
        metrics.record(name, 100.0)
    metrics.increment("cache_hits")
    metrics.fold()
    clock.turn(7200)
    shown = fields(metrics_reply(snapshot(metrics), (), "1h", RULES, RUN))
    assert {name: shown[name] for name in list(shown)[:4]} == {
        "Response time": "none in this window",
        "LLM": "none in this window",
        "Tokens": "none in this window",
        "Errors": "**0**",
    }
    assert shown["API calls"] == "**0**"


def test_tokens_that_are_not_told_apart_are_shown_as_used() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    for amount in (100, 300):
        metrics.record("tokens_used", amount)
    shown = fields(metrics_reply(snapshot(metrics), (), "1h", RULES, RUN))
    assert shown["Tokens"] == "**200** per request\n400 used"


def test_a_host_without_response_times_shows_the_time_of_its_commands() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("command", 6000.0, command="ask")
    slow = {**RULES, "response_time": replace(RULES["response_time"], signal=Signal(6000.0))}
    reply = metrics_reply(snapshot(metrics), (), "1h", slow, RUN)
    assert fields(reply)["Command time 🔴"] == "avg **6 s**\np95 6 s\nmax 6 s\n1 call"
    assert reply.chart
    assert reply.chart.title == "Command time"
    assert reply.embeds[0].colour == discord.Colour(Colour.CRITICAL.value)


def test_command_times_stay_when_the_host_begins_to_record_response_times() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("command", 50.0, command="ask")
    metrics.record("total_response_time", 2000.0)
    status = {**RULES, "response_time": replace(RULES["response_time"], signal=Signal(2000.0))}
    reply = metrics_reply(snapshot(metrics), (), "1h", status, RUN)
    shown = fields(reply)
    assert shown["Response time ✅"] == "avg **2 s**\np95 2 s\nmax 2 s\n1 call"
    assert shown["Command time"] == "avg **50 ms**\np95 50 ms\nmax 50 ms\n1 call"
    assert reply.chart
    assert reply.chart.title == "Response time"


def test_a_mark_stands_beside_the_value_that_it_is_of_whatever_the_window() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("event_loop_lag_ms", 2.0)
    lagging = {**RULES, "event_loop": replace(RULES["event_loop"], signal=Signal(4000.0))}
    shown = fields(metrics_reply(snapshot(metrics), (), "1h", lagging, RUN))
    assert shown["Event loop 🔴"] == "lag p99 **2 ms**\nmax 2 ms\nalert value **4 s**"


def test_failed_blocks_are_told() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    with pytest.raises(LookupError), metrics.timer("llm_generation"):
        raise LookupError
    assert (fields(metrics_reply(snapshot(metrics), (), "1h", RULES, RUN))["LLM"] or "").endswith(
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
    shown = fields(metrics_reply(snapshot(metrics), (), "1h", {**RULES, "memory": MEMORY}, RUN))
    assert shown["Your own metrics"] == (
        "`queue_length` **12** now, avg 8, p95 12, max 12\n`jokes` **1,200**"
    )
    assert shown["Memory ✅"] == "**512 MB**\npeak of this run 600 MB\ntemporary files 12.5 MB"
    assert str(shown["Transcription"]).endswith("1 call")


def test_any_metric_has_the_mark_of_the_worst_rule_that_reads_it() -> None:
    metrics = MetricsService(clock=lambda: NOW, fold_interval=None)
    metrics.record("apples", 1)
    metrics.record("queue_length", 600)
    metrics.record("tts_generation", 900)
    marked = rule("queue", gauge="queue_length", warning=100, critical=500)
    slow = rule("slow_voice", gauge="tts_generation", warning=500, unit="ms")
    rules = {
        one.name: RuleStatus(one, one, Signal(value), SeverityState())
        for one, value in ((marked, 600.0), (slow, 900.0))
    }
    reply = metrics_reply(snapshot(metrics), (), "1h", {**RULES, **rules}, RUN)
    shown = fields(reply)
    assert str(shown["Your own metrics"]).splitlines() == [
        "🔴 `queue_length` **600** now, avg 600, p95 600, max 600",
        "`apples` **1** now, avg 1, p95 1, max 1",
    ]
    assert "TTS ⚠️" in shown
    assert reply.embeds[0].colour == discord.Colour(Colour.CRITICAL.value)


def test_many_metrics_of_the_host_are_cut() -> None:
    metrics = MetricsService(clock=lambda: NOW, fold_interval=None)
    for number in range(20):
        metrics.increment(f"counter_{number:02}")
    shown = str(fields(metrics_reply(snapshot(metrics), (), "1h", RULES, RUN))["Your own metrics"])
    assert shown.splitlines()[7:] == ["`counter_07` **1**", "and 12 more"]


@pytest.mark.parametrize("window", WINDOWS)
def test_the_chosen_window_is_marked_in_the_menu(window: Window) -> None:
    menu, refresh = metrics_reply(snapshot(), (), window, RULES, RUN).controls
    assert not isinstance(menu, Button)
    assert [option.action for option in menu.options if option.chosen] == [ShowMetrics(window)]
    assert isinstance(refresh, Button)
    assert refresh.action == ShowMetrics(window)


def test_memory_is_told_with_what_a_restart_would_free() -> None:
    reply = memory_reply(answer(), "1h")
    assert fields(reply) == {
        "This process ✅": "**512 MB** resident\npeak of this run 600 MB\n480 MB private",
        "Trend": "not known yet: needs 12 values after the first 5 min",
        "Machine": "**4 GB** of 8 GB used\n4 GB available",
        "Threads and tasks": "**12** threads\n1,234 tasks",
        "Open files": "**34**\nsockets included",
        "Garbage collector": "**100 / 10 / 1** runs\n0 uncollectable",
    }
    assert reply.embeds[0].footer.text == "Up 2 h 1 min"


def test_what_the_system_does_not_tell_is_left_out() -> None:
    blind = replace(
        REPORT,
        rss_mb=None,
        uss_mb=None,
        peak_mb=None,
        system_total_mb=None,
        system_available_mb=None,
        descriptors=None,
    )
    assert fields(memory_reply(answer(blind, rule_status=None), "1h")) == {
        "This process": "not reported by the system",
        "Trend": "not known yet: needs 12 values after the first 5 min",
        "Threads and tasks": "**12** threads\n1,234 tasks",
        "Garbage collector": "**100 / 10 / 1** runs\n0 uncollectable",
    }
    half = replace(blind, rss_mb=512.0, system_total_mb=8192.0)
    shown = fields(memory_reply(answer(half), "1h"))
    assert shown["This process ✅"] == "**512 MB** resident"
    assert shown["Machine"] == "**8 GB**"


def test_without_metrics_no_trend_is_promised() -> None:
    reply = memory_reply(replace(answer(), enabled=False), "1h")
    assert reply.embeds[0].description == (
        "Whether it leaks is not measured: `METRICS_ENABLED=false`."
        "\nTo learn what grows, press **Count objects**, and again a few minutes later."
    )
    assert fields(reply)["Trend"] == "not measured"


def test_in_a_container_its_limit_is_told_and_the_room_that_is_left() -> None:
    report = replace(REPORT, system_total_mb=1024.0, system_available_mb=256.0, contained=True)
    shown = fields(memory_reply(answer(report), "1h"))
    assert shown["Container"] == "**768 MB** of 1 GB used\n256 MB left of its limit"
    assert "Machine" not in shown


@pytest.mark.parametrize(
    ("trend", "text"),
    [
        (
            None,
            (
                "**Not known yet**: the bot has not run for long enough; ask again in some minutes"
                "\nTo learn what grows, press **Count objects**, and again a few minutes later."
            ),
        ),
        (
            Trend(120.0, 110.0, 131.0, 3300.0),
            (
                "**🔴 Leaking**: +120 MB/h over the last 55 min (99% sure: +110 MB/h to "
                "+131 MB/h); reaches 1.5 GB (warning) in about 3 h"
                "\nTo learn what grows, press **Count objects**, and again a few minutes later."
            ),
        ),
        (
            Trend(0.5, 0.25, 0.75, 86_400.0),
            (
                "**🔴 Leaking**: +12 MB/day over the last 1 d (99% sure: +6 MB/day to "
                "+18 MB/day); reaches 1.5 GB (warning) in about 30 d"
                "\nTo learn what grows, press **Count objects**, and again a few minutes later."
            ),
        ),
        (
            Trend(120.0, 110.0, 131.0, 900.0),
            (
                "**Not known yet**: +120 MB/h over the last 15 min (99% sure: +110 MB/h to "
                "+131 MB/h); a cache that fills does so too; ask again in 15 min"
                "\nTo learn what grows, press **Count objects**, and again a few minutes later."
            ),
        ),
        (
            Trend(-2048.0, -3072.0, -1024.0, 3300.0),
            (
                "**✅ Steady**: falls by itself: -2 GB/h over the last 55 min "
                "(99% sure: -3 GB/h to -1 GB/h)"
            ),
        ),
        (Trend(120.0, -10.0, 250.0, 3300.0), "**✅ Steady**: no trend over the last 55 min"),
        (Trend(0.01, 0.005, 0.02, 3300.0), "**✅ Steady**: no trend over the last 55 min"),
    ],
)
def test_whether_it_leaks_is_told_first_with_its_evidence(trend: Trend | None, text: str) -> None:
    report = replace(REPORT, rss_mb=1176.0)
    assert memory_reply(answer(report, trend=trend), "1h").embeds[0].description == text


@pytest.mark.parametrize(
    ("trend", "text"),
    [
        (
            Trend(120.0, 110.0, 131.0, 3300.0),
            "**+120 MB/h** over the last 55 min\n99% sure: +110 MB/h to +131 MB/h",
        ),
        (Trend(120.0, -10.0, 250.0, 3300.0), "**none** over the last 55 min"),
    ],
)
def test_the_trend_names_its_span_and_how_sure_it_is(trend: Trend, text: str) -> None:
    assert fields(memory_reply(answer(trend=trend), "1h"))["Trend"] == text


def test_the_limit_that_comes_first_is_the_one_that_is_foretold() -> None:
    report = replace(
        REPORT, rss_mb=900.0, system_total_mb=1024.0, system_available_mb=120.0, contained=True
    )
    trend = Trend(120.0, 110.0, 131.0, 3300.0)
    shown = str(memory_reply(answer(report, trend=trend), "1h").embeds[0].description)
    assert shown.splitlines()[0].endswith("; reaches the container's limit in about 1 h")


def test_the_memory_of_an_earlier_run_is_apart_in_the_chart_and_the_restart_marked() -> None:
    points = [point(NOW - 300 + 60 * step, 700.0 if step < 3 else 58.0) for step in range(5)]
    chart = memory_reply(answer(points=points, starts=(NOW - 150.0,)), "1h").chart
    assert isinstance(chart, ChartSpec)
    assert [value for _, value in chart.lines[0].points] == [700, 700, 700, None, 58, 58]
    assert chart.marks == (Mark(NOW - 150.0, "restart"),)
    assert alt_text(chart).endswith("Marked at 07:57 UTC: restart.")


def test_debug_mode_is_the_title_and_every_override_a_line() -> None:
    reply = loglevel_reply(
        {"root": logging.DEBUG, "host.llm": logging.ERROR},
        (
            Override("host.llm", logging.ERROR, logging.NOTSET, None),
            Override("root", logging.DEBUG, logging.INFO, NOW),
        ),
        obstacles=(),
        follow=ShowMetrics("1h"),
    )
    assert reply.embeds[0].title == "Debug mode is on"
    assert reply.embeds[0].description == (
        "`host.llm`: **ERROR**\nAll loggers: **DEBUG**, resets <t:1800000000:R>"
    )
    assert [button.label for button in reply.controls if isinstance(button, Button)] == [
        "Undo all changes",
        "Follow its lines",
    ]


def test_no_reply_is_larger_than_discord_takes() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    for name in ("total_response_time", "llm_generation", "tts_generation", "tokens_input"):
        metrics.record(name, 9.99e14)
    metrics.increment("errors", 10**15)
    metrics.increment("messages_processed", 10**15)
    overrides = tuple(Override("x" * 500 + str(n), 10, 0, NOW) for n in range(100))
    for reply in (
        metrics_reply(snapshot(metrics), (), "1h", RULES, RUN),
        loglevel_reply(
            {"root": logging.INFO},
            overrides,
            obstacles=tuple(Obstacle("x" * 500, "hides " + "y" * 200, "z" * 500) for _ in range(9)),
            follow=ShowMetrics("1h"),
        ),
        problem("y" * 10_000),
    ):
        assert sum(len(embed) for embed in reply.embeds) <= EMBEDS_TOTAL_MAX
        assert all(len(field.value or "") <= 1024 for field in reply.embeds[0].fields)

"""The card of a rule, the list of /debug alerts and what they say of delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest

from cogs.debug.features.alerts.actions import (
    AskThresholds,
    OpenIncident,
    OpenRule,
    SetThresholds,
    ShowRule,
)
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.delivery_labels import NO_CHANNEL, delivery, trial
from cogs.debug.features.alerts.find_choices import found_by
from cogs.debug.features.alerts.incident_details import panel, panel_controls
from cogs.debug.features.alerts.reply import Board, listing
from cogs.debug.features.alerts.rule_card import refused, rule_card, thresholds_form
from cogs.debug.ui.reply import Button, Form, Input, Menu, Reply
from cogs.debug.ui.views import modal_of, view_of
from services.debugcog.alerting.causes import RelatedError
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import FEW, MISSING, SeriesStatistic, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Level, Rule, Severity, rule
from services.debugcog.alerting.states import SeverityState, Track
from services.debugcog.charting.chart_spec import ChartSpec, Threshold
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.outbox.records import Backlog, Condition, Receipt, Streak
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.units import parse
from tests.cogs.features.test_errors_reply import check_limits

NOW = 1_800_000_000.0
RULE = Rule(
    name="memory",
    title="Memory",
    unit="MB",
    window=180.0,
    reads=SeriesStatistic("memory_usage_mb", "p50"),
    warning=Level(1536.0, 1382.4, 120.0),
    critical=Level(2048.0, 1894.4, 0.0),
    keep_firing_for=300.0,
    description="Process memory, median of 3 samples",
)
ASK = AskThresholds("memory")
QUIET = RuleStatus(RULE, RULE, Signal(212.0), SeverityState())
INCIDENT = Incident(
    rule="memory",
    title="Memory",
    unit="MB",
    severity=Severity.WARNING,
    peak=Severity.WARNING,
    value=1600.0,
    worst=1700.0,
    warning=1536.0,
    critical=2048.0,
    since=NOW - 600,
    opened=NOW - 480,
    id=12,
)
SILENCE = Silence("memory", Severity.WARNING, NOW + 3600, NOW + 3600, "ada")


def nothing(metric: str, window: float) -> list[Point]:
    return []


SOURCE = ChartSource(nothing, lambda _: None)


def fields(reply: Reply) -> dict[str | None, str | None]:
    return {field.name: field.value for field in reply.embeds[0].fields}


def silences(reply: Reply) -> list[tuple[str, str]]:
    menu = reply.controls[-1]
    assert isinstance(menu, Menu)
    return [(one.label, one.action.argument) for one in menu.options]


def labels(reply: Reply) -> list[str]:
    return [one.label if isinstance(one, Button) else one.placeholder for one in reply.controls]


def test_a_rule_is_drawn_over_the_window_that_is_chosen_and_a_refresh_keeps_it() -> None:
    points = [Point(NOW - 7200, 1, 1.0, 1.0, 1.0, 1.0), Point(NOW, 1, 2.0, 2.0, 2.0, 2.0)]
    asked: list[float] = []

    def of(metric: str, window: float) -> list[Point]:
        asked.append(window)
        return points

    reply = rule_card(QUIET, of, NOW, "6h")
    assert isinstance(reply.chart, ChartSpec)
    assert (asked, reply.chart.start) == ([21_600.0], NOW - 7200)
    menu = reply.controls[0]
    assert isinstance(menu, Menu)
    assert [one.label for one in menu.options if one.chosen] == ["Last 6 hours"]
    assert Button("Refresh", ShowRule("memory", "6h"), row=1) in reply.controls


def test_a_rule_says_what_it_watches_its_value_and_its_thresholds() -> None:
    reply = rule_card(QUIET, nothing, NOW)
    (embed,) = reply.embeds
    assert embed.title == "✅ Memory"
    assert embed.description == ("Now **212 MB**. No alert.\nProcess memory, median of 3 samples")
    assert fields(reply) == {
        "Warning": "**1.5 GB** for 2 min\nresolves below 1.35 GB",
        "Critical": "**2 GB** at once\nresolves below 1.85 GB",
        "Resolves": "after 5 min below",
    }
    assert embed.footer.text == "Rule memory"
    assert labels(reply) == [
        "Window",
        "Change thresholds",
        "Refresh",
        "All alerts",
        "Silence …",
    ]
    assert silences(reply) == [
        ("Warnings for 1 h", "memory.1.3600"),
        ("Warnings for 8 h", "memory.1.28800"),
        ("Warnings for 24 h", "memory.1.86400"),
        ("Warnings and critical for 1 h", "memory.2.3600"),
        ("Warnings and critical for 8 h", "memory.2.28800"),
        ("Warnings and critical for 24 h", "memory.2.86400"),
    ]


@pytest.mark.parametrize(
    ("rule_status", "title", "state"),
    [
        (replace(QUIET, signal=FEW), "✅", "Not enough traffic to judge yet."),
        (replace(QUIET, signal=FEW, recorded=False), "✅", "Not recorded by this bot."),
        (
            replace(QUIET, signal=MISSING),
            "❔",
            "No value now. If reading it fails, the log says why.",
        ),
        (
            replace(QUIET, signal=Signal(1600.0), state=SeverityState(warning=Track(False, 5.0))),
            "⚠️",
            "Now **1.56 GB**. Above the warning threshold, but not for long enough yet.",
        ),
        (
            replace(
                QUIET,
                signal=Signal(1600.0),
                state=SeverityState(severity=Severity.WARNING, warning=Track(True)),
                incident=INCIDENT,
            ),
            "⚠️",
            "Now **1.56 GB**. Warning: incident #12.",
        ),
        (
            replace(
                QUIET,
                state=SeverityState(severity=Severity.WARNING, warning=Track(True, 5.0)),
                incident=replace(INCIDENT, state="recovering"),
            ),
            "⚠️",
            "Now **212 MB**. Warning, recovering: incident #12.",
        ),
    ],
)
def test_a_rule_says_how_it_stands(rule_status: RuleStatus, title: str, state: str) -> None:
    (embed,) = rule_card(rule_status, nothing, NOW).embeds
    assert embed.title == f"{title} Memory"
    assert str(embed.description).splitlines()[0] == state


def test_a_rule_is_not_said_to_fail_where_none_is_evaluated() -> None:
    (embed,) = rule_card(replace(QUIET, signal=MISSING), nothing, NOW, evaluated=False).embeds
    assert str(embed.description).splitlines()[0] == "Not evaluated: `METRICS_ENABLED` is false."


def test_changed_thresholds_show_the_default_and_the_way_back() -> None:
    moved = RULE.with_thresholds({Severity.WARNING: 1024.0})
    reply = rule_card(replace(QUIET, rule=moved), nothing, NOW)
    assert fields(reply)["Warning"] == "**1 GB** for 2 min\nresolves below 922 MB\ndefault 1.5 GB"
    assert "Default thresholds" in labels(reply)


def test_a_silenced_rule_says_until_when_and_by_whom_and_offers_its_end() -> None:
    reply = rule_card(replace(QUIET, silence=SILENCE), nothing, NOW)
    assert fields(reply)["Silenced"] == "warnings until <t:1800003600:f>, by ada"
    assert "Unsilence" in labels(reply)
    both = replace(SILENCE, severity=Severity.CRITICAL)
    reply = rule_card(replace(QUIET, silence=both), nothing, NOW)
    assert str(fields(reply)["Silenced"]).startswith("warnings and critical until")


def test_a_rule_with_one_level_offers_that_one_alone() -> None:
    only = replace(RULE, warning=None)
    reply = rule_card(replace(QUIET, rule=only, configured=only), nothing, NOW)
    assert [label for label, _ in silences(reply)] == [
        "Critical for 1 h",
        "Critical for 8 h",
        "Critical for 24 h",
    ]
    form = thresholds_form(replace(QUIET, rule=only, configured=only), ASK)
    assert form.inputs == (Input("critical", "Critical (default 2 GB)", "2 GB", 16),)


def test_the_chart_of_a_rule_is_its_last_hour_with_its_thresholds() -> None:
    points = [Point(NOW - 600, 1, 200.0, 200.0, 200.0, 212.0)]
    chart = rule_card(QUIET, lambda *_: points, NOW).chart
    assert isinstance(chart, ChartSpec)
    assert chart.thresholds == (
        Threshold("warning", 1536.0, "warning"),
        Threshold("critical", 2048.0, "critical"),
    )
    assert (chart.spans, chart.start, chart.end) == ((), NOW - 600, NOW)


def test_the_form_has_what_is_in_force_or_what_was_typed() -> None:
    moved = RULE.with_thresholds({Severity.WARNING: 1024.0})
    assert thresholds_form(replace(QUIET, rule=moved), ASK) == Form(
        "Thresholds: Memory",
        SetThresholds("memory"),
        (
            Input("warning", "Warning (default 1.5 GB)", "1 GB", 16),
            Input("critical", "Critical (default 2 GB)", "2 GB", 16),
        ),
    )
    typed = thresholds_form(QUIET, AskThresholds("memory", "lots"))
    assert [one.value for one in typed.inputs] == ["lots", "2 GB"]


@pytest.mark.parametrize(
    ("unit", "warning", "value"),
    [
        ("msg/s", 5.0, "5 msg/s"),
        ("connections", 10_000.0, "10000"),  # with its unit it has no room
        ("bytes", 2.0 * 1024**4, "2199023255552"),
        ("USD", 0.00002, "0.00002 USD"),
        ("jobs", 2e16, ""),
    ],
)
def test_the_form_has_a_value_in_a_hosts_unit_that_it_takes_back(
    unit: str, warning: float, value: str
) -> None:
    own = rule("own", gauge="own", warning=warning, unit=unit)
    (only,) = thresholds_form(RuleStatus(own, own, Signal(1.0), SeverityState()), ASK).inputs
    assert only.value == value
    assert not value or parse(value, unit) == warning


async def test_a_form_is_a_modal_that_discord_takes_and_that_nobody_waits_for() -> None:
    long = replace(QUIET, rule=replace(RULE, title="x" * 200))
    modal = modal_of(thresholds_form(long, ASK))
    data = modal.to_dict()
    assert len(data["title"]) == 45
    assert data["custom_id"] == "debugcog:rule.set:memory"
    assert [one["component"]["value"] for one in data["components"]] == ["1.5 GB", "2 GB"]
    assert modal.is_finished()


def test_what_was_typed_is_offered_again_with_what_is_wrong() -> None:
    typed = {"warning": "lots|of it, and very much more", "critical": "2 GB"}
    shown = rule_card(QUIET, lambda *_: [Point(NOW - 60, 1, 1.0, 1.0, 1.0, 1.0)], NOW)
    reply = refused(shown, QUIET, "Warning: `lots` is no size", typed)
    assert str(reply.embeds[1].description).endswith("is no size. Nothing was changed.")
    again, back = reply.controls
    assert isinstance(again, Button)
    assert again.label == "Edit again"
    assert again.action == AskThresholds("memory", "lotsof it, and v", "2 GB")
    assert isinstance(back, Button)
    assert (back.action, reply.chart) == (OpenRule("memory"), None)


def test_a_panel_offers_the_rule_and_a_silenced_card_its_end() -> None:
    around = ["Refresh", "Open rule", "All alerts"]
    assert labels(panel(INCIDENT, (), SOURCE, NOW)) == ["Acknowledge", *around, "Silence for …"]
    silenced = replace(INCIDENT, silenced_until=NOW + 60, acked=Severity.WARNING)
    assert labels(panel(silenced, (), SOURCE, NOW)) == [*around, "Unsilence"]
    missing = panel_controls(replace(INCIDENT, rule="data_missing.memory"))
    assert Button("Open rule", OpenRule("memory")) in missing
    crashes = replace(INCIDENT, rule="crash_loop")
    assert "Open rule" not in labels(panel(crashes, (), SOURCE, NOW))
    ended = replace(INCIDENT, state="ended", ended=NOW, reason="recovered")
    assert labels(panel(ended, (), SOURCE, NOW)) == around


def test_details_show_the_course_of_an_incident_and_the_errors_around_it() -> None:
    points = [Point(NOW - 600 + 30 * i, 1, 100.0 * i, 0.0, 0.0, 100.0 * i) for i in range(20)]
    drawn = ChartSource(lambda *_: points, lambda _: RULE.charted)
    history = (
        RecentChange(NOW - 500, "Warning: 1.6 GB (limit 1.5 GB)"),
        RecentChange(NOW - 400, "Acknowledged by <@22>"),
    )
    errors = (RelatedError("1a2b3c4d", "KeyError: 'voice'", 36),)
    reply = panel(replace(INCIDENT, history=history), errors, drawn, NOW)
    shown = fields(reply)
    assert str(shown["Value over time"]).splitlines() == [
        "<t:1799999400:t> 0 MB",
        "<t:1799999490:t> 300 MB",
        "<t:1799999550:t> 500 MB",
        "<t:1799999640:t> 800 MB",
        "<t:1799999730:t> 1.07 GB",
        "<t:1799999820:t> 1.37 GB",
        "<t:1799999880:t> 1.56 GB",
        "<t:1799999970:t> 1.86 GB",
    ]
    assert shown["What happened"] == (
        "<t:1799999500:t> Warning: 1.6 GB (limit 1.5 GB)\n<t:1799999600:t> Acknowledged by <@22>"
    )
    assert shown["Errors since it began"] == "**36 times** KeyError: 'voice' · `1a2b3c4d`"
    assert reply.chart


def test_details_show_the_value_before_the_jump_where_points_are_ten_minutes_apart() -> None:
    values = (400.0, *[1700.0] * 14)
    points = [
        Point(NOW - 8400 + 600 * n, 1, 0.0, 0.0, 0.0, value) for n, value in enumerate(values)
    ]
    drawn = ChartSource(lambda *_: points, lambda _: RULE.charted)
    shown = fields(panel(replace(INCIDENT, since=NOW - 7320), (), drawn, NOW))
    lines = str(shown["Value over time"]).splitlines()
    assert (lines[0], lines[-1]) == ("<t:1799991600:t> 400 MB", "<t:1800000000:t> 1.66 GB")
    assert len(lines) == 8


def test_a_list_says_of_what_has_no_value_now_why() -> None:
    idle = replace(INCIDENT, stale=True, idle=True)
    missing = replace(INCIDENT, id=13, rule="data_missing.memory", title="No data for memory")
    board = Board([idle, missing], (), (), ())
    assert str(listing(board).embeds[0].description).splitlines() == [
        "⚠️ **#12 Memory**: no traffic (last 1.56 GB) · started <t:1799999400:R>",
        "⚠️ **#13 No data for memory** · started <t:1799999400:R>",
    ]


def test_details_of_more_than_a_day_give_the_day_of_what_was_before_today() -> None:
    points = [Point(at, 1, 100.0, 0.0, 0.0, 100.0) for at in (NOW - 9 * 3600, NOW - 60)]
    drawn = ChartSource(lambda *_: points, lambda _: RULE.charted)
    old = replace(
        INCIDENT,
        since=NOW - 26 * 3600,
        history=(RecentChange(NOW - 26 * 3600, "Warning: 1.6 GB"), RecentChange(NOW, "@here")),
    )
    shown = fields(panel(old, (), drawn, NOW))
    assert shown["Value over time"] == "<t:1799967600:f> 100 MB\n<t:1799999940:t> 100 MB"
    assert shown["What happened"] == (
        "<t:1799906400:f> Warning: 1.6 GB\n<t:1800000000:t> @\N{ZERO WIDTH SPACE}here"
    )


def test_details_show_what_was_changed_while_an_incident_was_open() -> None:
    points = [Point(NOW - 900 + 60 * i, 1, 0.0, 0.0, 0.0, 100.0) for i in range(15)]
    drawn = ChartSource(lambda *_: points, lambda _: RULE.charted)
    old = replace(
        INCIDENT,
        since=NOW - 600,
        ended=NOW - 60,
        history=(RecentChange(NOW - 500, "Warning: 1.6 GB (limit 1.5 GB)"),),
        recent=(RecentChange(NOW - 700, "Log level of all loggers: DEBUG"),),
    )
    changes = (
        RecentChange(NOW - 30, "DebugCog reloaded"),
        RecentChange(NOW - 200, "Thresholds: warning 2 GB, set by <@22>"),
        RecentChange(NOW - 400, "Deployed: release 2, before it 1"),
        RecentChange(NOW - 700, "Log level of all loggers: DEBUG"),
    )
    reply = panel(old, (), drawn, NOW, changes)
    assert fields(reply)["What happened"] == (
        "<t:1799999500:t> Warning: 1.6 GB (limit 1.5 GB)\n"
        "<t:1799999600:t> Deployed: release 2, before it 1\n"
        "<t:1799999800:t> Thresholds: warning 2 GB, set by <@22>"
    )
    assert isinstance(reply.chart, ChartSpec)
    assert [(mark.time - NOW, mark.label) for mark in reply.chart.marks] == [
        *((-700, "log level"), (-400, "deploy"), (-200, "thresholds"), (-30, "reload"))
    ]
    gaps = [time - NOW for time, value in reply.chart.lines[0].points if value is None]
    assert gaps == [-390], "the line does not go on over a deploy"


def _rule_of(name: str, value: float) -> RuleStatus:
    named = replace(RULE, name=name, title=name)
    return RuleStatus(named, named, Signal(value), SeverityState())


def test_the_choices_of_find_have_the_worst_first_however_many_rules_there_are() -> None:
    firing = [replace(INCIDENT, id=n, rule=f"rule_{n:02}", title=f"Rule {n}") for n in range(30)]
    firing.append(replace(INCIDENT, id=30, rule="worse", severity=Severity.CRITICAL))
    rules = [rule(f"aa_{n:02}", gauge="x", warning=1) for n in range(30)]
    rules.append(rule("worse", gauge="x", warning=1))
    assert found_by("", firing, rules)[0] == ("🔴 #30 Memory", "30")
    assert found_by("rule:", firing, rules)[0] == ("Rule: Worse", "worse")


class TestList:
    def test_is_quiet_when_nothing_fires(self) -> None:
        reply = listing(Board((), (QUIET,), (), ("Posting to <#5>. Queue empty.",)))
        (embed,) = reply.embeds
        assert (embed.title, embed.description) == ("✅ Alerts · all quiet", "✅ Memory: 212 MB")
        assert fields(reply) == {"Delivery": "Posting to <#5>. Queue empty."}
        assert labels(reply) == [
            "Open a rule: value, thresholds, silences",
            "Send a test alert",
            "Refresh",
        ]

    def test_has_what_fires_first_and_what_ended_after_it(self) -> None:
        critical = replace(
            INCIDENT,
            id=13,
            title="Queue",
            severity=Severity.CRITICAL,
            state="recovering",
            acked=Severity.CRITICAL,
            acked_by="@ada",
            silenced_until=NOW,
            flaps=4,
        )
        ended = replace(
            INCIDENT, id=11, state="ended", ended=NOW, reason="recovered", peak=Severity.CRITICAL
        )
        pending = replace(
            QUIET,
            signal=Signal(1600.0),
            state=SeverityState(warning=Track(False, 5.0)),
            silence=SILENCE,
        )
        reply = listing(Board((INCIDENT, critical, ended), (pending,), (SILENCE,), ("x",)))
        (embed,) = reply.embeds
        assert embed.title == "🔴 Alerts · 2 open · 1 about to fire"
        assert embed.description == (
            "🔴 **#13 Queue** 1.56 GB (limit 2 GB) · started <t:1799999400:R>\n"
            "recovering · acknowledged by @\N{ZERO WIDTH SPACE}ada · silenced until "
            "<t:1800000000:f> · flapping, 4 cycles\n"
            "⚠️ **#12 Memory** 1.56 GB (limit 1.5 GB) · started <t:1799999400:R>"
        )
        assert fields(reply) == {
            "About to fire": "Memory: 1.56 GB, warning soon",
            "Resolved": "🔴 #11 Memory <t:1800000000:R>; lasted 10 min",
            "Silenced": "Memory: warnings until <t:1800003600:f>, by ada",
            "Delivery": "x",
        }
        menu = reply.controls[0]
        assert isinstance(menu, Menu)
        assert [(one.label, one.action, one.description) for one in menu.options] == [
            ("#13 Queue", OpenIncident(13), "critical"),
            ("#12 Memory", OpenIncident(12), "warning"),
            ("#11 Memory", OpenIncident(11), "resolved, peak critical"),
        ]

    def test_a_hosts_unit_marks_nothing_up(self) -> None:
        starred = replace(INCIDENT, unit="*x*", warning=1500.0)
        (embed,) = listing(Board((starred,), (), (), ("x",))).embeds
        assert embed.description == (
            "⚠️ **#12 Memory** 1.6k \\*x\\* (limit 1.5k \\*x\\*) · started <t:1799999400:R>"
        )
        status = replace(QUIET, rule=replace(RULE, unit="*x*"))
        card = rule_card(status, lambda *_: (), NOW, "1h", ()).embeds[0]
        assert str(card.description).splitlines()[0] == "Now **212 \\*x\\***. No alert."

    def test_what_was_acknowledged_as_a_warning_and_is_critical_says_so(self) -> None:
        acked = replace(INCIDENT, acked=Severity.WARNING, acked_by="<@22>")
        lines = [
            str(listing(Board((one,), (), (), ("x",))).embeds[0].description).splitlines()[1]
            for one in (acked, replace(acked, severity=Severity.CRITICAL))
        ]
        assert lines == ["acknowledged by <@22>", "acknowledged as warning by <@22>"]

    def test_the_worst_rules_come_first_in_the_menu_and_among_those_about_to_fire(self) -> None:
        fine = [_rule_of(f"fine_{number:02}", 1.0) for number in range(30)]
        warning, critical = _rule_of("warns", 1600.0), _rule_of("worse", 2100.0)
        reply = listing(Board((), (*fine, warning, critical), (), ("x",)))
        assert fields(reply)["About to fire"] == (
            "worse: 2.05 GB, critical soon\nwarns: 1.56 GB, warning soon"
        )
        menu = reply.controls[0]
        assert isinstance(menu, Menu)
        assert [one.label for one in menu.options][:3] == ["worse", "warns", "fine_00"]

    def test_is_not_quiet_while_a_rule_is_about_to_fire(self) -> None:
        pending = replace(QUIET, signal=Signal(2100.0))
        (embed,) = listing(Board((), (pending,), (), ("x",))).embeds
        assert (embed.title, embed.description) == (
            "⚠️ Alerts · 1 about to fire",
            "🔴 Memory: 2.05 GB",
        )
        assert embed.colour == discord.Colour(0xF0B232)

    def test_an_incident_that_is_about_to_get_worse_says_so_itself(self) -> None:
        worse = replace(
            QUIET,
            signal=Signal(2100.0),
            state=SeverityState(warning=Track(True)),
            incident=INCIDENT,
        )
        (embed,) = listing(Board((INCIDENT,), (worse,), (), ("x",))).embeds
        assert (embed.title, embed.description) == (
            "⚠️ Alerts · 1 open",
            "⚠️ **#12 Memory** 1.56 GB (limit 1.5 GB) · started <t:1799999400:R>\ncritical soon",
        )
        assert [field.name for field in embed.fields] == ["Delivery"]

    def test_turns_yellow_when_alerts_cannot_be_delivered(self) -> None:
        (embed,) = listing(Board((), (QUIET,), (), ("x",), trouble=True)).embeds
        assert embed.colour == discord.Colour(0xF0B232)

    def test_is_not_called_quiet_while_something_keeps_alerts_from_being_made(self) -> None:
        (embed,) = listing(Board((), (QUIET,), (), ("x",), trouble=True)).embeds
        assert embed.title == "⚠️ Alerts · 0 open · see Delivery"

    async def test_stays_within_discords_limits_whatever_a_host_names_its_rules(self) -> None:
        awful = "`@everyone` **" + "\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 3000
        rule = replace(RULE, title=awful, unit="jobs a minute", description=awful)
        rule_status = replace(QUIET, rule=rule, configured=rule, silence=replace(SILENCE, by=awful))
        incident = replace(INCIDENT, title=awful, acked_by=awful, acked=Severity.WARNING)
        silence = replace(SILENCE, by=awful)
        ended = replace(incident, state="ended", ended=NOW, reason=awful)
        board = Board((incident,) * 60 + (ended,) * 9, (rule_status,) * 60, (silence,) * 60, ("x",))
        for reply in (
            listing(board),
            rule_card(rule_status, nothing, NOW),
            panel(incident, (), SOURCE, NOW),
        ):
            check_limits(reply)
            assert "@everyone" not in str([embed.to_dict() for embed in reply.embeds])
            assert view_of(reply.controls).children


class TestDelivery:
    FINE = Condition(5, 5, None, 0.0, Outcome.SENT, Backlog())

    def test_says_where_posts_go(self) -> None:
        assert delivery(self.FINE, ()) == (["Posting to <#5>. Queue empty."], False)

    def test_names_the_setting_that_is_missing(self) -> None:
        lines, trouble = delivery(None, ("No rule is evaluated: `METRICS_ENABLED` is false.",))
        assert (lines, trouble) == (
            ["⚠️ No rule is evaluated: `METRICS_ENABLED` is false.", f"⚠️ {NO_CHANNEL}"],
            True,
        )

    def test_names_the_rights_that_are_missing_and_the_channel_in_use(self) -> None:
        diverted = replace(self.FINE, target=6, reopens=NOW + 600, last=Outcome.SENT)
        lines, trouble = delivery(diverted, ())
        assert (lines, trouble) == (
            [
                (
                    "⚠️ The bot may not write in <#5>. Give it View Channel, Send Messages, Embed "
                    "Links, Attach Files and Read Message History there. It is tried again "
                    "<t:1800000600:R>."
                ),
                "Posting to <#6>. Queue empty.",
            ],
            True,
        )
        (line, _), _ = delivery(diverted, (), in_thread=True)
        assert "Give it View Channel, Send Messages in Threads, Embed Links, " in line
        text = str(trial(None, diverted, "", in_thread=True).embeds[0].description)
        assert "Give it View Channel, Send Messages in Threads, Embed Links, " in text

    @pytest.mark.parametrize(
        ("refusal", "expected"),
        [
            (
                Outcome.NO_CHANNEL,
                (
                    "⚠️ `ALERT_CHANNEL_ID` 5 does not exist, or the bot cannot see it. Put the id of"
                    " a text channel there and restart the bot, or let the bot see it. It is tried"
                    " again <t:1800000600:R>."
                ),
            ),
            (
                Outcome.WRONG_CHANNEL,
                (
                    "⚠️ `ALERT_CHANNEL_ID` 5 takes no messages: it is a category, a forum or a"
                    " closed thread. Put the id of a text channel there and restart the bot. It is"
                    " tried again <t:1800000600:R>."
                ),
            ),
        ],
    )
    def test_names_the_setting_where_the_channel_is_not_one_to_write_in(
        self, refusal: Outcome, expected: str
    ) -> None:
        closed = replace(self.FINE, target=None, reopens=NOW + 600, last=refusal, refusal=refusal)
        assert delivery(closed, ()) == ([expected], True)

    def test_tells_what_waits_and_why(self) -> None:
        backlog = Backlog(3, NOW - 60, "ClientConnectorError", 2, "BadRequest: 400")
        away = replace(
            self.FINE,
            target=None,
            wait=40.0,
            last=Outcome.UNREACHABLE,
            backlog=backlog,
            failing=Streak(NOW - 90, "ClientConnectorError"),
            next_try=NOW + 40,
        )
        assert delivery(away, ())[0] == [
            (
                "⚠️ Discord cannot be reached; it is tried again until it can. "
                "Since <t:1799999910:R>. Next try <t:1800000040:R>."
            ),
            "⚠️ 2 posts given up in the last day, see the log. Discord said `BadRequest: 400`.",
            (
                "3 posts queued since <t:1799999940:f>. "
                "The last attempt ended with `ClientConnectorError`."
            ),
        ]

    @pytest.mark.parametrize(
        ("receipt", "condition", "link", "text"),
        [
            (
                Receipt("sent", "sent", 5, 9),
                FINE,
                "https://discord.com/channels/1/5/9",
                "✅ Delivered to <#5>: [see it](https://discord.com/channels/1/5/9).",
            ),
            (
                Receipt("sent", "sent", 6, 9),
                FINE,
                "",
                "✅ Delivered to <#6>. The first channel refuses the bot.",
            ),
            (None, None, "", NO_CHANNEL),
            (
                Receipt("dead", "BadRequest: 400"),
                FINE,
                "",
                "❌ Not delivered; it will not be tried again.\nDiscord said `BadRequest: 400`.",
            ),
            (
                Receipt("queued"),
                FINE,
                "",
                (
                    "⏳ Not delivered yet. It stays queued, across restarts too.\n"
                    "Limit: 10 posts per 10 min."
                ),
            ),
        ],
    )
    def test_tells_what_became_of_a_test_alert(
        self, receipt: Any, condition: Any, link: str, text: str
    ) -> None:
        (embed,) = trial(receipt, condition, link).embeds
        assert embed.description == text

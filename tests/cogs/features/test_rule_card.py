"""The card of a rule, the list of /debug alerts and what they say of delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest

from cogs.debug.features.alerts.actions import AskThresholds, OpenIncident, OpenRule, SetThresholds
from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.delivery_labels import NO_CHANNEL, delivery, trial
from cogs.debug.features.alerts.incident_card import controls, panel, panel_controls
from cogs.debug.features.alerts.reply import Board, listing
from cogs.debug.features.alerts.rule_card import refused, rule_card, thresholds_form
from cogs.debug.ui.reply import Button, Form, Input, Menu, Reply
from cogs.debug.ui.views import modal_of, view_of
from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import FEW, MISSING, SeriesStatistic, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Level, Rule, Severity
from services.debugcog.alerting.states import SeverityState, Track
from services.debugcog.charting.chart_spec import Threshold
from services.debugcog.outbox.outcomes import Outcome
from services.debugcog.outbox.records import Backlog, Condition, Receipt, Streak
from services.debugcog.timeseries.snapshot import Point
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


def labels(reply: Reply) -> list[str]:
    return [one.label if isinstance(one, Button) else one.placeholder for one in reply.controls]


def test_a_rule_says_what_it_watches_its_value_and_its_thresholds() -> None:
    reply = rule_card(QUIET, nothing, NOW)
    (embed,) = reply.embeds
    assert embed.title == "🟢 Memory"
    assert embed.description == ("Now **212 MB**. Quiet.\nProcess memory, median of 3 samples")
    assert fields(reply) == {
        "Warning": "**1.5 GB** for 2 min\nends below 1.35 GB",
        "Critical": "**2 GB** at once\nends below 1.85 GB",
        "Ends": "after 5 min below",
    }
    assert embed.footer.text == "Rule memory"
    assert labels(reply) == [
        "Silence warnings 1 h",
        "8 h",
        "24 h",
        "Silence critical too, for …",
        "Change thresholds",
        "Refresh",
        "All alerts",
    ]


@pytest.mark.parametrize(
    ("rule_status", "title", "state"),
    [
        (replace(QUIET, signal=FEW), "🟢", "Now **too little traffic to judge**. Quiet."),
        (
            replace(QUIET, signal=MISSING),
            "⚪",
            "Now **no value**. It cannot be evaluated; the log says why if reading it fails.",
        ),
        (
            replace(QUIET, signal=Signal(1600.0), state=SeverityState(warning=Track(False, 5.0))),
            "🟡",
            "Now **1.56 GB**. Over its warning threshold, but not for long enough yet.",
        ),
        (
            replace(
                QUIET,
                signal=Signal(1600.0),
                state=SeverityState(severity=Severity.WARNING, warning=Track(True)),
                incident=INCIDENT,
            ),
            "🟡",
            "Now **1.56 GB**. Warning: incident 12.",
        ),
        (
            replace(
                QUIET,
                state=SeverityState(severity=Severity.WARNING, warning=Track(True, 5.0)),
                incident=INCIDENT,
            ),
            "🟡",
            "Now **212 MB**. Warning, recovering: incident 12.",
        ),
    ],
)
def test_a_rule_says_how_it_stands(rule_status: RuleStatus, title: str, state: str) -> None:
    (embed,) = rule_card(rule_status, nothing, NOW).embeds
    assert embed.title == f"{title} Memory"
    assert str(embed.description).splitlines()[0] == state


def test_changed_thresholds_show_the_default_and_the_way_back() -> None:
    moved = RULE.with_thresholds({Severity.WARNING: 1024.0})
    reply = rule_card(replace(QUIET, rule=moved), nothing, NOW)
    assert fields(reply)["Warning"] == "**1 GB** for 2 min\nends below 922 MB\ndefault 1.5 GB"
    assert "Default thresholds" in labels(reply)


def test_a_silenced_rule_says_until_when_and_by_whom_and_offers_its_end() -> None:
    reply = rule_card(replace(QUIET, silence=SILENCE), nothing, NOW)
    assert fields(reply)["Silenced"] == "warnings, until <t:1800003600:f>, by ada"
    assert "Unsilence" in labels(reply)
    both = replace(SILENCE, severity=Severity.CRITICAL)
    reply = rule_card(replace(QUIET, silence=both), nothing, NOW)
    assert str(fields(reply)["Silenced"]).startswith("warnings and critical, until")


def test_a_rule_with_one_level_offers_that_one_alone() -> None:
    only = replace(RULE, warning=None)
    reply = rule_card(replace(QUIET, rule=only, configured=only), nothing, NOW)
    assert labels(reply)[0] == "Silence critical too, for …"
    form = thresholds_form(replace(QUIET, rule=only, configured=only), ASK)
    assert form.inputs == (Input("critical", "Critical (default 2 GB)", "2 GB", 16),)


def test_the_chart_of_a_rule_is_its_last_hour_with_its_thresholds() -> None:
    points = [Point(NOW - 600, 1, 200.0, 200.0, 200.0, 212.0)]
    chart = rule_card(QUIET, lambda *_: points, NOW).chart
    assert chart
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
    assert again.label == "Correct them"
    assert again.action == AskThresholds("memory", "lotsof it, and v", "2 GB")
    assert isinstance(back, Button)
    assert (back.action, reply.chart) == (OpenRule("memory"), None)


def test_a_panel_offers_the_rule_and_a_silenced_card_its_end() -> None:
    assert [one.label for one in panel_controls(INCIDENT)] == [
        *("Acknowledge", "Silence 1 h", "8 h", "24 h", "Refresh", "Its rule", "All alerts")
    ]
    silenced = replace(INCIDENT, silenced_until=NOW + 60, acked=Severity.WARNING)
    assert [one.label for one in controls(silenced)] == ["Unsilence", "Details"]
    assert "Unsilence" in [one.label for one in panel_controls(silenced)]
    missing = panel_controls(replace(INCIDENT, rule="data_missing.memory"))
    assert [one.action for one in missing if one.label == "Its rule"] == [OpenRule("memory")]
    crashes = panel_controls(replace(INCIDENT, rule="crash_loop"))
    assert "Its rule" not in [one.label for one in crashes]
    ended = replace(INCIDENT, state="ended", ended=NOW, reason="recovered")
    reply = panel(ended, SOURCE, NOW, "It is over: nothing was changed.")
    assert labels(reply) == ["Refresh", "Its rule", "All alerts"]
    assert reply.content == "It is over: nothing was changed."


class TestList:
    def test_is_quiet_when_nothing_fires(self) -> None:
        reply = listing(Board((), (QUIET,), (), ("Posts go to <#5>. Nothing waits.",)))
        (embed,) = reply.embeds
        assert (embed.title, embed.description) == ("🟢 Alerts · all quiet", "🟢 Memory: 212 MB")
        assert fields(reply) == {"Delivery": "Posts go to <#5>. Nothing waits."}
        assert labels(reply) == [
            "Open a rule: value, thresholds, silence",
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
        reply = listing(Board((critical, INCIDENT, ended), (pending,), (SILENCE,), ("x",)))
        (embed,) = reply.embeds
        assert embed.title == "🔴 Alerts · 2 open"
        assert embed.description == (
            "🔴 **#13 Queue** 1.56 GB (limit 2 GB), since <t:1799999400:R>\n"
            "recovering · acknowledged by @\N{ZERO WIDTH SPACE}ada · silenced until "
            "<t:1800000000:f> · flapping, 4 cycles\n"
            "🟡 **#12 Memory** 1.56 GB (limit 1.5 GB), since <t:1799999400:R>"
        )
        assert fields(reply) == {
            "About to fire": "Memory: 1.56 GB, soon warning",
            "Ended": "🔴 #11 Memory, recovered <t:1800000000:R> after 10 min",
            "Silenced": "Memory: warnings until <t:1800003600:f>, by ada",
            "Delivery": "x",
        }
        menu = reply.controls[0]
        assert isinstance(menu, Menu)
        assert [(one.label, one.action, one.description) for one in menu.options] == [
            ("#13 Queue", OpenIncident(13), "critical"),
            ("#12 Memory", OpenIncident(12), "warning"),
            ("#11 Memory", OpenIncident(11), "ended, peak critical"),
        ]

    def test_turns_yellow_when_alerts_cannot_be_delivered(self) -> None:
        (embed,) = listing(Board((), (QUIET,), (), ("x",), trouble=True)).embeds
        assert embed.colour == discord.Colour(0xF0B232)

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
            panel(incident, SOURCE, NOW),
        ):
            check_limits(reply)
            assert "@everyone" not in str([embed.to_dict() for embed in reply.embeds])
            assert view_of(reply.controls).children


class TestDelivery:
    FINE = Condition(5, 5, None, 0.0, Outcome.SENT, Backlog())

    def test_says_where_posts_go(self) -> None:
        assert delivery(self.FINE, ()) == (["Posts go to <#5>. Nothing waits."], False)

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
                    "Links and Attach Files there. It is tried again <t:1800000600:R>."
                ),
                "Posts go to <#6>. Nothing waits.",
            ],
            True,
        )

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
            "⚠️ 2 posts given up in a day, the log names them. Discord said `BadRequest: 400`.",
            (
                "3 posts queued since <t:1799999940:R>. "
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
                "❌ Not delivered, and not tried again.\nDiscord said `BadRequest: 400`.",
            ),
            (
                Receipt("queued"),
                FINE,
                "",
                (
                    "⏳ Not delivered yet; it stays queued, over restarts too.\n"
                    "At most 10 posts go out in 10 minutes."
                ),
            ),
        ],
    )
    def test_tells_what_became_of_a_test_alert(
        self, receipt: Any, condition: Any, link: str, text: str
    ) -> None:
        (embed,) = trial(receipt, condition, link).embeds
        assert embed.description == text

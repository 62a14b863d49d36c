"""What an admin reads of an incident, a crash, an outage."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import discord
import pytest

from cogs.debug.features.alerts.actions import Acknowledge, OpenIncident, SilenceIncident
from cogs.debug.features.alerts.breach_chart import ChartSource, Points, breach_chart
from cogs.debug.features.alerts.confirmations import over
from cogs.debug.features.alerts.incident_card import (
    AlertReplies,
    card,
    controls,
    outage_digest,
    short_reply,
    trial_alert,
)
from cogs.debug.ui.actions import Seconds
from cogs.debug.ui.reply import Button, Colour, Menu, Option, Reply
from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.incident_parts import RecentChange
from services.debugcog.alerting.incidents import Incident, encode
from services.debugcog.alerting.reads import CounterRatio, Drawable, SeriesStatistic
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.sentences import headline, value_text
from services.debugcog.charting.chart_spec import ChartSpec, Line, Mark, Span, Threshold
from services.debugcog.timeseries.snapshot import Point

NOW = 1_800_000_000.0
HOUR = 3600.0
MEMORY = Incident(
    rule="memory",
    title="Memory",
    unit="MB",
    severity=Severity.CRITICAL,
    peak=Severity.CRITICAL,
    value=2150.4,
    worst=2355.2,
    warning=1536.0,
    critical=2048.0,
    since=NOW - HOUR,
    opened=NOW - HOUR + 30,
    id=12,
)
ENDED = replace(MEMORY, state="ended", ended=NOW, reason="recovered")


READS = SeriesStatistic("memory_usage_mb", "p50")


def source(points: Points, charted: Drawable | None = READS) -> ChartSource:
    return ChartSource(points, {"memory": charted}.get)


NOTHING = source(lambda metric, window: [])


TRACE = """Fatal Python error: Segmentation fault

Thread 0x00007f0000000001 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait

Current thread 0x00007f0000000002 (most recent call first):
  File "/srv/bot/labbot.py", line 12 in crash
  File "/srv/bot/labbot.py", line 40 in main
"""


def labels(controls: Iterable[Button | Menu]) -> list[str]:
    return [one.label if isinstance(one, Button) else one.placeholder for one in controls]


def fields(reply: Reply) -> dict[str | None, str | None]:
    return {field.name: field.value for field in reply.embeds[0].fields}


def test_a_card_says_what_how_much_since_when_and_why() -> None:
    reply = card(MEMORY, NOTHING, NOW)
    (embed,) = reply.embeds
    assert embed.title == "🔴 Critical: Memory"
    assert embed.description == "**2.1 GB (limit 2 GB)** · started <t:1799996400:R>"
    assert reply.content == "🔴 Memory 2.1 GB (limit 2 GB), since 07:00 UTC"
    assert embed.colour == discord.Colour(Colour.CRITICAL.value)
    assert embed.footer.text == "Incident #12 · peak critical"
    assert fields(reply) == {
        "Worst": "2.3 GB",
        "General advice, not measured": (
            "Often: Memory leaks · Caches without a limit\n"
            "Try: Restart bot periodically · Check for stuck processes"
        ),
    }


def test_a_notification_has_the_day_unless_that_is_todays() -> None:
    old = replace(MEMORY, since=NOW - 26 * HOUR)
    assert (
        card(old, NOTHING, NOW).content == "🔴 Memory 2.1 GB (limit 2 GB), since 14 Jan 06:00 UTC"
    )
    assert short_reply(old, "escalated", NOW).content == (
        "🔴 Now critical: Memory 2.1 GB (limit 2 GB), since 14 Jan 06:00 UTC"
    )
    assert short_reply(MEMORY, "reminder", NOW).content == (
        "🔴 Still critical: Memory 2.1 GB (limit 2 GB), since 07:00 UTC"
    )
    midnight = 1_799_971_200.0
    late = replace(MEMORY, since=midnight - 1)
    assert card(late, NOTHING, midnight - 1).content.endswith(", since 23:59 UTC")
    assert card(late, NOTHING, midnight).content.endswith(", since 14 Jan 23:59 UTC")


def test_a_line_that_is_stored_has_the_day_as_it_may_be_sent_on_another() -> None:
    assert headline(MEMORY, "opened") == (
        "🔴 #12 critical · Memory 2.1 GB (limit 2 GB), since 15 Jan 07:00 UTC"
    )


def test_the_advice_names_parts_that_the_bot_has_and_no_others() -> None:
    recorded = {"llm_generation", "temp_files_mb"}
    bot = source(lambda metric, _: [point(NOW - 60, 1, 1.0)] if metric in recorded else [])
    assert fields(card(MEMORY, bot, NOW))["General advice, not measured"] == (
        "Often: Temp files not cleaned up · Large conversation histories · Memory leaks · "
        "Too many cached profiles · Caches without a limit\n"
        "Try: Verify `MEMORY_CLEANUP_ENABLED=true` · Reduce `MAX_HISTORY_MESSAGES` · "
        "Restart bot periodically · Check for stuck processes"
    )
    failing = replace(MEMORY, rule="error_rate")
    assert fields(card(failing, NOTHING, NOW))["General advice, not measured"] == (
        "Often: Network issues\nTry: `/debug errors` shows them in groups"
    )


def test_a_card_names_what_was_measured_instead_of_giving_advice() -> None:
    slow = replace(MEMORY, rule="response_time", slowest=SlowPart("LLM", 4200.0, 800.0))
    assert fields(card(slow, NOTHING, NOW)) == {
        "Worst": "2.3 GB",
        "Slowest part": "LLM: **4.2 s**, up from 800 ms",
    }
    unknown = replace(slow, slowest=SlowPart("TTS", 900.0, None))
    assert fields(card(unknown, NOTHING, NOW))["Slowest part"] == "TTS: **900 ms**"
    errors = (
        RelatedError("1a2b3c4d", "LlmError: 503 from *provider*", 1036),
        RelatedError("5e6f7a8b", "KeyError: 'voice'", 1),
    )
    failing = replace(MEMORY, rule="error_rate", errors=errors)
    named = (
        "**1,036 times** LlmError: 503 from \\*provider\\* · `1a2b3c4d`\n"
        "**1 time** KeyError: 'voice' · `5e6f7a8b`"
    )
    assert fields(card(failing, NOTHING, NOW)) == {"Worst": "2.3 GB", "Errors behind it": named}
    ended = replace(failing, state="ended", ended=NOW, reason="recovered")
    assert fields(card(ended, NOTHING, NOW))["Errors behind it"] == named


def test_a_card_tells_what_people_and_the_rule_did() -> None:
    busy = replace(
        MEMORY,
        rule="queue",
        state="recovering",
        severity=Severity.WARNING,
        flaps=4,
        reopened=1,
        acked=Severity.WARNING,
        acked_by="<@22>",
        acked_at=NOW,
        silenced_until=NOW + HOUR,
        silenced_by="@ada",
        recent=(RecentChange(NOW - 4000.4, "DebugCog reloaded"), RecentChange(NOW, "@here")),
    )
    reply = card(busy, NOTHING, NOW)
    assert reply.embeds[0].title == "⚠️ Warning, recovering: Memory"
    assert fields(reply) == {
        "Worst": "2.3 GB",
        "Flapping": "4 cycles in an hour",
        "Came back": "1 time",
        "Acknowledged": "by <@22> <t:1800000000:R>",
        "Silenced": "until <t:1800003600:f> by @\N{ZERO WIDTH SPACE}ada",
        "Just before": (
            "<t:1799996000:R> DebugCog reloaded\n<t:1800000000:R> @\N{ZERO WIDTH SPACE}here"
        ),
    }
    assert fields(card(replace(busy, reopened=3), NOTHING, NOW))["Came back"] == "3 times"


def test_a_card_of_what_became_worse_says_as_what_it_was_acknowledged() -> None:
    seen = replace(MEMORY, acked=Severity.WARNING, acked_by="<@22>", acked_at=NOW)
    worse = replace(seen, severity=Severity.CRITICAL, peak=Severity.CRITICAL)
    acknowledged = fields(card(worse, NOTHING, NOW))["Acknowledged"]
    assert acknowledged == "as warning by <@22> <t:1800000000:R>"


def test_a_card_of_what_has_ended_says_so() -> None:
    (embed,) = card(ENDED, NOTHING, NOW).embeds
    assert embed.title == "✅ Resolved: Memory"
    assert embed.description == "Recovered <t:1800000000:R>; lasted 1 h"
    assert embed.colour == discord.Colour(Colour.GOOD.value)


def test_a_card_of_what_ended_otherwise_says_why() -> None:
    ends = {
        "no traffic": "Resolved <t:1800000000:R> (no traffic); lasted 1 h",
        "the rule is gone": "Resolved <t:1800000000:R> (the rule is gone); lasted 1 h",
        "": "Resolved <t:1800000000:R>; lasted 1 h",
    }
    for reason, text in ends.items():
        (embed,) = card(replace(ENDED, reason=reason), NOTHING, NOW).embeds
        assert embed.description == text


def test_a_card_of_a_crash_loop_names_what_the_bot_died_of() -> None:
    loop = replace(
        MEMORY,
        rule="crash_loop",
        title="Crash loop",
        unit="",
        value=4.0,
        worst=4.0,
        died_of=("", "out of memory at 787 MB", "killed from outside", "out of memory at 787 MB"),
    )
    assert fields(card(loop, NOTHING, NOW)) == {
        "Worst": "4",
        "Died of": (
            "**2 times** out of memory at 787 MB\n"
            "**1 time** cause not known\n"
            "**1 time** killed from outside"
        ),
    }
    assert value_text(loop) == "4 crashes"
    assert value_text(replace(loop, died_of=loop.died_of[1:])) == (
        "4 crashes, the last: out of memory at 787 MB"
    )
    unknown = fields(card(replace(loop, died_of=("", "", "")), NOTHING, NOW))
    assert list(unknown) == ["Worst", "General advice, not measured"]


def test_a_card_of_what_has_ended_still_says_who_did_what() -> None:
    done = replace(ENDED, acked_by="<@22>", acked_at=NOW - 60, silenced_by="<@33>")
    assert fields(card(done, NOTHING, NOW)) == {
        "Worst": "2.3 GB",
        "Acknowledged": "by <@22> <t:1799999940:R>",
        "Silenced": "by <@33>",
    }


def test_a_rule_without_a_threshold_at_its_level_shows_its_value() -> None:
    (embed,) = card(replace(MEMORY, critical=None), NOTHING, NOW).embeds
    assert embed.description == "**2.1 GB** · started <t:1799996400:R>"


def test_a_card_below_its_limit_says_what_it_waits_for() -> None:
    eased = replace(MEMORY, value=1925.0, ends_below=1894.4, ends_after=300.0)
    assert card(eased, NOTHING, NOW).content == (
        "🔴 Memory 1.88 GB (limit 2 GB; critical ends after 5 min below 1.85 GB), since 07:00 UTC"
    )
    warning = replace(eased, severity=Severity.WARNING, value=1400.0, ends_below=1382.4)
    (embed,) = card(warning, NOTHING, NOW).embeds
    assert embed.description == (
        "**1.37 GB (limit 1.5 GB; warning ends after 5 min below 1.35 GB)** "
        "· started <t:1799996400:R>"
    )
    near = replace(eased, value=1895.0, ends_after=0.0)
    assert value_text(near) == "1.85 GB (limit 2 GB; critical ends below 1.85 GB)"
    assert value_text(replace(eased, flaps=3)) == "1.88 GB (limit 2 GB)"
    assert value_text(replace(eased, ends_below=None)) == "1.88 GB (limit 2 GB)", "of before"
    assert value_text(replace(eased, value=2048.0)) == "2 GB (limit 2 GB)"


def test_a_card_whose_value_is_missing_says_so() -> None:
    (embed,) = card(replace(MEMORY, stale=True), NOTHING, NOW).embeds
    assert embed.description == "**no value (last 2.1 GB)** · started <t:1799996400:R>"


def test_buttons_offer_what_can_be_done() -> None:
    assert controls(MEMORY) == (
        Button("Acknowledge", Acknowledge(12), discord.ButtonStyle.primary),
        Button("Details", OpenIncident(12)),
        Menu(
            "Silence critical too, for …",
            (
                Option("Silence for 1 h", SilenceIncident(12, Seconds(3600))),
                Option("Silence for 8 h", SilenceIncident(12, Seconds(28_800))),
                Option("Silence for 24 h", SilenceIncident(12, Seconds(86_400))),
            ),
        ),
    )
    acked = replace(MEMORY, severity=Severity.WARNING, acked=Severity.CRITICAL)
    assert labels(controls(acked)) == ["Details", "Silence for …"]
    silenced = replace(MEMORY, silenced_until=NOW)
    assert labels(controls(silenced)) == ["Acknowledge", "Details", "Unsilence"]
    assert labels(controls(ENDED)) == ["Details"]


@pytest.mark.parametrize(
    ("event", "incident", "title"),
    [
        ("escalated", MEMORY, "🔴 Now critical: Memory"),
        ("reopened", MEMORY, "🔴 Back again, critical: Memory"),
        ("reminder", replace(MEMORY, severity=Severity.WARNING), "⚠️ Still warning: Memory"),
        ("ended", ENDED, "✅ Resolved: Memory"),
    ],
)
def test_a_short_answer_tells_one_event(event: str, incident: Incident, title: str) -> None:
    reply = short_reply(incident, event, NOW)
    assert reply.embeds[0].title == title
    assert (reply.chart, reply.embeds[0].fields) == (None, [])
    offered = ["Acknowledge", "Details"] if incident.open else ["Details"]
    assert labels(reply.controls) == offered


def test_a_queued_incident_is_rendered_as_card_or_answer() -> None:
    replies = AlertReplies(NOTHING, lambda: NOW)
    body = json.dumps({"event": "escalated", "incident": encode(MEMORY)})
    assert replies.incident("open", body) == card(MEMORY, NOTHING, NOW, "escalated")
    assert replies.incident("reply", body) == short_reply(MEMORY, "escalated", NOW)


def test_the_chart_of_a_queued_card_marks_what_was_changed_since_its_incident_began() -> None:
    drawn = source(lambda *_: [point(NOW - HOUR, 1, 1.0), point(NOW - 60, 1, 1.0)])
    changes = [{"at": NOW - 600, "text": "DebugCog loaded"}]
    body = {"event": "changed", "incident": encode(MEMORY), "changes": changes}
    chart = AlertReplies(drawn, lambda: NOW).incident("restore", json.dumps(body)).chart
    assert isinstance(chart, ChartSpec)
    assert chart.marks == (Mark(NOW - 600, "restart"),)


def test_a_digest_has_a_line_for_each() -> None:
    titles = ["Incident 1 · critical · Memory · firing", "Run 3 of the bot crashed"]
    (embed,) = outage_digest("digest", json.dumps({"titles": titles, "since": NOW})).embeds
    assert embed.description == (
        "- Incident 1 · critical · Memory · firing\n- Run 3 of the bot crashed"
    )
    assert [(field.name, field.value) for field in embed.fields] == [
        ("2 messages held back since", "<t:1800000000:f>")
    ]


def test_a_digest_says_of_what_is_known_why_it_was_held_back() -> None:
    digest = {"titles": ["🔴 #1 critical · Memory 2 GB"] * 3, "since": NOW}
    told = outage_digest("digest", json.dumps({**digest, "reason": "Missing Access"}))
    assert told.content == (
        "📨 3 messages held back (last attempt: Missing Access) · first: "
        "🔴 #1 critical · Memory 2 GB"
    )
    assert fields(told)["The last attempt ended with"] == "`Missing Access`"
    unknown = outage_digest("digest", json.dumps({**digest, "reason": ""}))
    assert unknown.content == "📨 3 messages held back · first: 🔴 #1 critical · Memory 2 GB"
    assert list(fields(unknown)) == ["3 messages held back since"]


def test_a_line_of_a_digest_marks_nothing_up_and_calls_nobody() -> None:
    titles = ["Error group 1 · ERROR @everyone [x](https://z.test) in `a_b_`"]
    (embed,) = outage_digest("digest", json.dumps({"titles": titles, "since": NOW})).embeds
    assert embed.description == (
        "- Error group 1 · ERROR @\u200beveryone \\[x](https\\://z.test) in \u02cba\\_b\\_\u02cb"
    )


HOSTILE = "@here **b** [x](https://z.test)\n> q </c:5> <t:1:R> <:e:1>"
LITERAL = "@\u200bhere \\*\\*b\\*\\* \\[x](https\\://z.test) > q \\</c:5> \\<t:1:R> \\<:e:1>"


def test_the_title_of_a_rule_marks_nothing_up_and_calls_nobody() -> None:
    hostile = replace(MEMORY, title=HOSTILE)
    for reply in (card(hostile, NOTHING, NOW), short_reply(hostile, "reopened", NOW)):
        assert str(reply.embeds[0].title).endswith(f": {LITERAL}")
        assert LITERAL in reply.content
    assert over(hostile).content == f"Nothing was changed: incident #12 ({LITERAL}) is over."


def test_the_description_of_a_rule_marks_nothing_up_either() -> None:
    (embed,) = card(replace(MEMORY, description="**b** </c:5>"), NOTHING, NOW).embeds
    assert str(embed.description).splitlines()[1] == "\\*\\*b\\*\\* \\</c:5>"


def test_a_test_alert_says_who_asked() -> None:
    (embed,) = trial_alert("open", json.dumps({"by": "_ada_"})).embeds
    assert embed.description == "Alerts reach this channel. Sent for \\_ada\\_."


def point(time: float, count: int, value: float) -> Point:
    return Point(time, count, value, value, value, 2 * value)


class TestChart:
    def test_shows_the_metric_its_thresholds_and_the_breach(self) -> None:
        asked: list[tuple[str, float]] = []

        def points(metric: str, window: float) -> list[Point]:
            asked.append((metric, window))
            return [point(NOW - HOUR - 600, 1, 500.0), point(NOW - 60, 1, 1000.0)]

        assert breach_chart(MEMORY, source(points), NOW) == ChartSpec(
            title="Memory",
            unit="MB",
            lines=(Line("value", ((NOW - HOUR - 600, 1000.0), (NOW - 60, 2000.0))),),
            thresholds=(
                Threshold("warning", 1536.0, "warning"),
                Threshold("critical", 2048.0, "critical"),
            ),
            spans=(Span(NOW - HOUR, NOW, "critical"),),
            start=NOW - HOUR - 600,
            end=NOW,
        )
        assert asked == [("memory_usage_mb", HOUR + 900)]

    def test_marks_what_changed_in_the_bot_shortly_before(self) -> None:
        changes = (
            RecentChange(NOW - HOUR + 60, "Thresholds: warning 1 GB, set by <@22>"),
            RecentChange(NOW - HOUR - 60, "Log level of all loggers: DEBUG"),
            RecentChange(NOW - HOUR - 120, "Deployed: release 2, before it 1"),
            RecentChange(NOW - HOUR - 300, "DebugCog loaded"),
            RecentChange(NOW - 9 * HOUR, "DebugCog loaded"),
            RecentChange(NOW - HOUR, "Acknowledged by <@22>"),
        )
        points = source(lambda *_: [point(NOW - HOUR - 600, 1, 1.0), point(NOW - 60, 1, 1.0)])
        spec = breach_chart(replace(MEMORY, recent=changes), points, NOW)
        assert spec
        assert spec.marks == (
            Mark(NOW - HOUR - 300, "restart"),
            Mark(NOW - HOUR - 120, "deploy"),
            Mark(NOW - HOUR - 60, "log level"),
            Mark(NOW - HOUR + 60, "thresholds"),
        )

    def test_shows_the_average_where_the_rule_evaluates_it(self) -> None:
        slow, reads = replace(MEMORY, unit="ms"), SeriesStatistic("total_response_time", "mean", 10)
        spec = breach_chart(slow, source(lambda *_: [point(NOW - 60, 1, 5000.0)], reads), NOW)
        assert spec
        assert spec.lines[0] == Line("average", ((NOW - 60, 5000.0),))

    def test_divides_one_counter_by_another(self) -> None:
        counters = {
            "errors": [point(NOW - 60, 3, 0.0)],
            "errors_captured": [point(NOW - 60, 2, 0.0)],
            "messages_processed": [point(NOW - 120, 50, 0.0), point(NOW - 60, 60, 0.0)],
        }
        failing = replace(MEMORY, unit="%", critical=None)
        reads = CounterRatio(("errors", "errors_captured"), "messages_processed")
        spec = breach_chart(failing, source(lambda name, _: counters[name], reads), NOW)
        assert spec
        assert spec.lines[0] == Line("rate", ((NOW - 120, 0.0), (NOW - 60, 5.0)))
        assert spec.thresholds == (Threshold("warning", 1536.0, "warning"),)

    def test_shows_a_rate_of_more_than_all_as_the_card_tells_it(self) -> None:
        counters = {"errors": [point(NOW, 90, 0.0)], "messages": [point(NOW, 60, 0.0)]}
        reads = CounterRatio(("errors",), "messages")
        spec = breach_chart(MEMORY, source(lambda name, _: counters[name], reads), NOW)
        assert spec
        assert spec.lines[0].points == ((NOW, 150.0),)

    def test_ends_the_shade_with_the_incident(self) -> None:
        ended = replace(MEMORY, peak=Severity.WARNING, ended=NOW - 600, unit="req", warning=None)
        spec = breach_chart(ended, source(lambda *_: [point(NOW - 60, 1, 1.0)]), NOW)
        assert spec
        assert spec.unit == ""
        assert spec.spans == ()
        assert spec.start == NOW - 60, "nothing is known from before"

    def test_is_left_out_when_there_is_nothing_to_draw(self) -> None:
        assert breach_chart(MEMORY, NOTHING, NOW) is None

    def test_is_left_out_when_the_rule_is_gone_or_nothing_is_known_to_draw(self) -> None:
        points = source(lambda *_: [point(NOW - 60, 1, 1.0)])
        assert breach_chart(MEMORY, points, NOW)
        assert breach_chart(replace(MEMORY, rule="gone"), points, NOW) is None
        assert breach_chart(MEMORY, source(points.points, None), NOW) is None

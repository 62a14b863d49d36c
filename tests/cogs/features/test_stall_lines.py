"""What an admin reads of who blocked the event loop."""

from __future__ import annotations

from dataclasses import replace

from cogs.debug.features.alerts.breach_chart import ChartSource
from cogs.debug.features.alerts.incident_card import card
from cogs.debug.features.alerts.incident_details import panel
from cogs.debug.features.metrics.reply import metrics_reply
from cogs.debug.ui.reply import Reply
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.metrics import metrics_answer
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import Run
from services.debugcog.stalls.stall import Stall, StallSummary

NOW = 1_800_000_000.0
STACK = "re/__init__.py:176 in search\ncogs/chat.py:63 in fetch"
FETCH = Stall(NOW, 4.8, "fetch", "cogs/chat.py", 63, "regular expression; simplify it", STACK)
LAG = Incident(
    rule="event_loop",
    title="Event loop lag",
    unit="ms",
    severity=Severity.CRITICAL,
    peak=Severity.CRITICAL,
    value=4800.0,
    worst=4800.0,
    warning=500.0,
    critical=3000.0,
    since=NOW,
    opened=NOW,
    id=7,
    blocked_by=FETCH,
)
SOURCE = ChartSource(lambda metric, window: [], lambda rule: None)
LINE = "Blocked by `fetch` (cogs/chat.py:63) for 4.8 s: regular expression; simplify it."


def fields(reply: Reply) -> dict[str | None, str | None]:
    return {field.name: field.value for field in reply.embeds[0].fields}


def test_the_card_names_who_blocked_instead_of_general_advice() -> None:
    reply = card(LAG, SOURCE, NOW)
    assert (reply.embeds[0].description or "").splitlines()[1] == LINE
    assert "General advice, not measured" not in fields(reply)
    general = card(replace(LAG, blocked_by=None), SOURCE, NOW)
    assert "Blocked" not in (general.embeds[0].description or "")
    assert "General advice, not measured" in fields(general)


def test_the_card_names_a_thread_and_marks_nothing_up() -> None:
    odd = Stall(NOW, 2.0, "a`b", "cogs/@everyone.py", 3, thread="asyncio_0")
    shown = card(replace(LAG, blocked_by=odd), SOURCE, NOW).embeds[0].description or ""
    line = shown.splitlines()[1]
    assert line == (
        "Blocked by `a\N{MODIFIER LETTER GRAVE ACCENT}b` (cogs/@\N{ZERO WIDTH SPACE}everyone.py:3) "
        "in thread asyncio_0 for 2 s."
    )


def test_details_show_the_stack() -> None:
    shown = fields(panel(LAG, (), SOURCE, NOW))["Stack while blocked"]
    assert shown == f"```py\n{STACK}\n```"
    assert "Stack while blocked" not in fields(
        panel(replace(LAG, blocked_by=None), (), SOURCE, NOW)
    )


def test_metrics_count_the_stalls_of_the_window_and_name_the_worst() -> None:
    metrics = MetricsService(fold_interval=None, clock=lambda: NOW)
    metrics.record("event_loop_lag_ms", 4800)
    snapshot = metrics.snapshot(3600.0)

    def shown(stalls: StallSummary) -> str:
        answer = metrics_answer(snapshot, (), "1h", {}, Run(60.0, None), stalls)
        return str(fields(metrics_reply(answer))["Event loop"])

    assert shown(StallSummary()) == "lag p99 **4.8 s**\nmax 4.8 s"
    three, named = StallSummary(3, False, FETCH), "worst 4.8 s: `fetch` (cogs/chat.py:63)"
    assert shown(three).splitlines()[2] == f"3 stalls, {named}"
    assert shown(replace(three, count=300, more=True)).splitlines()[2] == f"300+ stalls, {named}"
    unseen = StallSummary(1, False, Stall(NOW, 0.7))
    assert shown(unseen).splitlines()[2] == "1 stall, worst 700 ms"

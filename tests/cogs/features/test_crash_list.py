"""Crashes in /debug alerts: when, for how long, with which memory, trace and last words."""

from __future__ import annotations

from cogs.debug.features.alerts.crash_list import crash_lines
from cogs.debug.features.alerts.reply import Board, listing
from cogs.debug.ui.reply import FIELD_VALUE_MAX
from services.debugcog.alerting.crash import Crash

NOW = 1_800_000_000.0
CRASH = Crash(NOW - 4000, NOW - 400, 120.0, 812.0, "Fatal Python error", ("one", "two"))
BARE = Crash(NOW - 9000, NOW - 8000, 5.0, None, "")


def test_each_has_its_line_and_the_latest_its_last_log_lines() -> None:
    assert crash_lines([CRASH, BARE]) == [
        (
            "🟠 <t:1799999600:R> · down for 2 min · it ran for 1 h · last memory 812 MB · "
            "trace in its notice\nLast log lines:\n```py\none\ntwo\n```"
        ),
        "🟠 <t:1799992000:R> · down for 5 s · it ran for 16 min 40 s · no trace",
    ]
    assert crash_lines([]) == []


def test_hostile_and_endless_log_lines_stay_in_their_block() -> None:
    hostile = Crash(NOW, NOW, 0.0, 1.0, "", ("first",) * 50 + ("```@everyone", "x" * 5000))
    (embed,) = listing(Board((), (), (), (), crashes=crash_lines([hostile] * 9))).embeds
    (field,) = embed.fields
    assert field.name == "Crashes"
    assert len(field.value or "") <= FIELD_VALUE_MAX
    assert (field.value or "").count("```") == 2
    assert "@everyone" not in (field.value or "")
